"""Recoveries: what an endpoint missed is sent again, in pieces, by the courier."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, Literal

from laborvoice.domain import Value
from laborvoice.domain.ids import DeliveryId, EndpointId, JobId, PartyId, SupplierId
from laborvoice.store.database import Connection

RecoveryState = Literal["waiting", "running", "done"]
Include = Literal["failed", "never_sent"]
"""What is sent again."""


class Missed(Value, frozen=True):
    """Whom it is for and of what. ``types`` empty: all that the endpoint listens to; ``until`` is exclusive."""

    endpoint_id: EndpointId
    since: datetime
    until: datetime
    types: tuple[str, ...]
    failed: bool
    never_sent: bool


class Recovery(Missed, frozen=True):
    id: JobId
    state: RecoveryState
    done: int
    total: int
    created_on: date


# What was never sent is in the feed, was not delivered, and left no attempt: deliveries that are done go after a day.
_COUNT: Final = """-- outbox.recovery.count_of
-- roles: portal, courier
SELECT count(*) FROM outbox.endpoint e
JOIN outbox.feed f ON f.party_id = e.party_id
JOIN outbox.event v ON v.id = f.event_id
LEFT JOIN outbox.delivery d ON d.endpoint_id = e.id AND d.event_id = v.id AND NOT d.replay
WHERE e.id = $1 AND v.occurred_on >= $2 AND v.occurred_on < $3
    AND (cardinality($4::text[]) = 0 OR v.type = ANY ($4)) AND ('*' = ANY (e.types) OR v.type = ANY (e.types))
    AND ($7::text[] IS NULL OR NOT v.facts ? 'supplier' OR v.facts ->> 'supplier' = ANY ($7))
    AND ($5 AND d.state = 'dead' OR $6 AND d.id IS NULL AND NOT EXISTS (
        SELECT FROM outbox.attempt a WHERE a.endpoint_id = e.id AND a.event_id = v.id))"""


async def count_of(db: Connection, one: Missed, suppliers: Sequence[SupplierId] | None) -> int:
    """How many would be sent; ``suppliers`` as the endpoint's."""
    named = None if suppliers is None else [str(supplier) for supplier in suppliers]
    return await db.one_value(
        int, _COUNT, one.endpoint_id, one.since, one.until, one.types, one.failed, one.never_sent, named
    )


_PUT: Final = """-- outbox.recovery.put
-- roles: portal, courier
WITH added AS (
    INSERT INTO outbox.recovery (id, endpoint_id, since, until, types, failed, never_sent, total, created_on)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
)
SELECT pg_notify('outbox_due', '')"""


async def put(db: Connection, one: Recovery) -> None:
    """Waiting; the courier is woken."""
    await db.execute(
        _PUT,
        one.id,
        one.endpoint_id,
        one.since,
        one.until,
        one.types,
        one.failed,
        one.never_sent,
        one.total,
        one.created_on,
    )


_OF: Final = """-- outbox.recovery.of_endpoint
-- roles: portal, courier
SELECT r.id, r.endpoint_id, r.since, r.until, r.types, r.failed, r.never_sent, r.state, r.done, r.total, r.created_on
FROM outbox.recovery r JOIN outbox.endpoint e ON e.id = r.endpoint_id
WHERE r.endpoint_id = $1 AND ($2::uuid IS NULL OR e.party_id = $2) ORDER BY r.created_on DESC, r.id LIMIT $3"""


async def of_endpoint(db: Connection, party: PartyId | None, endpoint: EndpointId, limit: int) -> list[Recovery]:
    """The newest first."""
    return await db.fetch(Recovery, _OF, endpoint, party, limit)


_READ: Final = """-- outbox.recovery.read
-- roles: portal, courier
SELECT r.id, r.endpoint_id, r.since, r.until, r.types, r.failed, r.never_sent, r.state, r.done, r.total, r.created_on
FROM outbox.recovery r JOIN outbox.endpoint e ON e.id = r.endpoint_id
WHERE r.id = $1 AND r.endpoint_id = $2 AND ($3::uuid IS NULL OR e.party_id = $3)"""


async def read(db: Connection, party: PartyId | None, endpoint: EndpointId, job: JobId) -> Recovery:
    """Raises NotFound."""
    return await db.one(Recovery, _READ, job, endpoint, party)


_OPEN: Final = """-- outbox.recovery.open_of
-- roles: portal, courier
SELECT count(*) FROM outbox.recovery WHERE endpoint_id = $1 AND state <> 'done'"""


async def open_of(db: Connection, endpoint: EndpointId) -> int:
    return await db.one_value(int, _OPEN, endpoint)


