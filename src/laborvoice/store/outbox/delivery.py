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
PROBE_LEASE: Final = timedelta(seconds=60)
"""A breaker's probe whose courier died is given up after so long."""
_MICROSECOND: Final = timedelta(microseconds=1)

RING: Final = "outbox_due"
"""The channel that says deliveries are due."""

_PUT: Final = """-- outbox.delivery.put
-- roles: courier
WITH added AS (
    INSERT INTO outbox.delivery (id, event_id, endpoint_id, state, position, next_attempt_at)
    SELECT id, event_id, endpoint_id, 'due', position, $5
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[]) AS t (id, event_id, endpoint_id, position)
)
SELECT pg_notify('outbox_due', '')"""


class Delivery(Value, frozen=True):
    """``position`` of the event in its party's feed; 0 where it is in none."""

    id: DeliveryId
    event_id: EventId
    endpoint_id: EndpointId
    position: int


async def put(db: Connection, due: Sequence[Delivery], now: datetime) -> None:
    """Due now. Couriers are woken when this transaction commits."""
    await db.execute(
        _PUT,
        [one.id.uuid for one in due],
        [one.event_id.uuid for one in due],
        [one.endpoint_id.uuid for one in due],
        [one.position for one in due],
        now,
    )


class Leased(Value, frozen=True):
    """What is to be sent. ``lease_until`` is also the proof that it is still ours.

    ``versions`` of the secrets it is signed with, newest first, and each sealed; ``seeds``: versions of the Ed25519
    keys. ``headers``: the subscriber's own, a JSON object. ``challenge``: what has to be answered, of a verification.
    Of its lane, as it was claimed: ``pending``, ``failing``, and ``park_seconds`` where this is the breaker's probe.
    """

    id: DeliveryId
    event_id: EventId
    endpoint_id: EndpointId
    attempts: int
    lease_until: datetime
    url: str
    headers: str
    versions: tuple[int, ...]
    secrets: tuple[bytes, ...]
    seeds: tuple[int, ...]
    cap: int
    pending: bool
    failing: bool
    park_seconds: int | None
    challenge: str | None
    body: bytes


# The end of both claims. It sees lanes as they were before it: a lane's breaker, if it has one, is moved on.
_LEASED: Final = """
), leased AS (
    UPDATE outbox.delivery d SET state = 'leased', lease_until = $5 FROM picked
    WHERE d.id = picked.id AND d.state = 'due'
    RETURNING d.id, d.event_id, d.endpoint_id, d.attempts, d.lease_until
), served AS (
    UPDATE outbox.endpoint e SET last_served = $6,
        paused_until = CASE WHEN e.paused_until IS NOT NULL THEN $7::timestamptz END
    WHERE e.id IN (SELECT endpoint_id FROM leased)
)
SELECT l.id, l.event_id, l.endpoint_id, l.attempts, l.lease_until, e.url, e.headers::text AS headers, s.versions,
    s.secrets, k.seeds, e.cap, e.state = 'pending' AS pending, e.failing_since IS NOT NULL AS failing, e.park_seconds,
    CASE v.type WHEN 'endpoint.verify' THEN v.facts ->> 'challenge' END AS challenge, v.body
FROM leased l JOIN outbox.endpoint e ON e.id = l.endpoint_id JOIN outbox.event v ON v.id = l.event_id
CROSS JOIN LATERAL (
    SELECT array_agg(s.version ORDER BY s.version DESC) AS versions,
        array_agg(s.secret_sealed ORDER BY s.version DESC) AS secrets
    FROM outbox.endpoint_secret s WHERE s.endpoint_id = l.endpoint_id AND (s.not_after IS NULL OR s.not_after > $1)) s
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(k.version ORDER BY k.version DESC), ARRAY[e.version]) AS seeds
    FROM outbox.endpoint_key k WHERE k.endpoint_id = l.endpoint_id AND k.not_before <= ($1 AT TIME ZONE 'UTC')::date
        AND (k.not_after IS NULL OR k.not_after >= ($1 AT TIME ZONE 'UTC')::date)) k"""

