"""What each party may poll, in order. Written under the lock of the head."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.ids import EventId, PartyId
from laborvoice.store.database import Connection


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
INSERT INTO outbox.feed (party_id, position, event_id) SELECT party_id, position, event_id
FROM unnest($1::uuid[], $2::bigint[], $3::uuid[]) AS t (party_id, position, event_id)"""


async def append(db: Connection, heard: Sequence[tuple[PartyId, EventId]]) -> None:
    """Each event at the next position of its party, in the order given."""
    last = await _reached(db, sorted({party for party, _ in heard}))
    positions: list[int] = []
    for party, _ in heard:
        last[party] += 1
        positions.append(last[party])
    await db.execute(_APPEND, [party.uuid for party, _ in heard], positions, [event.uuid for _, event in heard])