class Job(Missed, frozen=True):
    """A recovery in hand: ``position`` is how far it went in the feed of ``party_id``, ``listens`` its endpoint's."""

    id: JobId
    party_id: PartyId
    position: int
    listens: tuple[str, ...]
    suppliers: tuple[SupplierId, ...] | None


# Those whose endpoint has enough to do already are left for later: what is recovered comes in small portions, and
# what is new waits behind one of them at most.
_NEXT: Final = """-- outbox.recovery.next_job
-- roles: courier
SELECT r.id, r.endpoint_id, r.since, r.until, r.types, r.failed, r.never_sent, r.position, e.party_id,
    e.types AS listens, e.suppliers
FROM outbox.recovery r JOIN outbox.endpoint e ON e.id = r.endpoint_id
WHERE r.state <> 'done' AND $1 > (SELECT count(*) FROM (
    SELECT FROM outbox.delivery d WHERE d.endpoint_id = r.endpoint_id AND d.state = 'due' AND NOT d.late LIMIT $1) w)
ORDER BY r.id LIMIT 1 FOR NO KEY UPDATE OF r SKIP LOCKED"""


async def next_job(db: Connection, enough: int) -> Job | None:
    """One that is not done and whose endpoint has less than ``enough`` due; nobody else works on it meanwhile."""
    return await db.first(Job, _NEXT, enough)


class Step(Value, frozen=True):
    """``last``: the position reached, missing at the end of the feed; ``made``: how many became due."""

    last: int | None
    made: int


# One row of the feed after the other, whatever it holds: so a piece is as large as it looks, and the job ends.
_PIECE: Final = """-- outbox.recovery.piece
-- roles: courier
WITH walked AS (
    SELECT f.event_id, f.position FROM outbox.feed f WHERE f.party_id = $2 AND f.position > $3
    ORDER BY f.position LIMIT $4
), wanted AS (
    SELECT w.event_id, w.position, d.id AS delivery_id, row_number() OVER (ORDER BY w.position) AS n
    FROM walked w JOIN outbox.event v ON v.id = w.event_id
    LEFT JOIN outbox.delivery d ON d.endpoint_id = $1 AND d.event_id = v.id AND NOT d.replay
    WHERE v.occurred_on >= $5 AND v.occurred_on < $6 AND v.type = ANY ($7)
        AND ($8::text[] IS NULL OR NOT v.facts ? 'supplier' OR v.facts ->> 'supplier' = ANY ($8))
        AND ($9 AND d.state = 'dead' OR $10 AND d.id IS NULL AND NOT EXISTS (
            SELECT FROM outbox.attempt a WHERE a.endpoint_id = $1 AND a.event_id = v.id))
), revived AS (
    UPDATE outbox.delivery d SET state = 'due', attempts = 0, next_attempt_at = $11 FROM wanted w
    WHERE d.id = w.delivery_id AND d.state = 'dead' RETURNING d.id
), added AS (
    INSERT INTO outbox.delivery (id, event_id, endpoint_id, state, position, next_attempt_at)
    SELECT ($12::uuid[])[w.n], w.event_id, $1, 'due', w.position, $11 FROM wanted w WHERE w.delivery_id IS NULL
    ON CONFLICT DO NOTHING RETURNING id
)
SELECT (SELECT max(position) FROM walked) AS last,
    (SELECT count(*) FROM revived) + (SELECT count(*) FROM added) AS made"""


async def piece(db: Connection, job: Job, types: Sequence[str], ids: Sequence[DeliveryId], now: datetime) -> Step:
    """As many rows of the feed as there are ``ids`` for new deliveries: what was missed of ``types`` is due again."""
    named = None if job.suppliers is None else [str(supplier) for supplier in job.suppliers]
    return await db.one(
        Step,
        _PIECE,
        job.endpoint_id,
        job.party_id,
        job.position,
        len(ids),
        job.since,
        job.until,
        types,
        named,
        job.failed,
        job.never_sent,
        now,
        [one.uuid for one in ids],
    )


_WENT: Final = """-- outbox.recovery.went
-- roles: courier
WITH went AS (
    UPDATE outbox.recovery SET state = CASE WHEN $2::bigint IS NULL THEN 'done' ELSE 'running' END,
        position = coalesce($2, position), done = done + $3
    WHERE id = $1
)
SELECT pg_notify('outbox_due', '')"""


async def went(db: Connection, job: JobId, step: Step) -> None:
    """So far it is done; at the end of the feed all of it."""
    await db.execute(_WENT, job, step.last, step.made)
