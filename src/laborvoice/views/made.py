"""How a number was made: a release with what it cost, and each step from releases to a score, with its values."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.condition import CONDITIONS, Condition
from laborvoice.domain.ids import ReleaseId, SupplierId
from laborvoice.domain.period import Period
from laborvoice.domain.policy import POLICIES, Policy
from laborvoice.domain.release import Ledger, Release, Statistics, statistics
from laborvoice.domain.score import Score
from laborvoice.errors import NotFound
from laborvoice.scoring import statistic
from laborvoice.scoring.score import ACTION, FACTOR, of_mean
from laborvoice.scoring.shares import Estimate, estimate
from laborvoice.store.database import Connection, Database
from laborvoice.store.desk import case_raise
from laborvoice.store.registry import supplier as suppliers
from laborvoice.store.registry.sight import Sight
from laborvoice.store.release import ledger, release
from laborvoice.store.release import score as kept
from laborvoice.views import releases, scores
from laborvoice.views.releases import ReleaseView
from laborvoice.views.scores import PublishedScore

_MANY: Final = 100


class Entry(Value, frozen=True):
    supplier: SupplierId
    name: str
    release: ReleaseView
    ledger: Ledger
    policy: Policy


class Reading(Value, frozen=True):
    """What one release says of the composite: ``total`` within its bounds, the variances of the noise, its weight."""

    period: str
    n: int
    severity_sum: int
    total: float
    age: int
    weight: float
    noise_total: float
    noise_count: float


class Floor(Value, frozen=True):
    """How far one condition alone would carry the score: ``own`` = R(p10), ``carries`` = factor times that."""

    condition: Condition
    share: float
    p10: float
    level: float
    factor: float
    own: float
    carries: float


class Method(Value, frozen=True):
    """``readings`` are those the viewer may see, newest first; ``hidden`` how many more have entered.

    ``kept`` is the score as it was stored, to six decimals; ``mean_score`` with its range is M; ``floors`` the highest
    first, empty where no release had counts.
    """

    entry: Entry
    score: PublishedScore
    kept: Score
    readings: tuple[Reading, ...]
    hidden: int
    mean_score: tuple[float, float, float]
    floors: tuple[Floor, ...]


async def entry(database: Database, sight: Sight, one: ReleaseId) -> Entry:
    """Raises NotFound."""

    async def step(db: Connection) -> Entry:
        return await _entry(db, await release.by_id(db, sight, one))

    return await database.run("release", step)


async def method(database: Database, sight: Sight, one: ReleaseId) -> Method:
    """Raises NotFound also where the release is withheld: then nothing was made."""

    async def step(db: Connection) -> Method:
        seen = await release.by_id(db, sight, one)
        of = await suppliers.by_id(db, seen.supplier)
        period = seen.published.period
        ended = Period.parse(period).end
        stored = (await kept.of_periods(db, [(of.supplier_id, period)])).get((of.supplier_id, period))
        case = (await case_raise.of(db, sight)).get(of.supplier_id)
        shown = scores.raised(scores.shown(seen, stored), case)
        if stored is None or not isinstance(shown, PublishedScore):
            raise NotFound
        dated = await release.of_supplier(db, of.supplier_id, ended)
        visible = await release.page(db, sight, of.supplier_id, ended + timedelta(days=1), _MANY)
        rows = statistic.recent(_statistics(dated))
        readings = _readings(rows, frozenset(row.published.period for row in visible))
        return Method(
            entry=await _entry(db, seen),
            score=shown,
            kept=stored,
            readings=readings,
            hidden=len(rows) - len(readings),
            mean_score=(of_mean(stored.mean), of_mean(stored.mean_low), of_mean(stored.mean_high)),
            floors=_floors([row for row, _ in rows], stored),
        )

    return await database.run("method", step)


async def _entry(db: Connection, seen: release.Seen) -> Entry:
    of = await suppliers.by_id(db, seen.supplier)
    spent = {row.period: row for row in await ledger.of_supplier(db, of.supplier_id)}
    return Entry(
        supplier=of.public_id,
        name=of.name,
        release=releases.shown(seen),
        ledger=spent[seen.published.period],
        policy=POLICIES[seen.published.policy],
    )


def _statistics(dated: Sequence[release.Dated]) -> tuple[tuple[Statistics, str], ...]:
    return tuple(
        (statistics(one.published, one.ended), one.published.period)
        for one in dated
        if isinstance(one.published, Release)
    )


def _readings(rows: Sequence[tuple[Statistics, str]], visible: frozenset[str]) -> tuple[Reading, ...]:
    made = statistic.composite([row for row, _ in rows])
    newest: date = rows[0][0].ended
    return tuple(
        Reading(
            period=label,
            n=row.n,
            severity_sum=row.severity_sum,
            total=reading.total,
            age=(newest - row.ended).days,
            weight=reading.weight,
            noise_total=reading.variance.total,
            noise_count=reading.variance.count / statistic.COMPOSITE.ceiling**2,
        )
        for (row, label), reading in zip(rows, made, strict=True)
        if label in visible
    )


def _floors(recent: Sequence[Statistics], stored: Score) -> tuple[Floor, ...]:
    readings = statistic.shares(recent)
    if not readings:
        return ()
    each = zip(CONDITIONS, statistic.SHARES, stored.usual.conditions, readings, strict=True)
    floors = [_floor(condition, estimate(constants, m0, own)) for condition, constants, m0, own in each]
    return tuple(sorted(floors, key=lambda floor: -floor.carries))


def _floor(condition: Condition, found: Estimate) -> Floor:
    level, factor = ACTION[condition.severity], FACTOR[condition.severity]
    own = 100 * found.p10 / (found.p10 + level)
    return Floor(
        condition=condition,
        share=found.mean,
        p10=found.p10,
        level=level,
        factor=factor,
        own=own,
        carries=factor * own,
    )
