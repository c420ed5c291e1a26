"""Endpoints: each is a lane of its own, so that a slow one holds up nobody else."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.ids import EndpointId, PartyId
from laborvoice.store.database import Connection


class Endpoint(Value, frozen=True):
    """A row as it begins: active, never served."""

    id: EndpointId
    party_id: PartyId
    url: str
    types: tuple[str, ...]
    secret_sealed: bytes
    version: int
    created_on: date


_COUNT: Final = """-- outbox.endpoint.count_of
-- roles: portal, courier
SELECT count(*) FROM outbox.endpoint WHERE party_id = $1"""


async def count_of(db: Connection, party: PartyId) -> int:
    return await db.value(int, _COUNT, party) or 0


_PUT: Final = """-- outbox.endpoint.put
-- roles: portal, courier
INSERT INTO outbox.endpoint (id, party_id, url, types, state, secret_sealed, version, created_on)
VALUES ($1, $2, $3, $4, 'active', $5, $6, $7)"""


async def put(db: Connection, one: Endpoint) -> None:
    await db.execute(_PUT, one.id, one.party_id, one.url, one.types, one.secret_sealed, one.version, one.created_on)


class Lane(Value, frozen=True):
    id: EndpointId
    party_id: PartyId
    types: frozenset[str]


_ACTIVE: Final = """-- outbox.endpoint.active_of
-- roles: portal, courier
SELECT id, party_id, types FROM outbox.endpoint WHERE party_id = ANY ($1) AND state = 'active'"""


async def active_of(db: Connection, parties: Sequence[PartyId]) -> list[Lane]:
    return await db.fetch(Lane, _ACTIVE, [party.uuid for party in parties])


_GONE: Final = """-- outbox.endpoint.disable_gone
-- roles: courier
WITH gone AS (
    UPDATE outbox.endpoint SET state = 'disabled', reason = 'gone' WHERE id = ANY ($1) AND state = 'active' RETURNING id
)
UPDATE outbox.delivery d SET state = 'dead', lease_until = NULL FROM gone
WHERE d.endpoint_id = gone.id AND d.state IN ('due', 'leased')"""


async def disable_gone(db: Connection, endpoints: Sequence[EndpointId]) -> None:
    """Their receivers want nothing more: what waits for them is dead."""
    await db.execute(_GONE, [endpoint.uuid for endpoint in endpoints])
