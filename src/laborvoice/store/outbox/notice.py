"""Who wants a mail when there is something new, the address sealed to the courier. Rows tell hours, never minutes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.ids import PartyId, UserId
from laborvoice.store.database import Connection

_PUT: Final = """-- outbox.notice.put
-- roles: portal, courier
INSERT INTO outbox.notice AS n (user_id, party_id, address_sealed, last_visit, feed_seen, inbox_seen)
SELECT $1, $2, $3, $4, coalesce((SELECT max(position) FROM outbox.feed WHERE party_id = $2), 0),
    coalesce((SELECT cursor FROM outbox.inbox_state WHERE party_id = $2), '')
ON CONFLICT (user_id) DO UPDATE SET address_sealed = excluded.address_sealed"""


async def put(db: Connection, user: UserId, party: PartyId, sealed: bytes, hour: datetime) -> None:
    """From now on, of what is new from now on; another address where there was one."""
    await db.execute(_PUT, user, party, sealed, hour)


_REMOVE: Final = """-- outbox.notice.remove
-- roles: portal, courier
DELETE FROM outbox.notice WHERE user_id = $1"""


async def remove(db: Connection, user: UserId) -> None:
    await db.execute(_REMOVE, user)


_WANTED: Final = """-- outbox.notice.wanted
-- roles: portal, courier
SELECT EXISTS (SELECT FROM outbox.notice WHERE user_id = $1)"""


async def wanted(db: Connection, user: UserId) -> bool:
    return await db.one_value(bool, _WANTED, user)


_VISITED: Final = """-- outbox.notice.visited
-- roles: portal, courier
UPDATE outbox.notice n SET last_visit = $2,
    feed_seen = coalesce((SELECT max(position) FROM outbox.feed f WHERE f.party_id = n.party_id), 0),
    inbox_seen = coalesce((SELECT cursor FROM outbox.inbox_state i WHERE i.party_id = n.party_id), '')
WHERE n.user_id = $1"""


async def visited(db: Connection, user: UserId, hour: datetime) -> None:
    """She saw what there is."""
    await db.execute(_VISITED, user, hour)


class Notice(Value, frozen=True):
    user_id: UserId
    address_sealed: bytes


_TAKE: Final = """-- outbox.notice.take
-- roles: portal, courier
WITH moved AS (
    SELECT n.user_id, coalesce(f.position, 0) AS position, coalesce(i.cursor, '') AS cursor FROM outbox.notice n
    LEFT JOIN LATERAL (
        SELECT max(position) AS position FROM outbox.feed WHERE party_id = n.party_id) f ON true
    LEFT JOIN outbox.inbox_state i ON i.party_id = n.party_id
    WHERE (n.last_sent IS NULL OR n.last_sent < $2)
        AND (coalesce(f.position, 0) > n.feed_seen OR coalesce(i.cursor, '') <> n.inbox_seen)
)
UPDATE outbox.notice n SET last_sent = $1, feed_seen = m.position, inbox_seen = m.cursor FROM moved m
WHERE n.user_id = m.user_id AND (n.last_sent IS NULL OR n.last_sent < $2)
RETURNING n.user_id, n.address_sealed"""


async def take(db: Connection, hour: datetime, before: datetime) -> list[Notice]:
    """Whose feed or inbox moved since her last visit and her last mail, which was before ``before``: each once."""
    return await db.fetch(Notice, _TAKE, hour, before)


_FAILED: Final = """-- outbox.notice.failed
-- roles: portal, courier
UPDATE outbox.notice SET last_sent = NULL, feed_seen = -1 WHERE user_id = ANY ($1)"""


async def failed(db: Connection, users: Sequence[UserId]) -> None:
    """The relay did not take theirs: they are due at the next quarter hour."""
    await db.execute(_FAILED, [one.uuid for one in users])
