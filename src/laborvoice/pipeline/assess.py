"""Assess: a score for a new release, and the events that tell of it. From releases alone (design, domain 4)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from laborvoice.chance import Chance
from laborvoice.domain import Value
from laborvoice.domain.event import Event, of_supplier, rounded
from laborvoice.domain.facts import EventType, OfRelease
from laborvoice.domain.ids import EventId, PartyId, SupplierKey
from laborvoice.domain.period import Period
from laborvoice.domain.release import Distributor, Published, Release, Statistics, statistics
from laborvoice.domain.score import Score, Usual
from laborvoice.scoring import baseline, score
from laborvoice.scoring.statistic import MAX_AGE_DAYS
from laborvoice.store.database import Connection
from laborvoice.store.outbox import event
from laborvoice.store.registry import campaign, link, supplier
from laborvoice.store.release import baseline as kept_baseline
from laborvoice.store.release import release
from laborvoice.store.release import score as kept_score
from laborvoice.workers import Workers

_DIVISION_DIGITS: Final = 2
_ID_BYTES: Final = 16


class Close(Value, frozen=True):
    """What holds for every supplier of one close. ``now`` reaches events rounded down to the day."""

    period: Period
    sums: baseline.Sums
    now: datetime


class Task(Value, frozen=True):
    """What a worker scores."""

    releases: tuple[Statistics, ...]
    periods: tuple[str, ...]
    usual: Usual
    workforce: int | None
    distributor: Distributor


def evaluate(task: Task) -> Score:
    return score.assess(
        task.releases,
        task.usual,
        periods=task.periods,
        workforce=task.workforce,
        distributor=task.distributor,
    )


async def prepare(db: Connection, period: Period) -> baseline.Sums:
    """What is usual, from releases of earlier periods alone: read once, kept, the same for every vault."""
    found = await kept_baseline.get(db, period.label)
    if found is None:
        body = msgspec.json.encode(await _sources(db, period))
        await kept_baseline.put(db, period.label, body)
        found = await kept_baseline.get(db, period.label) or body
    return baseline.sums(msgspec.json.decode(found, type=tuple[baseline.UsualSource, ...]))


async def _sources(db: Connection, period: Period) -> tuple[baseline.UsualSource, ...]:
    places = {place.supplier_id: place for place in await supplier.to_count(db)}
    brands = await link.brands_by_supplier(db)
    nobody: frozenset[PartyId] = frozenset()
    sources: list[baseline.UsualSource] = []
    for latest in await release.latest_of_others(db, period.begin):
        if (period.end - latest.ended).days >= MAX_AGE_DAYS:
            continue
        composite, conditions = baseline.per_million(statistics(latest.release, latest.ended))
        place = places[latest.supplier_id]
        sources.append(
            baseline.UsualSource(
                supplier=latest.supplier_id,
                brands=frozenset(map(str, brands.get(latest.supplier_id, nobody))),
                country=place.country,
                division=_division(place),
                composite=composite,
                conditions=conditions,
            )
        )
    return tuple(sources)


async def assess(
    db: Connection, workers: Workers, chance: Chance, close: Close, place: supplier.Place, published: Published
) -> None:
    """Score the release that was just put, and tell of it; in its transaction."""
    told: list[EventType] = ["release.withheld"]
    if isinstance(published, Release):
        before = await kept_score.before(db, place.supplier_id, close.period.end)
        made = await workers.run(evaluate, await _task(db, close, place))
        await kept_score.put(db, place.supplier_id, close.period.label, made)
        told = ["release.published", *_changes(before.score if before else None, made)]
    await event.put(db, [_event(chance, close, place, published, kind) for kind in told])


async def _task(db: Connection, close: Close, place: supplier.Place) -> Task:
    dated = await release.of_supplier(db, place.supplier_id, close.period.end)
    rows = [
        (statistics(one.published, one.ended), one.published.period)
        for one in dated
        if isinstance(one.published, Release)
    ]
    return Task(
        releases=tuple(row for row, _ in rows),
        periods=tuple(label for _, label in rows),
        usual=baseline.usual(close.sums, supplier=place.supplier_id, country=place.country, division=_division(place)),
        workforce=place.workforce,
        distributor=await _distributor(db, place.supplier_id, close.period.label),
    )


async def _distributor(db: Connection, key: SupplierKey, period: str) -> Distributor:
    """A release of carried ballots alone may have no campaign of its own: nothing is then known in its favour."""
    return await campaign.distributor_of(db, key, period) or "mixed"


def _division(place: supplier.Place) -> str | None:
    return place.isic[0][:_DIVISION_DIGITS] if place.isic else None


def _changes(before: Score | None, after: Score) -> Sequence[EventType]:
    """Told where what is displayed differs. A first score is news as a release."""
    if before is None or before.shown() == after.shown():
        return ()
    return ("score.changed",) if before.band == after.band else ("score.changed", "score.band_changed")


def _event(chance: Chance, close: Close, place: supplier.Place, published: Published, kind: EventType) -> Event:
    return Event(
        id=EventId.draw(chance.bytes(_ID_BYTES)),
        type=kind,
        audience=of_supplier(place.public_id),
        resource=str(place.public_id),
        facts=OfRelease(supplier=place.public_id, period=close.period.label, release=published.id),
        period=close.period.label,
        occurred_on=rounded(close.now),
    )
