"""Scores as they are shown: published, withheld, or none (design, api 4)."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from laborvoice.domain import Value
from laborvoice.domain.condition import Condition
from laborvoice.domain.ids import CaseId, ReleaseId, SupplierId, SupplierKey
from laborvoice.domain.release import Release
from laborvoice.domain.score import (
    Band,
    Because,
    ConditionTrend,
    Confidence,
    Direction,
    Level,
    Reason,
    Score,
    Trend,
    at_least_high,
)
from laborvoice.domain.supplier import Filter
from laborvoice.scoring.score import of_mean
from laborvoice.store.database import Connection, Database
from laborvoice.store.desk import case_raise
from laborvoice.store.registry import sight as sights
from laborvoice.store.registry import supplier as suppliers
from laborvoice.store.registry.sight import Sight
from laborvoice.store.release import release as releases
from laborvoice.store.release import score as kept
from laborvoice.views import given
from laborvoice.views.releases import top_of

_DIGITS: Final = 6
_NEAREST: Final = 10


class UsualView(Value, frozen=True):
    """The score where the average answer is as usual; ``suppliers`` is how many it is learnt from."""

    value: float
    suppliers: int
    level: Level


class TrendView(Value, frozen=True):
    """``since`` names the period compared with, ``z`` how far beyond chance; both are left out at the first release."""

    direction: Direction
    conditions: tuple[ConditionTrend, ...]
    since: str | UnsetType = UNSET
    z: float | UnsetType = UNSET


class OverrideView(Value, frozen=True):
    """``band``: what is seen instead, the computed one or worse."""

    band: Band
    case: CaseId


class PublishedScore(Value, frozen=True, tag_field="state", tag="published"):
    """``score``, ``low`` and ``high`` are the integers people see; ``answers`` is the noised count to the nearest 10.

    ``because`` is empty where no release has counts by condition; then ``top`` may say which is most likely the most
    named. ``override``: what an open critical case makes of the band, for its parties alone.
    """

    period: str
    covers: tuple[str, ...]
    release: ReleaseId
    score: int
    band: Band
    low: int
    high: int
    confidence: Confidence
    reasons: tuple[Reason, ...]
    answers: int
    usual: UsualView
    driver: str
    because: tuple[Because, ...]
    unexplained: float
    fresh_start: tuple[str, ...]
    trend: TrendView
    method: str
    top: Condition | UnsetType = UNSET
    coverage: float | UnsetType = UNSET
    override: OverrideView | UnsetType = UNSET


class WithheldScore(Value, frozen=True, tag_field="state", tag="withheld"):
    """Too few answers to say anything safely: byte for byte the same for every number of ballots."""

    period: str


class NoScore(Value, frozen=True, tag_field="state", tag="none"):
    """No release of the supplier can be seen."""


ScoreView = PublishedScore | WithheldScore | NoScore


PeriodScore = PublishedScore | WithheldScore


class Rated(Value, frozen=True):
    supplier: SupplierId
    score: ScoreView


async def one(database: Database, sight: Sight, supplier: SupplierId, period: str | None) -> ScoreView:
    """The score of ``period``, else of the newest release that can be seen. Raises NotFound."""

    async def step(db: Connection) -> ScoreView:
        key = (await sights.key(db, sight, supplier)).supplier_id
        return (await newest(db, sight, [key], period))[0]

    return await database.run("score", step)


async def history(
    database: Database, sight: Sight, supplier: SupplierId, before: date, limit: int
) -> tuple[PeriodScore, ...]:
    """Newest first, of periods that ended before ``before``. Raises NotFound."""

    async def step(db: Connection) -> tuple[PeriodScore, ...]:
        key = (await sights.key(db, sight, supplier)).supplier_id
        seen = await releases.page(db, sight, key, before, limit)
        scores = await kept.of_periods(db, [(key, row.published.period) for row in seen])
        case = (await case_raise.of(db, sight)).get(key)
        return tuple(raised(shown(row, scores.get((key, row.published.period))), case) for row in seen)

    return await database.run("scores", step)


async def of_suppliers(
    database: Database, sight: Sight, wanted: Sequence[SupplierId], period: str | None
) -> tuple[Rated, ...]:
    """In the order asked for; those the viewer may not see are left out, like those that do not exist."""

    async def step(db: Connection) -> tuple[Rated, ...]:
        found = {row.asked: row for row in await sights.find(db, sight, tuple(wanted))}
        order = [found[supplier] for supplier in dict.fromkeys(wanted) if supplier in found]
        scores = await newest(db, sight, [row.supplier_id for row in order], period)
        return tuple(Rated(supplier=row.asked, score=score) for row, score in zip(order, scores, strict=True))

    return await database.run("scores", step)


async def by_name(
    database: Database, sight: Sight, narrow: Filter, limit: int
) -> tuple[tuple[Rated, tuple[str, SupplierId]], ...]:
    """Each with its name and id, after which the next page begins. Scores of ``narrow.period``, else the newest."""

    async def step(db: Connection) -> tuple[tuple[Rated, tuple[str, SupplierId]], ...]:
        rows = await suppliers.page(db, sight, await as_seen(db, sight, narrow), limit)
        scores = await newest(db, sight, [row.supplier_id for row in rows], narrow.period)
        return tuple(
            (Rated(supplier=row.public_id, score=score), (row.name, row.public_id))
            for row, score in zip(rows, scores, strict=True)
        )

    return await database.run("scores", step)


async def by_score(
    database: Database, sight: Sight, narrow: Filter, after: tuple[float, SupplierId] | None, limit: int
) -> tuple[tuple[Rated, tuple[float, SupplierId]], ...]:
    """The highest first, those without a score last; each with the place after which the next page begins."""

    async def step(db: Connection) -> tuple[tuple[Rated, tuple[float, SupplierId]], ...]:
        rows = await suppliers.ranked(db, sight, await as_seen(db, sight, narrow), after, limit)
        scores = await newest(db, sight, [row.supplier_id for row in rows], narrow.period)
        return tuple(
            (Rated(supplier=row.public_id, score=score), (row.score, row.public_id))
            for row, score in zip(rows, scores, strict=True)
        )

    return await database.run("scores", step)


async def newest(
    db: Connection, sight: Sight, keys: Sequence[SupplierKey], period: str | None
) -> tuple[ScoreView, ...]:
    """In the order of ``keys``, in a transaction that is going on: of ``period``, else of the newest release seen."""
    seen = await releases.newest(db, sight, keys, period)
    scores = await kept.of_periods(db, [(key, row.published.period) for key, row in seen.items()])
    cases = await case_raise.of(db, sight)
    return tuple(
        raised(shown(row, scores.get((key, row.published.period))), cases.get(key))
        if (row := seen.get(key)) is not None
        else NoScore()
        for key in keys
    )


async def as_seen(db: Connection, sight: Sight, narrow: Filter) -> Filter:
    """A band is looked for as the viewer sees it."""
    if narrow.band is None:
        return narrow
    return msgspec.structs.replace(narrow, raised=tuple(await case_raise.of(db, sight)))


def raised(score: PeriodScore, case: CaseId | None) -> PeriodScore:
    """At least high, said beside the number, where an open critical case is the viewer's."""
    if case is None or not isinstance(score, PublishedScore):
        return score
    return msgspec.structs.replace(score, override=OverrideView(band=at_least_high(score.band), case=case))


def shown(seen: releases.Seen, score: Score | None) -> PeriodScore:
    """A release and its score are written together; where one is withheld there is no score."""
    release = seen.published
    if not isinstance(release, Release) or score is None:
        return WithheldScore(period=release.period)
    figures = score.shown()
    return PublishedScore(
        period=release.period,
        covers=release.covers,
        release=release.id,
        score=figures.score,
        band=score.band,
        low=figures.low,
        high=figures.high,
        confidence=score.confidence,
        reasons=score.reasons,
        answers=about(release.n),
        usual=UsualView(
            value=round(of_mean(score.usual.composite), _DIGITS),
            suppliers=score.usual.suppliers,
            level=score.usual.level,
        ),
        driver=score.driver,
        because=score.because,
        unexplained=score.unexplained,
        fresh_start=score.fresh_start,
        trend=_trend(score.trend),
        method=score.method,
        top=top_of(release),
        coverage=given(score.coverage),
    )


def about(n: int) -> int:
    """A noised count as people see it: to the nearest 10."""
    return round(n / _NEAREST) * _NEAREST


def _trend(trend: Trend) -> TrendView:
    return TrendView(direction=trend.direction, conditions=trend.conditions, since=given(trend.since), z=given(trend.z))
