"""Deliveries: one event to one endpoint, due until it is done or dead; leased while an attempt is out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

from laborvoice.domain import Value
from laborvoice.domain.ids import DeliveryId, EndpointId, EventId
from laborvoice.store.database import Connection

PER_LANE: Final = 4
PER_CLAIM: Final = 64
LEASE: Final = timedelta(seconds=60)
_MICROSECOND: Final = timedelta(microseconds=1)

RING: Final = "outbox_due"
"""The channel that says deliveries are due."""

_PUT: Final = """-- outbox.delivery.put
-- roles: courier
WITH added AS (
    INSERT INTO outbox.delivery (id, event_id, endpoint_id, state, next_attempt_at)
    SELECT id, event_id, endpoint_id, 'due', $4
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS t (id, event_id, endpoint_id)
)
SELECT pg_notify('outbox_due', '')"""


class Delivery(Value, frozen=True):
    id: DeliveryId
    event_id: EventId
    endpoint_id: EndpointId


async def put(db: Connection, due: Sequence[Delivery], now: datetime) -> None:
    """Due now. Couriers are woken when this transaction commits."""
    await db.execute(
        _PUT,
        [one.id.uuid for one in due],
        [one.event_id.uuid for one in due],
        [one.endpoint_id.uuid for one in due],
        now,
    )


class Leased(Value, frozen=True):
    """What is to be sent. ``lease_until`` is also the proof that it is still ours."""

    id: DeliveryId
    event_id: EventId
    endpoint_id: EndpointId
    attempts: int
    lease_until: datetime
    url: str
    version: int
    cap: int
    secret_sealed: bytes
    body: bytes


# Lanes are visited least recently served first, and each is asked through the index for its oldest due row alone: so
# what waits for later costs nothing. A subquery with LIMIT, unlike EXISTS, is never turned into a join over all rows.
_CLAIM: Final = """-- outbox.delivery.claim
-- roles: courier
WITH lane AS (
    SELECT e.id, e.last_served, least($2, e.cap - (
        SELECT count(*) FROM outbox.delivery b WHERE b.endpoint_id = e.id AND b.state = 'leased')) AS room
    FROM outbox.endpoint e
    WHERE e.state = 'active' AND (
        SELECT d.next_attempt_at FROM outbox.delivery d
        WHERE d.endpoint_id = e.id AND d.state = 'due' AND d.late = $4
        ORDER BY d.next_attempt_at LIMIT 1) <= $1
    AND e.cap > (SELECT count(*) FROM outbox.delivery b WHERE b.endpoint_id = e.id AND b.state = 'leased')
    ORDER BY e.last_served, e.id LIMIT $3 FOR NO KEY UPDATE OF e SKIP LOCKED
), picked AS (
    SELECT p.id FROM lane CROSS JOIN LATERAL (
        SELECT d.id FROM outbox.delivery d
        WHERE d.endpoint_id = lane.id AND d.state = 'due' AND d.late = $4 AND d.next_attempt_at <= $1
        ORDER BY d.next_attempt_at LIMIT lane.room) p
    ORDER BY lane.last_served, lane.id LIMIT $3
), leased AS (
    UPDATE outbox.delivery d SET state = 'leased', lease_until = $5 FROM picked
    WHERE d.id = picked.id AND d.state = 'due'
    RETURNING d.id, d.event_id, d.endpoint_id, d.attempts, d.lease_until
), served AS (
    UPDATE outbox.endpoint e SET last_served = $6 WHERE e.id IN (SELECT endpoint_id FROM leased)
)
SELECT l.id, l.event_id, l.endpoint_id, l.attempts, l.lease_until, e.url, e.version, e.cap, e.secret_sealed, v.body
FROM leased l JOIN outbox.endpoint e ON e.id = l.endpoint_id JOIN outbox.event v ON v.id = l.event_id"""


async def claim(db: Connection, now: datetime, room: int, *, late: bool) -> list[Leased]:
    """At most ``room`` and 64 of those due, at most 4 a lane; ``late``: those tried twice already, or the younger."""
    turn = (now - datetime.min.replace(tzinfo=now.tzinfo)) // _MICROSECOND
    return await db.fetch(Leased, _CLAIM, now, PER_LANE, min(room, PER_CLAIM), late, now + LEASE, turn)


_EXPIRE: Final = """-- outbox.delivery.expire
-- roles: courier
UPDATE outbox.delivery SET state = 'due', lease_until = NULL WHERE state = 'leased' AND lease_until <= $1"""


async def expire(db: Connection, now: datetime) -> int:
    """Leases of couriers that died are due again; no attempt is burned."""
    return await db.changed(_EXPIRE, now)


_GIVE_BACK: Final = """-- outbox.delivery.give_back
-- roles: courier
UPDATE outbox.delivery d SET state = 'due', lease_until = NULL
FROM unnest($1::uuid[], $2::timestamptz[]) AS t (id, lease)
WHERE d.id = t.id AND d.state = 'leased' AND d.lease_until = t.lease"""


async def give_back(db: Connection, leased: Sequence[Leased]) -> None:
    """Due again at once: this courier stops."""
    await db.execute(_GIVE_BACK, [one.id.uuid for one in leased], [one.lease_until for one in leased])


class Settled(Value, frozen=True):
    """What follows an attempt; ``at`` is when it was settled, or when to try again."""

    leased: Leased
    state: Literal["due", "done", "dead"]
    at: datetime


_SETTLE: Final = """-- outbox.delivery.settle
-- roles: courier
UPDATE outbox.delivery d SET state = t.state, attempts = d.attempts + 1, next_attempt_at = t.at, lease_until = NULL
FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::timestamptz[]) AS t (id, lease, state, at)
WHERE d.id = t.id AND d.state = 'leased' AND d.lease_until = t.lease"""


async def settle(db: Connection, settled: Sequence[Settled]) -> None:
    """A row whose lease another courier holds by now is left to that one."""
    await db.execute(
        _SETTLE,
        [one.leased.id.uuid for one in settled],
        [one.leased.lease_until for one in settled],
        [one.state for one in settled],
        [one.at for one in settled],
    )


class Waiting(Value, frozen=True):
    """How much is due to active endpoints, and since when the oldest."""

    due: int
    oldest: datetime | None


_WAITING: Final = """-- outbox.delivery.waiting
-- roles: portal, courier
SELECT count(*) AS due, min(d.next_attempt_at) AS oldest
FROM outbox.delivery d JOIN outbox.endpoint e ON e.id = d.endpoint_id
WHERE d.state = 'due' AND d.next_attempt_at <= $1 AND e.state = 'active'"""


async def waiting(db: Connection, now: datetime) -> Waiting:
    return await db.one(Waiting, _WAITING, now)


_PURGE: Final = """-- outbox.delivery.purge
-- roles: courier
DELETE FROM outbox.delivery WHERE id IN (
    SELECT id FROM outbox.delivery WHERE state = 'done' AND next_attempt_at < $1 ORDER BY next_attempt_at LIMIT $2)"""


async def purge(db: Connection, before: datetime, limit: int) -> int:
    """How many that were done before are gone."""
    return await db.changed(_PURGE, before, limit)