# Lanes are visited least recently served first, and each is asked through the index for its oldest due row alone: so
# what waits for later costs nothing. A subquery with LIMIT, unlike EXISTS, is never turned into a join over all rows.
_CLAIM: Final = (
    """-- outbox.delivery.claim
-- roles: courier
WITH lane AS (
    SELECT e.id, e.last_served, CASE WHEN e.paused_until IS NOT NULL THEN 1 ELSE least($2, e.cap - (
        SELECT count(*) FROM outbox.delivery b WHERE b.endpoint_id = e.id AND b.state = 'leased')) END AS room
    FROM outbox.endpoint e
    WHERE e.state = 'active' AND NOT e.fifo AND (e.paused_until IS NULL OR e.paused_until <= $1)
    AND (SELECT d.next_attempt_at FROM outbox.delivery d WHERE d.state = 'due' AND d.late = $4
        ORDER BY d.next_attempt_at LIMIT 1) <= $1
    AND (SELECT d.next_attempt_at FROM outbox.delivery d
        WHERE d.endpoint_id = e.id AND d.state = 'due' AND d.late = $4
        ORDER BY d.next_attempt_at LIMIT 1) <= $1
    AND e.cap > (SELECT count(*) FROM outbox.delivery b WHERE b.endpoint_id = e.id AND b.state = 'leased')
    ORDER BY e.last_served, e.id LIMIT $3 FOR NO KEY UPDATE OF e SKIP LOCKED
), picked AS (
    SELECT p.id FROM lane CROSS JOIN LATERAL (
        SELECT d.id FROM outbox.delivery d
        WHERE d.endpoint_id = lane.id AND d.state = 'due' AND d.late = $4 AND d.next_attempt_at <= $1
        ORDER BY d.next_attempt_at LIMIT lane.room) p
    ORDER BY lane.last_served, lane.id LIMIT $3"""  # noqa: S608 - both parts are ours
    + _LEASED
)


async def claim(db: Connection, now: datetime, room: int, *, late: bool) -> list[Leased]:
    """At most ``room`` and 64 of those due, at most 4 a lane; ``late``: those tried twice already, or the younger.

    Of a lane whose breaker is open one, once its time has come.
    """
    return await db.fetch(
        Leased, _CLAIM, now, PER_LANE, min(room, PER_CLAIM), late, now + LEASE, _turn(now), now + PROBE_LEASE
    )


def _turn(now: datetime) -> int:
    return (now - datetime.min.replace(tzinfo=now.tzinfo)) // _MICROSECOND


_ORDERED: Final = """-- outbox.delivery.lock_ordered
-- roles: portal, courier
SELECT e.id FROM outbox.endpoint e
WHERE (e.state = 'pending' OR e.state = 'active' AND e.fifo) AND (e.paused_until IS NULL OR e.paused_until <= $1)
    AND EXISTS (SELECT FROM outbox.delivery d WHERE d.endpoint_id = e.id AND d.state = 'due')
ORDER BY e.last_served, e.id LIMIT $2 FOR NO KEY UPDATE OF e SKIP LOCKED"""


async def lock_ordered(db: Connection, now: datetime, limit: int) -> list[EndpointId]:
    """Lanes that go one at a time: nobody else claims of them until this transaction ends."""
    return await db.values(EndpointId, _ORDERED, now, limit)


# A statement of its own, after the lock: it sees what whoever had the lock before has leased.
_CLAIM_HEADS: Final = (
    """-- outbox.delivery.claim_heads
-- roles: courier
WITH picked AS (
    SELECT h.id FROM outbox.endpoint e CROSS JOIN LATERAL (
        SELECT d.id, d.late, d.next_attempt_at FROM outbox.delivery d
        WHERE d.endpoint_id = e.id AND d.state = 'due' AND (e.state = 'active' OR d.position = 0 AND NOT d.replay)
        ORDER BY d.position, d.next_attempt_at LIMIT 1) h
    WHERE e.id = ANY ($2) AND h.next_attempt_at <= $1 AND (NOT h.late OR $4) AND NOT EXISTS (
        SELECT FROM outbox.delivery b WHERE b.endpoint_id = e.id AND b.state = 'leased')
    ORDER BY e.last_served, e.id LIMIT $3"""  # noqa: S608 - both parts are ours
    + _LEASED
)


async def claim_heads(
    db: Connection, now: datetime, lanes: Sequence[EndpointId], room: int, *, late: bool
) -> list[Leased]:
    """The first of each of these lanes, if it is due and nothing of the lane is out; ``late``: also tried ones.

    Of a pending lane only what is for it alone: its verification and its tests.
    """
    locked = [one.uuid for one in lanes]
    return await db.fetch(Leased, _CLAIM_HEADS, now, locked, room, late, now + LEASE, _turn(now), now + PROBE_LEASE)


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
