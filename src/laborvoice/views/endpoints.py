"""Endpoints as their owners see them, with deliveries, attempts and recoveries. Operators see no header and no body."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime

import msgspec
from msgspec import UNSET, UnsetType

from laborvoice.domain import Value
from laborvoice.domain.endpoint import DeliveryState, EndpointState, Reason, Wanted, write_public
from laborvoice.domain.facts import EventType
from laborvoice.domain.ids import DeliveryId, EndpointId, EventId, JobId, PartyId, SupplierId
from laborvoice.store.database import Connection, Database
from laborvoice.store.outbox import endpoint_key, endpoint_secret, endpoint_view, recovery, subscription
from laborvoice.store.outbox.endpoint_secret import Good
from laborvoice.store.outbox.endpoint_view import Shown, Tried
from laborvoice.store.outbox.recovery import Include, Recovery, RecoveryState
from laborvoice.store.outbox.subscription import Subscription
from laborvoice.store.registry.sight import Sight
from laborvoice.views import given


class KeyVersion(Value, frozen=True):
    """Of the secret and of the courier's key. ``until``: of one that fades."""

    version: int
    until: datetime | UnsetType = UNSET


class Verification(Value, frozen=True):
    """``sending``: the challenge is on its way, or will be tried again."""

    tries: int
    sending: bool


class Failing(Value, frozen=True):
    """Nothing but failures since then."""

    since: datetime


class EndpointView(Value, frozen=True):
    """``verification``: of one that is pending."""

    id: EndpointId
    created_on: date
    url: str
    types: tuple[Wanted, ...]
    description: str
    headers: Mapping[str, str]
    fifo: bool
    state: EndpointState
    keys: tuple[KeyVersion, ...]
    suppliers: tuple[SupplierId, ...] | UnsetType = UNSET
    reason: Reason | UnsetType = UNSET
    verification: Verification | UnsetType = UNSET
    failing: Failing | UnsetType = UNSET


class EndpointMade(EndpointView, frozen=True, kw_only=True):
    """``secret`` is shown this once."""

    secret: str


class DeliveryView(Value, frozen=True):
    """``at``: when it is tried next, or was settled."""

    id: DeliveryId
    event: EventId
    type: EventType
    state: DeliveryState
    attempts: int
    replay: bool
    at: datetime


class AttemptView(Value, frozen=True):
    """What came of one try. ``body`` is what the receiver said: text to show, never to run."""

    at: datetime
    ms: int
    status: int | UnsetType = UNSET
    error: str | UnsetType = UNSET
    address: str | UnsetType = UNSET
    headers: tuple[tuple[str, str], ...] | UnsetType = UNSET
    body: str | UnsetType = UNSET


class RecoveryView(Value, frozen=True):
    id: JobId
    endpoint: EndpointId
    since: datetime
    until: datetime
    types: tuple[str, ...]
    include: tuple[Include, ...]
    state: RecoveryState
    done: int
    total: int
    created_on: date


def _owner(sight: Sight) -> PartyId | None:
    return None if sight.kind == "operator" else sight.party


async def shown(db: Connection, row: Subscription, now: datetime) -> EndpointView:
    """In a transaction that is going on, as its owner sees it."""
    return (await _views(db, [row], now))[0]


async def one(database: Database, sight: Sight, endpoint: EndpointId, now: datetime) -> EndpointView:
    """Raises NotFound."""

    async def step(db: Connection) -> EndpointView:
        return _for(sight, await shown(db, await subscription.read(db, _owner(sight), endpoint), now))

    return await database.run("endpoint", step)


async def page(
    database: Database, sight: Sight, after: EndpointId | None, limit: int, now: datetime
) -> tuple[EndpointView, ...]:
    """By id."""

    async def step(db: Connection) -> tuple[EndpointView, ...]:
        rows = await subscription.page(db, _owner(sight), after, limit)
        return tuple(_for(sight, view) for view in await _views(db, rows, now))

    return await database.run("endpoints", step)


def _for(sight: Sight, view: EndpointView) -> EndpointView:
    """A header may hold a token of the receiver's: an operator has no need of it."""
    return view if _owner(sight) else msgspec.structs.replace(view, headers={})


async def _views(db: Connection, rows: Iterable[Subscription], now: datetime) -> tuple[EndpointView, ...]:
    found = tuple(rows)
    keys: defaultdict[EndpointId, list[Good]] = defaultdict(list)
    for key in await endpoint_secret.good(db, [row.id for row in found], now):
        keys[key.endpoint_id].append(key)
    return tuple(_view(row, keys[row.id]) for row in found)


