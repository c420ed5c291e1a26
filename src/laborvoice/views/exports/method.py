"""E10: the method: formulas, constants, what is assumed, limits, and what changed."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Final

from laborvoice.domain.condition import CONDITIONS, Severity
from laborvoice.domain.export import Cells, Page, Table, Wanted
from laborvoice.domain.policy import POLICIES
from laborvoice.domain.score import METHOD
from laborvoice.scoring import confidence, statistic
from laborvoice.scoring.baseline import ASSUMED
from laborvoice.scoring.score import ACTION, FACTOR, HALF_MEAN
from laborvoice.store.database import Connection
from laborvoice.store.registry.sight import Sight

TABLE: Final = Table(name="method", title="Method", columns=("section", "name", "value", "assumed"))
_FORMULAS: Final = (
    ("release", "total = sum over ballots, each bounded, + discrete Laplace noise"),
    ("share", "posterior mean of total / answers on a grid, older releases weighing 2^(-age / half-life)"),
    ("mean score M", f"100 m / (m + {HALF_MEAN:g}), m the mean severity of an answer"),
    ("own scale R(p)", "100 p / (p + action level)"),
    ("floor F", "the largest of factor R(p10) over the conditions"),
    ("score", "the larger of M and F"),
    ("range", "5 % to 95 % of what drives the score, widened to contain it"),
    ("contribution", "weight (share - usual), in composite points"),
)
_LIMITS: Final = (
    "Those who answered chose to answer: they are not a sample.",
    "What is mapped to conventions and codes is from general knowledge.",
    "Isolation is never asked about: the isolated cannot answer safely.",
    "A low score is not proof of good conditions.",
)
_CHANGES: Final = ((METHOD, "the first method"),)


async def pages(db: Connection, sight: Sight, wanted: Wanted, now: datetime) -> AsyncIterator[Page]:
    del db, sight, wanted, now
    yield Page(rows=tuple(_rows()))


def _rows() -> Iterator[Cells]:
    for name, formula in _FORMULAS:
        yield "formula", name, formula, "no"
    for severity in Severity:
        yield "constant", f"{severity.value}: weight", severity.weight, "yes"
        yield "constant", f"{severity.value}: action level", ACTION[severity], "yes"
        yield "constant", f"{severity.value}: factor", FACTOR[severity], "yes"
    yield from _statistics()
    for name, value in (
        ("low below answers", confidence.LOW_ANSWERS),
        ("low above half the range", confidence.LOW_HALF_RANGE),
        ("high from answers", confidence.HIGH_ANSWERS),
        ("high up to half the range", confidence.HIGH_HALF_RANGE),
        ("high from coverage", confidence.HIGH_COVERAGE),
    ):
        yield "confidence", name, value, "yes"
    for policy in POLICIES.values():
        yield "policy", f"{policy.name}: epsilon", policy.eps, "no"
        yield "policy", f"{policy.name}: delta", policy.delta, "no"
        yield "policy", f"{policy.name}: published from answers", policy.published_from, "no"
        yield "policy", f"{policy.name}: conditions from answers", policy.conditions_from, "no"
    for number, limit in enumerate(_LIMITS, 1):
        yield "limit", str(number), limit, "no"
    for name, change in _CHANGES:
        yield "change log", name, change, "no"


def _statistics() -> Iterator[Cells]:
    yield "constant", "days after which a release has no effect", statistic.MAX_AGE_DAYS, "yes"
    yield "constant", "wandering a quarter", statistic.WANDER, "yes"
    yield "constant", "composite: half-life in days", statistic.COMPOSITE.half_life, "yes"
    yield "constant", "composite: usual where nothing is known", ASSUMED.composite, "yes"
    for condition, constants in zip(CONDITIONS, statistic.SHARES, strict=True):
        yield "constant", f"{condition.value}: half-life in days", constants.half_life, "yes"
        yield "constant", f"{condition.value}: usual where nothing is known", ASSUMED.conditions[condition.place], "yes"
