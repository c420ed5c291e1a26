"""The portfolio as a page shows it: sums of the whole, and a few suppliers with their score and its course."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.ids import SupplierId, SupplierKey
from laborvoice.domain.policy import POLICIES, Policy, PolicyName
from laborvoice.domain.score import displayed
from laborvoice.store.database import Connection, Database
from laborvoice.store.registry import sight as sights
from laborvoice.store.registry import supplier as suppliers
from laborvoice.store.registry.sight import Sight
from laborvoice.store.release import portfolio
from laborvoice.store.release.portfolio import Standing, Step
from laborvoice.views import scores
from laborvoice.views.scores import PeriodScore, PublishedScore, ScoreView

PERIODS: Final = 12


class Turn(Value, frozen=True):
    """A period of a supplier: the integers people see, all None where it is withheld."""

    period: str
    score: int | None = None
    low: int | None = None
    high: int | None = None
    answers: int = 0


def turn(one: PeriodScore) -> Turn:
    if isinstance(one, PublishedScore):
        return Turn(period=one.period, score=one.score, low=one.low, high=one.high, answers=one.answers)
    return Turn(period=one.period)


class Listed(Value, frozen=True):
    """``turns`` are the newest twelve periods, oldest first; ``policy`` is that of the newest."""

    id: SupplierId
    name: str
    country: str
    score: ScoreView
    turns: tuple[Turn, ...]
    os_id: str | None
    native_name: str | None
    policy: PolicyName | None


class Compared(Value, frozen=True):
    """``policy`` is that of the newest period."""

    id: SupplierId
    name: str
    score: ScoreView
    policy: PolicyName | None


def policies(rows: Iterable[Listed | Compared]) -> tuple[Policy, ...]:
    """Those under which the numbers shown were made: every page with a number names them."""
    named = {row.policy for row in rows}
    return tuple(one for name, one in POLICIES.items() if name in named)


async def some(database: Database, sight: Sight, wanted: Sequence[SupplierId]) -> tuple[Compared, ...]:
    """In the order asked for. Raises NotFound where the viewer may not see one of them."""

    async def step(db: Connection) -> tuple[Compared, ...]:
        found = [await suppliers.seen(db, sight, one) for one in wanted]
        keys = [one.supplier_id for one in found]
        shown = await scores.newest(db, sight, keys, None)
        courses = await portfolio.course(db, sight, keys, 1)
        return tuple(
            Compared(id=one.public_id, name=one.name, score=score, policy=_policy(courses.get(one.supplier_id, ())))
            for one, score in zip(found, shown, strict=True)
        )

    return await database.run("compare", step)


async def listed(database: Database, sight: Sight, standings: Sequence[Standing]) -> tuple[Listed, ...]:
    """In their order, read anew: what the viewer may no longer see is left out."""

    async def step(db: Connection) -> tuple[Listed, ...]:
        asked = await sights.find(db, sight, tuple(one.public_id for one in standings))
        found = {row.asked: row.supplier_id for row in asked}
        rows = [one for one in standings if one.public_id in found]
        keys = [found[one.public_id] for one in rows]
        shown = await scores.newest(db, sight, keys, None)
        courses = await portfolio.course(db, sight, keys, PERIODS)
        return tuple(_listed(*row, courses) for row in zip(rows, keys, shown, strict=True))

    return await database.run("portfolio", step)


def _listed(one: Standing, key: SupplierKey, score: ScoreView, courses: Mapping[SupplierKey, Sequence[Step]]) -> Listed:
    steps = courses.get(key, ())
    return Listed(
        id=one.public_id,
        name=one.name,
        country=one.country,
        score=score,
        turns=tuple(_turn(step) for step in steps),
        os_id=one.os_id,
        native_name=one.native_name,
        policy=_policy(steps),
    )


def _policy(steps: Sequence[Step]) -> PolicyName | None:
    return steps[-1].policy if steps else None


def _turn(step: Step) -> Turn:
    if step.n is None or step.score is None or step.low is None or step.high is None:
        return Turn(period=step.period)
    figures = displayed(step.score, step.low, step.high)
    return Turn(
        period=step.period, score=figures.score, low=figures.low, high=figures.high, answers=scores.about(step.n)
    )