def _view(row: Subscription, keys: Iterable[Good]) -> EndpointView:
    pending = Verification(tries=row.verify_tries, sending=row.verify_wanted) if row.state == "pending" else UNSET
    return EndpointView(
        id=row.id,
        created_on=row.created_on,
        url=row.url,
        types=row.types,
        description=row.description,
        headers=row.extra,
        fifo=row.fifo,
        state=row.state,
        keys=tuple(KeyVersion(version=key.version, until=given(key.not_after)) for key in keys),
        suppliers=given(row.suppliers),
        reason=given(row.reason),
        verification=pending,
        failing=UNSET if row.failing_since is None else Failing(since=row.failing_since),
    )


def made(view: EndpointView, secret: str) -> EndpointMade:
    return EndpointMade(**msgspec.structs.asdict(view), secret=secret)


After = tuple[datetime, DeliveryId]


class Narrow(Value, frozen=True):
    """Of which endpoint, and in which state, from where on."""

    endpoint: EndpointId
    state: DeliveryState | None = None
    after: After | None = None


async def deliveries(database: Database, sight: Sight, narrow: Narrow, limit: int) -> tuple[DeliveryView, ...]:
    """What is tried or was settled last first. Raises NotFound."""

    async def step(db: Connection) -> tuple[DeliveryView, ...]:
        one = await subscription.read(db, _owner(sight), narrow.endpoint)
        return tuple(map(told, await endpoint_view.page(db, one.id, narrow.state, narrow.after, limit)))

    return await database.run("deliveries", step)


def told(row: Shown) -> DeliveryView:
    return DeliveryView(
        id=row.id,
        event=row.event_id,
        type=row.type,
        state=row.state,
        attempts=row.attempts,
        replay=row.replay,
        at=row.next_attempt_at,
    )


async def attempts(
    database: Database, sight: Sight, endpoint: EndpointId, delivery: DeliveryId
) -> tuple[AttemptView, ...]:
    """The oldest first. Raises NotFound."""
    bodies = _owner(sight) is not None

    async def step(db: Connection) -> tuple[AttemptView, ...]:
        one = await subscription.read(db, _owner(sight), endpoint)
        await endpoint_view.event_of(db, one.id, delivery)
        return tuple(_attempt(row, bodies=bodies) for row in await endpoint_view.attempts(db, one.id, delivery))

    return await database.run("attempts", step)


def _attempt(row: Tried, *, bodies: bool) -> AttemptView:
    view = AttemptView(at=row.at, ms=row.ms, status=given(row.status), error=given(row.error_class))
    if not bodies or row.status is None:
        return view
    text = row.body.decode(errors="replace")
    return msgspec.structs.replace(view, address=given(row.address), headers=row.pairs, body=text)


async def recovery_of(database: Database, sight: Sight, endpoint: EndpointId, job: JobId) -> RecoveryView:
    """Raises NotFound."""
    return recovered(await database.run("recovery", lambda db: recovery.read(db, _owner(sight), endpoint, job)))


async def recoveries(database: Database, sight: Sight, endpoint: EndpointId, limit: int) -> tuple[RecoveryView, ...]:
    """The newest first. Raises NotFound."""

    async def step(db: Connection) -> tuple[RecoveryView, ...]:
        one = await subscription.read(db, _owner(sight), endpoint)
        return tuple(map(recovered, await recovery.of_endpoint(db, _owner(sight), one.id, limit)))

    return await database.run("recoveries", step)


def recovered(row: Recovery) -> RecoveryView:
    wanted: tuple[tuple[Include, bool], ...] = (("failed", row.failed), ("never_sent", row.never_sent))
    return RecoveryView(
        id=row.id,
        endpoint=row.endpoint_id,
        since=row.since,
        until=row.until,
        types=row.types,
        include=tuple(name for name, meant in wanted if meant),
        state=row.state,
        done=row.done,
        total=row.total,
        created_on=row.created_on,
    )


class PublicKeyView(Value, frozen=True):
    """``key`` as Standard Webhooks spells it; both days are days of use."""

    key: str
    version: int
    not_before: date
    not_after: date | UnsetType = UNSET


async def public_keys(database: Database, endpoint: EndpointId, today: date) -> tuple[PublicKeyView, ...]:
    """That sign now, or will next; the newest first. None for an endpoint that is not."""
    found = await database.run("webhook_keys", lambda db: endpoint_key.keys_of(db, endpoint))
    return tuple(
        PublicKeyView(
            key=write_public(key.public_key),
            version=key.version,
            not_before=key.not_before,
            not_after=given(key.not_after),
        )
        for key in found
        if key.not_after is None or key.not_after >= today
    )
