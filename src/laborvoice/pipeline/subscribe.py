"""Subscribe: a party names a URL and gets the secret that its messages will be signed with."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.crypto.at_rest import sealed_to
from laborvoice.crypto.suites import OURS
from laborvoice.domain import egress
from laborvoice.domain.endpoint import (
    ENDPOINTS_MAX,
    FIRST_VERSION,
    SECRET_SIZE,
    NewEndpoint,
    Subscribed,
    secret_purpose,
    write_secret,
)
from laborvoice.domain.ids import EndpointId, PartyId
from laborvoice.errors import Conflict
from laborvoice.store.database import Connection, Database
from laborvoice.store.outbox import audience, courier_key, endpoint

ID_BYTES: Final = 16


def rules_of(origins: Sequence[str], allowed: Sequence[str], ports: Sequence[int]) -> egress.Rules:
    """The rules for a URL that is saved: no look-up, so no table. ``origins`` are ours. Raises BadSetting."""
    hosts = frozenset(urlsplit(origin).hostname or "" for origin in origins)
    return egress.Rules(table=(), allowed=egress.networks(allowed), ports=frozenset(ports), own_hosts=hosts)


async def subscribe(
    database: Database, clock: Clock, chance: Chance, rules: egress.Rules, party: PartyId, wanted: NewEndpoint
) -> Subscribed:
    """The secret is in the answer and nowhere else that we could read: it is stored sealed to the courier.

    Raises BlockedAddress for a URL against the rules, NotFound for no such party, Conflict for one endpoint too many or
    before a courier ever ran.
    """
    url = egress.read_url(rules, wanted.url).url
    one, secret = EndpointId.draw(chance.bytes(ID_BYTES)), chance.bytes(SECRET_SIZE)
    types = tuple(dict.fromkeys(wanted.types))

    async def step(db: Connection) -> None:
        courier = await courier_key.current(db, OURS)
        if courier is None:
            raise Conflict("No courier has run yet, so there is no key to seal the secret to.")
        await audience.hold(db, party)
        if await endpoint.count_of(db, party) >= ENDPOINTS_MAX:
            raise Conflict(f"A party has at most {ENDPOINTS_MAX} endpoints.")
        row = endpoint.Endpoint(
            id=one,
            party_id=party,
            url=url,
            types=types,
            secret_sealed=sealed_to(courier, secret_purpose(one, FIRST_VERSION), secret),
            version=FIRST_VERSION,
            created_on=clock.now().date(),
        )
        await endpoint.put(db, row)

    await database.run("subscribe", step)
    return Subscribed(endpoint=one, url=url, types=types, secret=write_secret(secret))
