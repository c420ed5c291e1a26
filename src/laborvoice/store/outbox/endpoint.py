"""Endpoints: each is a lane of its own, so that a slow one holds up nobody else."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.ids import EndpointId, PartyId, SupplierId
from laborvoice.store.database import Connection

_COUNT: Final = """-- outbox.endpoint.count_of
-- roles: portal, courier
SELECT count(*) FROM outbox.endpoint WHERE party_id = $1"""


async def count_of(db: Connection, party: PartyId) -> int:
    return await db.value(int, _COUNT, party) or 0


class Lane(Value, frozen=True):
    """``suppliers`` missing: events about any."""

    id: EndpointId
    party_id: PartyId
    types: frozenset[str]
    suppliers: frozenset[SupplierId] | None


_ACTIVE: Final = """-- outbox.endpoint.active_of
-- roles: portal, courier
SELECT id, party_id, types, suppliers FROM outbox.endpoint WHERE party_id = ANY ($1) AND state = 'active'"""


async def active_of(db: Connection, parties: Sequence[PartyId]) -> list[Lane]:
    return await db.fetch(Lane, _ACTIVE, [party.uuid for party in parties])


_REACHABLE: Final = """-- outbox.endpoint.reachable
-- roles: portal, courier
SELECT id FROM outbox.endpoint WHERE id = ANY ($1) AND state IN ('pending', 'active')"""


async def reachable(db: Connection, endpoints: Sequence[EndpointId]) -> list[EndpointId]:
    """Those of them that may be sent what is for them alone."""
    return await db.values(EndpointId, _REACHABLE, [one.uuid for one in endpoints])


_GONE: Final = """-- outbox.endpoint.disable_gone
-- roles: courier
WITH gone AS (
    UPDATE outbox.endpoint SET state = 'disabled', reason = 'gone', disabled_on = $2
    WHERE id = ANY ($1) AND state = 'active' RETURNING id
)
UPDATE outbox.delivery d SET state = 'dead', lease_until = NULL FROM gone
WHERE d.endpoint_id = gone.id AND d.state IN ('due', 'leased')"""


async def disable_gone(db: Connection, endpoints: Sequence[EndpointId], today: date) -> None:
    """Their receivers want nothing more: what waits for them is dead."""
    await db.execute(_GONE, [endpoint.uuid for endpoint in endpoints], today)


class Pause(Value, frozen=True):
    """An open breaker: nothing leaves before ``until``; ``park`` is how long it was shut this time."""

    until: datetime
    park: timedelta


_PAUSE: Final = """-- outbox.endpoint.pause
-- roles: portal, courier
UPDATE outbox.endpoint e SET paused_until = t.until, park_seconds = t.park
FROM unnest($1::uuid[], $2::timestamptz[], $3::integer[]) AS t (id, until, park) WHERE e.id = t.id"""


async def pause(db: Connection, breakers: Mapping[EndpointId, Pause | None]) -> None:
    """Open breakers; None closes one."""
    pauses = breakers.values()
    await db.execute(
        _PAUSE,
        [endpoint.uuid for endpoint in breakers],
        [pause and pause.until for pause in pauses],
        [pause and int(pause.park.total_seconds()) for pause in pauses],
    )


class Failed(Value, frozen=True):
    """The first failure since the last success that is known, and the last. ``anew``: there was a success before."""

    since: datetime
    last: datetime
    anew: bool


_FAIL: Final = """-- outbox.endpoint.fail
-- roles: portal, courier
UPDATE outbox.endpoint e SET failed_at = t.last,
    failing_since = CASE WHEN t.anew OR t.since IS NULL THEN t.since ELSE coalesce(e.failing_since, t.since) END
FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::boolean[]) AS t (id, since, last, anew)
WHERE e.id = t.id"""


async def fail(db: Connection, healths: Mapping[EndpointId, Failed | None]) -> None:
    """Endpoints whose last result was a failure; None: one that answers again."""
    failures = healths.values()
    await db.execute(
        _FAIL,
        [endpoint.uuid for endpoint in healths],
        [failed and failed.since for failed in failures],
        [failed and failed.last for failed in failures],
        [failed is not None and failed.anew for failed in failures],
    )


_TRIED: Final = """-- outbox.endpoint.tried
-- roles: portal, courier
UPDATE outbox.endpoint SET verify_tries = $3, verify_wanted = verify_wanted AND $4,
    state = CASE WHEN $5 THEN 'active' ELSE state END, challenge = CASE WHEN $5 THEN NULL ELSE challenge END
WHERE id = $1 AND challenge = $2 AND state = 'pending'"""


async def tried(db: Connection, endpoint: EndpointId, challenge: bytes, tries: int, *, again: bool, met: bool) -> None:
    """A verification was attempted: ``met`` makes the endpoint active. One that asks for another by now is left."""
    await db.execute(_TRIED, endpoint, challenge, tries, again, met)


_UNVERIFIED: Final = """-- outbox.endpoint.purge
-- roles: portal, courier
WITH old AS (
    DELETE FROM outbox.endpoint WHERE state = 'pending' AND url_changed_on < $1 RETURNING id
)
DELETE FROM outbox.attempt a USING old WHERE a.endpoint_id = old.id"""


async def purge(db: Connection, before: date) -> None:
    """Endpoints whose URL is from before that day and was never verified, with all that hung on them."""
    await db.execute(_UNVERIFIED, before)


class Counts(Value, frozen=True):
    """How many endpoints there are in each state, and how many breakers are open."""

    pending: int
    active: int
    disabled: int
    paused: int


_COUNTS: Final = """-- outbox.endpoint.counts
-- roles: portal, courier
SELECT count(*) FILTER (WHERE state = 'pending') AS pending, count(*) FILTER (WHERE state = 'active') AS active,
    count(*) FILTER (WHERE state = 'disabled') AS disabled,
    count(*) FILTER (WHERE state = 'active' AND paused_until IS NOT NULL) AS paused
FROM outbox.endpoint"""


async def counts(db: Connection) -> Counts:
    return await db.one(Counts, _COUNTS)
