"""An endpoint's deliveries and attempts as its owner sees them, and the deliveries that its owner repeats."""

from datetime import datetime
from typing import Final

import msgspec

from laborvoice.domain import Value
from laborvoice.domain.endpoint import DeliveryState
from laborvoice.domain.facts import EventType
from laborvoice.domain.ids import DeliveryId, EndpointId, EventId
from laborvoice.store.database import Connection


class Shown(Value, frozen=True):
    """``next_attempt_at``: when it is tried, or was settled. ``parked``: due, but the breaker of its lane is open."""

    id: DeliveryId
    event_id: EventId
    type: EventType
    state: DeliveryState
    attempts: int
    replay: bool
    next_attempt_at: datetime


_PAGE: Final = """-- outbox.endpoint_view.page
-- roles: portal, courier
SELECT d.id, d.event_id, v.type, s.state, d.attempts, d.replay, d.next_attempt_at
FROM outbox.delivery d JOIN outbox.event v ON v.id = d.event_id JOIN outbox.endpoint e ON e.id = d.endpoint_id
CROSS JOIN LATERAL (
    SELECT CASE WHEN d.state = 'due' AND e.state = 'active' AND e.paused_until IS NOT NULL THEN 'parked'
        ELSE d.state END AS state) s
WHERE d.endpoint_id = $1 AND ($2::text IS NULL OR s.state = $2)
    AND ($3::timestamptz IS NULL OR (d.next_attempt_at, d.id) < ($3, $4))
ORDER BY d.next_attempt_at DESC, d.id DESC LIMIT $5"""


async def page(
    db: Connection,
    endpoint: EndpointId,
    state: DeliveryState | None,
    after: tuple[datetime, DeliveryId] | None,
    limit: int,
) -> list[Shown]:
    """What is tried last, or was settled last, first."""
    moment, one = after or (None, None)
    return await db.fetch(Shown, _PAGE, endpoint, state, moment, one, limit)


_DELIVERY: Final = """-- outbox.endpoint_view.delivery
-- roles: portal, courier
SELECT d.id, d.event_id, v.type, d.attempts, d.replay, d.next_attempt_at,
    CASE WHEN d.state = 'due' AND e.state = 'active' AND e.paused_until IS NOT NULL THEN 'parked'
        ELSE d.state END AS state
FROM outbox.delivery d JOIN outbox.event v ON v.id = d.event_id JOIN outbox.endpoint e ON e.id = d.endpoint_id
WHERE d.endpoint_id = $1 AND d.id = $2"""


async def delivery(db: Connection, endpoint: EndpointId, one: DeliveryId) -> Shown:
    """Raises NotFound."""
    return await db.one(Shown, _DELIVERY, endpoint, one)


# A delivery that is done goes after a day; its attempts stay for as long as its event.
_EVENT: Final = """-- outbox.endpoint_view.event_of
-- roles: portal, courier
SELECT v.id FROM outbox.event v WHERE v.id IN (
    SELECT d.event_id FROM outbox.delivery d WHERE d.endpoint_id = $1 AND d.id = $2
    UNION SELECT a.event_id FROM outbox.attempt a WHERE a.endpoint_id = $1 AND a.delivery_id = $2)"""


async def event_of(db: Connection, endpoint: EndpointId, one: DeliveryId) -> EventId:
    """Of a delivery that is, or was. Raises NotFound."""
    return await db.one_value(EventId, _EVENT, endpoint, one)


class Again(Value, frozen=True):
    id: DeliveryId
    event_id: EventId
    endpoint_id: EndpointId


_REPLAY: Final = """-- outbox.endpoint_view.replay
-- roles: portal, courier
WITH added AS (
    INSERT INTO outbox.delivery (id, event_id, endpoint_id, replay, next_attempt_at) VALUES ($1, $2, $3, true, $4)
)
SELECT pg_notify('outbox_due', '')"""


async def replay(db: Connection, one: Again, now: datetime) -> None:
    """Due now. Couriers are woken when this transaction commits."""
    await db.execute(_REPLAY, one.id, one.event_id, one.endpoint_id, now)


class Tried(Value, frozen=True):
    """``headers`` is JSON: pairs of name and value. ``status``, ``address`` are missing where nothing was answered."""

    at: datetime
    status: int | None
    error_class: str | None
    ms: int
    address: str | None
    headers: str
    body: bytes

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        return msgspec.json.decode(self.headers, type=tuple[tuple[str, str], ...])


_ATTEMPTS: Final = """-- outbox.endpoint_view.attempts
-- roles: portal, courier
SELECT a.at, a.status, a.error_class, a.ms, a.address, a.headers::text AS headers, a.body
FROM outbox.attempt a WHERE a.endpoint_id = $1 AND a.delivery_id = $2 ORDER BY a.at"""


async def attempts(db: Connection, endpoint: EndpointId, one: DeliveryId) -> list[Tried]:
    """The oldest first; at most ten."""
    return await db.fetch(Tried, _ATTEMPTS, endpoint, one)
