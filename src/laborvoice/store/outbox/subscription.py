"""Endpoints as their owners make, see and change them. What happens to them as lanes is in ``endpoint``."""

from datetime import date, datetime
from typing import Final

import msgspec

from laborvoice.domain import Value
from laborvoice.domain.endpoint import EndpointState, Reason, Wanted
from laborvoice.domain.ids import EndpointId, PartyId, SupplierId
from laborvoice.store.database import Connection


class Subscription(Value, frozen=True):
    """``headers`` is a JSON object; ``suppliers`` missing: all that the party hears of.

    ``failing_since``: the first failure since the last success; the courier's.
    """

    id: EndpointId
    party_id: PartyId
    url: str
    types: tuple[Wanted, ...]
    suppliers: tuple[SupplierId, ...] | None
    description: str
    headers: str
    fifo: bool
    state: EndpointState
    reason: Reason | None
    version: int
    url_changed_on: date
    disabled_on: date | None
    challenge: bytes | None
    verify_tries: int
    verify_wanted: bool
    created_on: date
    failing_since: datetime | None = None

    @property
    def extra(self) -> dict[str, str]:
        return msgspec.json.decode(self.headers, type=dict[str, str])


_PUT: Final = """-- outbox.subscription.put
-- roles: portal, courier
INSERT INTO outbox.endpoint (id, party_id, url, types, suppliers, description, headers, fifo, state, version,
    url_changed_on, challenge, verify_wanted, created_on)
VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8, $9, $10, $11, $12, $13, $14)"""


async def put(db: Connection, one: Subscription) -> None:
    """As it begins."""
    await db.execute(
        _PUT,
        one.id,
        one.party_id,
        one.url,
        one.types,
        None if one.suppliers is None else [supplier.uuid for supplier in one.suppliers],
        one.description,
        one.headers,
        one.fifo,
        one.state,
        one.version,
        one.url_changed_on,
        one.challenge,
        one.verify_wanted,
        one.created_on,
    )


_CHANGE: Final = """-- outbox.subscription.change
-- roles: portal, courier
UPDATE outbox.endpoint SET url = $2, types = $3, suppliers = $4, description = $5, headers = $6::text::jsonb,
    fifo = $7, state = $8, reason = $9, version = $10, url_changed_on = $11, disabled_on = $12, challenge = $13,
    verify_tries = $14, verify_wanted = $15
WHERE id = $1"""


async def change(db: Connection, one: Subscription) -> None:
    """To what ``one`` says, under the lock of ``held``."""
    await db.execute(
        _CHANGE,
        one.id,
        one.url,
        one.types,
        None if one.suppliers is None else [supplier.uuid for supplier in one.suppliers],
        one.description,
        one.headers,
        one.fifo,
        one.state,
        one.reason,
        one.version,
        one.url_changed_on,
        one.disabled_on,
        one.challenge,
        one.verify_tries,
        one.verify_wanted,
    )


_HELD: Final = """-- outbox.subscription.held
-- roles: portal, courier
SELECT id, party_id, url, types, suppliers, description, headers::text AS headers, fifo, state, reason, version,
    url_changed_on, disabled_on, challenge, verify_tries, verify_wanted, created_on, failing_since
FROM outbox.endpoint WHERE id = $1 AND party_id = $2 FOR NO KEY UPDATE"""


async def held(db: Connection, party: PartyId, endpoint: EndpointId) -> Subscription:
    """Until the transaction ends nobody else changes it. Raises NotFound, also for another party's."""
    return await db.one(Subscription, _HELD, endpoint, party)


_READ: Final = """-- outbox.subscription.read
-- roles: portal, courier
SELECT id, party_id, url, types, suppliers, description, headers::text AS headers, fifo, state, reason, version,
    url_changed_on, disabled_on, challenge, verify_tries, verify_wanted, created_on, failing_since
FROM outbox.endpoint WHERE id = $1 AND ($2::uuid IS NULL OR party_id = $2)"""


async def read(db: Connection, party: PartyId | None, endpoint: EndpointId) -> Subscription:
    """Of this party, or of any where it is None. Raises NotFound."""
    return await db.one(Subscription, _READ, endpoint, party)


_PAGE: Final = """-- outbox.subscription.page
-- roles: portal, courier
SELECT id, party_id, url, types, suppliers, description, headers::text AS headers, fifo, state, reason, version,
    url_changed_on, disabled_on, challenge, verify_tries, verify_wanted, created_on, failing_since
FROM outbox.endpoint WHERE ($1::uuid IS NULL OR party_id = $1) AND ($2::uuid IS NULL OR id > $2)
ORDER BY id LIMIT $3"""


async def page(db: Connection, party: PartyId | None, after: EndpointId | None, limit: int) -> list[Subscription]:
    """By id, of this party, or of every one where it is None."""
    return await db.fetch(Subscription, _PAGE, party, after, limit)


_DELETE: Final = """-- outbox.subscription.delete
-- roles: portal, courier
WITH tried AS (
    DELETE FROM outbox.attempt WHERE endpoint_id = $1
)
DELETE FROM outbox.endpoint WHERE id = $1"""


async def delete(db: Connection, endpoint: EndpointId) -> None:
    """With its secrets, keys, deliveries, attempts and recoveries."""
    await db.execute(_DELETE, endpoint)
