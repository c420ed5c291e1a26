"""Subscribe: a party names a URL and gets the secret that its messages will be signed with."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal, TypeAlias
from urllib.parse import urlsplit

import msgspec

from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.crypto.at_rest import sealed_to
from laborvoice.crypto.suites import OURS
from laborvoice.domain import egress
from laborvoice.domain.endpoint import (
    CHALLENGE_SIZE,
    ENDPOINTS_MAX,
    FIRST_VERSION,
    SECRET_SIZE,
    NewEndpoint,
    Subscribed,
    Wanted,
    misfit,
    secret_purpose,
    write_secret,
)
from laborvoice.domain.event import Event, of_endpoint
from laborvoice.domain.facts import OfTest, OfVerify
from laborvoice.domain.ids import EndpointId, EventId, PartyId, SupplierId
from laborvoice.domain.party import PartyKind
from laborvoice.errors import BadField, Conflict, NotFound
from laborvoice.store.database import Connection, Database
from laborvoice.store.outbox import audience, courier_key, endpoint, endpoint_secret, event, subscription
from laborvoice.store.registry import sight
from laborvoice.store.registry.sight import Sight

ID_BYTES: Final = 16

Private = Literal["endpoint.verify", "endpoint.test"]
Rules: TypeAlias = egress.Rules
Owned: TypeAlias = subscription.Subscription


def rules_of(origins: Sequence[str], allowed: Sequence[str], ports: Sequence[int]) -> Rules:
    """The rules for a URL that is saved: no look-up, so no table. ``origins`` are ours. Raises BadSetting."""
    hosts = frozenset(urlsplit(origin).hostname or "" for origin in origins)
    return Rules(table=(), allowed=egress.networks(allowed), ports=frozenset(ports), own_hosts=hosts)


class Urls:
    """Which may be saved."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def stored(self, text: str) -> str:
        """The form that is kept. Raises BlockedAddress for a URL against the rules."""
        return egress.read_url(self._rules, text).url


async def subscribe(
    database: Database, clock: Clock, chance: Chance, rules: Rules, party: PartyId, wanted: NewEndpoint
) -> Subscribed:
    """In a transaction of its own. Raises BlockedAddress too."""
    stored, now = msgspec.structs.replace(wanted, url=Urls(rules).stored(wanted.url)), clock.now()
    one, secret = await database.run("subscribe", lambda db: subscribe_in(db, now, chance, party, stored))
    return Subscribed(endpoint=one.id, url=one.url, types=one.types, secret=secret)


async def subscribe_in(
    db: Connection, now: datetime, chance: Chance, party: PartyId, wanted: NewEndpoint
) -> tuple[Owned, str]:
    """Pending, with its challenge on the way. The secret is in the answer and nowhere else that we could read.

    ``wanted.url`` in its stored form. Raises BadField for a type that the party never hears of, NotFound for no such
    party or a supplier it does not see, Conflict for one endpoint too many or before a courier ever ran.
    """
    kind = await audience.hold(db, party)
    types = await fitting(db, Sight(kind=kind, party=party, today=now.date()), wanted.types, wanted.suppliers)
    if await endpoint.count_of(db, party) >= ENDPOINTS_MAX:
        raise Conflict(f"A party has at most {ENDPOINTS_MAX} endpoints.")
    one = Owned(
        id=EndpointId.draw(chance.bytes(ID_BYTES)),
        party_id=party,
        url=wanted.url,
        types=types,
        suppliers=wanted.suppliers,
        description=wanted.description,
        headers=msgspec.json.encode(wanted.headers).decode(),
        fifo=wanted.fifo,
        state="pending",
        reason=None,
        version=FIRST_VERSION,
        url_changed_on=now.date(),
        disabled_on=None,
        challenge=chance.bytes(CHALLENGE_SIZE),
        verify_tries=0,
        verify_wanted=True,
        created_on=now.date(),
    )
    await subscription.put(db, one)
    secret = await new_secret(db, chance, one)
    await challenge(db, now, chance, one)
    return one, secret


async def fitting(
    db: Connection, viewer: Sight, types: Sequence[Wanted], suppliers: Sequence[SupplierId] | None
) -> tuple[Wanted, ...]:
    """Types, each once. Raises BadField, and NotFound for a supplier that the viewer does not see."""
    _check_types(viewer.kind, types)
    asked = frozenset(suppliers or ())
    if asked and len(await sight.find(db, viewer, tuple(asked))) != len(asked):
        raise NotFound
    return tuple(dict.fromkeys(types))


def _check_types(kind: PartyKind, types: Sequence[Wanted]) -> None:
    place = misfit(kind, types)
    if place is not None:
        raise BadField(f"/types/{place}", "Events of this type are not for you.")


async def new_secret(db: Connection, chance: Chance, one: Owned) -> str:
    """Of its ``version``, as it is shown this once. Raises Conflict before a courier ever ran."""
    courier = await courier_key.current(db, OURS)
    if courier is None:
        raise Conflict("No courier has run yet, so there is no key to seal the secret to.")
    secret = chance.bytes(SECRET_SIZE)
    sealed = sealed_to(courier, secret_purpose(one.id, one.version), secret)
    await endpoint_secret.put(db, one.id, one.version, sealed)
    return write_secret(secret)


async def challenge(db: Connection, now: datetime, chance: Chance, one: Owned) -> None:
    """Send the challenge that ``one`` has; nothing where it has none."""
    if one.challenge is not None:
        facts = OfVerify(endpoint=one.id, challenge=one.challenge.hex())
        await _put(db, now, chance, "endpoint.verify", facts)


async def try_out_in(db: Connection, now: datetime, chance: Chance, one: Owned) -> EventId:
    """Send an event without meaning, also to one that is pending. Raises Conflict where it is off."""
    if one.state == "disabled":
        raise Conflict("The endpoint is switched off.")
    return await _put(db, now, chance, "endpoint.test", OfTest(endpoint=one.id))


async def _put(db: Connection, now: datetime, chance: Chance, kind: Private, facts: OfVerify | OfTest) -> EventId:
    made = Event(
        id=EventId.draw(chance.bytes(ID_BYTES)),
        type=kind,
        audience=of_endpoint(facts.endpoint),
        resource=facts.endpoint,
        facts=facts,
        period=None,
        occurred_on=now,
    )
    await event.put(db, [made])
    return made.id
