"""What each party may poll, in order. Written under the lock of the head."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.facts import EventType
from laborvoice.domain.ids import EventId, PartyId
from laborvoice.store.database import Connection

RING: Final = "outbox_fed"
"""The channel that says a feed grew."""


class _Reached(Value, frozen=True):
    party_id: PartyId
    position: int


_REACHED: Final = """-- outbox.feed.reached
-- roles: portal, courier
SELECT p.party_id, coalesce((SELECT max(f.position) FROM outbox.feed f WHERE f.party_id = p.party_id), 0) AS position
FROM unnest($1::uuid[]) AS p (party_id)"""


async def _reached(db: Connection, parties: Sequence[PartyId]) -> defaultdict[PartyId, int]:
    rows = await db.fetch(_Reached, _REACHED, [party.uuid for party in parties])
    return defaultdict(int, {row.party_id: row.position for row in rows})


_APPEND: Final = """-- outbox.feed.append
-- roles: courier
WITH added AS (
    INSERT INTO outbox.feed (party_id, position, event_id) SELECT party_id, position, event_id
    FROM unnest($1::uuid[], $2::bigint[], $3::uuid[]) AS t (party_id, position, event_id)
)
SELECT pg_notify('outbox_fed', '')"""


async def append(db: Connection, heard: Sequence[tuple[PartyId, EventId]]) -> list[int]:
    """Each event at the next position of its party, in the order given; these. Who polls is woken at the commit."""
    if not heard:
        return []
    last = await _reached(db, sorted({party for party, _ in heard}))
    positions: list[int] = []
    for party, _ in heard:
        last[party] += 1
        positions.append(last[party])
    await db.execute(_APPEND, [party.uuid for party, _ in heard], positions, [event.uuid for _, event in heard])
    return positions


class Entry(Value, frozen=True):
    """One event of a party's feed, with its bytes."""

    position: int
    type: EventType
    body: bytes


_AFTER: Final = """-- outbox.feed.after
-- roles: portal, courier
SELECT f.position, v.type, v.body FROM outbox.feed f JOIN outbox.event v ON v.id = f.event_id
WHERE f.party_id = $1 AND f.position > $2 AND (cardinality($3::text[]) = 0 OR v.type = ANY ($3))
ORDER BY f.position LIMIT $4"""


async def after(db: Connection, party: PartyId, position: int, types: Sequence[EventType], limit: int) -> list[Entry]:
    """In order, of ``types`` or of all where there are none."""
    return await db.fetch(Entry, _AFTER, party, position, types, limit)


class Ends(Value, frozen=True):
    """Positions: ``oldest`` of what is kept, missing where nothing is; ``newest`` given, 0 before the first."""

    oldest: int | None
    newest: int


_ENDS: Final = """-- outbox.feed.ends
-- roles: portal, courier
SELECT (SELECT f.position FROM outbox.feed f JOIN outbox.event v ON v.id = f.event_id
        WHERE f.party_id = $1 ORDER BY f.position LIMIT 1) AS oldest,
    coalesce((SELECT max(f.position) FROM outbox.feed f WHERE f.party_id = $1), 0) AS newest"""


async def ends(db: Connection, party: PartyId) -> Ends:
    return await db.one(Ends, _ENDS, party)
