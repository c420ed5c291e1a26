"""Count: a period's boxes, supplier by supplier, from sealed ballots to release, score and events.

Design, privacy 8. One transaction a supplier. Noise is drawn once: it is in the journal before the transaction commits,
and whoever comes second publishes what stands there.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from laborvoice.anonymize import order
from laborvoice.domain import Value
from laborvoice.domain.ids import SupplierKey
from laborvoice.domain.period import Period
from laborvoice.pipeline.assess import Close, assess, prepare
from laborvoice.pipeline.count.publish import Means, Roots, publish
from laborvoice.store.ballot import count_job, period_state, token_key
from laborvoice.store.database import Connection, Database
from laborvoice.store.registry import supplier

__all__ = ["Means", "Roots", "close_due", "count", "ready"]

BOTH_LANES: Final = 0b11
"""A closing period waits until each lane of the spool was mixed: then nothing of it is left there."""

_TURN_BITS: Final = 63


class Job(Value, frozen=True):
    """What is known of a close before its first supplier is counted."""

    close: Close
    roots: Roots
    places: Mapping[SupplierKey, supplier.Place]
    keys: Mapping[SupplierKey, token_key.TokenKey]


async def close_due(database: Database, now: datetime) -> tuple[str, ...]:
    """Close the boxes whose day has come; which ones. Whether the clock may be believed, the caller has asked."""

    async def step(db: Connection) -> tuple[str, ...]:
        due = [
            one.period
            for one in await period_state.all_states(db)
            if one.state == "open" and Period.parse(one.period).close <= now.date()
        ]
        return tuple([label for label in due if await period_state.move(db, label, "open", "closing")])

    return await database.run("close", step)


async def ready(database: Database) -> Period | None:
    """The oldest closing period, once both lanes were mixed: a later one waits for it, and for what it carries over."""
    closing = [one for one in await database.run("ready", period_state.all_states) if one.state == "closing"]
    if not closing or closing[0].lanes_mixed != BOTH_LANES:
        return None
    return Period.parse(closing[0].period)


async def count(database: Database, means: Means, roots: Roots, period: Period, now: datetime) -> int | None:
    """Count what is left of the period, as many suppliers at a time as there are workers; how many they were.

    At the end the period is ``counted``: everything of it is seen at once. None where another vault still counts: then
    it is the one that ends it.
    """
    job = await database.run("prepare", lambda db: _prepare(db, means, roots, period, now))
    async with asyncio.TaskGroup() as group:
        lanes = [group.create_task(_lane(database, means, job)) for _ in range(means.workers.count)]
    finished = await database.run("counted", lambda db: _finish(db, period.label))
    return sum(lane.result() for lane in lanes) if finished else None


async def _prepare(db: Connection, means: Means, roots: Roots, period: Period, now: datetime) -> Job:
    """Every supplier with a token key in this period or one of the two before has a job, also at zero ballots."""
    before = period.previous()
    keys = await token_key.of(db, [before.previous().label, before.label, period.label])
    suppliers = order.shuffled(sorted({key.supplier_id for key in keys}), means.chance.below)
    turns = [means.chance.below(1 << _TURN_BITS) for _ in suppliers]
    await count_job.add(db, period.label, suppliers, turns)
    return Job(
        close=Close(period=period, sums=await prepare(db, period), now=now),
        roots=roots,
        places={place.supplier_id: place for place in await supplier.to_count(db)},
        keys={key.supplier_id: key for key in keys if key.period == period.label},
    )


async def _lane(database: Database, means: Means, job: Job) -> int:
    done = 0
    while await database.run("count", lambda db: _next(db, means, job)):
        done += 1
    return done


async def _next(db: Connection, means: Means, job: Job) -> bool:
    """Take a lease and count its supplier; False where nothing is left to take.

    A supplier that is gone from the registry has nobody who could be told: it does not hold up the others.
    """
    label = job.close.period.label
    key = await count_job.lease(db, label)
    if key is None:
        return False
    if key in job.places:
        await _tell(db, means, job, job.places[key])
    await count_job.done(db, label, key)
    return True


async def _tell(db: Connection, means: Means, job: Job, place: supplier.Place) -> None:
    published = await publish(db, means, job.roots, job.close.period, place, job.keys.get(place.supplier_id))
    if published is not None:
        await assess(db, means.workers, means.chance, job.close, place, published)


async def _finish(db: Connection, label: str) -> bool:
    """False where another vault still holds a lease, or has ended the count."""
    return await count_job.left(db, label) == 0 and await period_state.move(db, label, "closing", "counted")
