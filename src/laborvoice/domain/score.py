"""Scores: what method lv-score/1 makes of releases (design, domain 4)."""

import math
from typing import Final, Literal

from laborvoice.domain import Value
from laborvoice.domain.condition import Condition
from laborvoice.domain.release import Distributor

METHOD: Final = "lv-score/1"

Band = Literal["low", "moderate", "high", "severe"]
Confidence = Literal["low", "medium", "high"]
"""Where there is no release there is no score either, and the word shown is "insufficient"."""

Reason = Literal["answers", "range", "distributor", "coverage", "workforce_unknown"]
Direction = Literal["worsening", "improving", "no clear change"]
Level = Literal["assumed", "country", "sector"]


class Usual(Value, frozen=True):
    """What is usual where the supplier is: 17 baselines m0, composite first, then the order of CONDITIONS.

    ``suppliers`` is J of ``level``, the finest level that counts for the composite; both are 0 and "assumed" where none
    does. The other two say the same for the conditions: only suppliers whose release has counts feed those.
    """

    composite: float
    conditions: tuple[float, ...]
    suppliers: int
    level: Level
    condition_suppliers: int
    condition_level: Level


class Because(Value, frozen=True):
    """One condition's part in the composite, in composite points: ``contribution`` = weight (share - usual).

    ``low`` and ``high`` bound the share with 90 %.
    """

    condition: Condition
    severity: str
    share: float
    low: float
    high: float
    usual: float
    contribution: float


class ConditionTrend(Value, frozen=True):
    condition: Condition
    direction: Direction
    z: float


class Trend(Value, frozen=True):
    """The newest release against the one before. ``since`` is that one's period; None, as ``z``, where there is none.

    ``conditions`` is empty unless both releases have counts.
    """

    direction: Direction
    since: str | None
    z: float | None
    conditions: tuple[ConditionTrend, ...]


class Shown(Value, frozen=True):
    """The integers people see, the range rounded outward."""

    score: int
    low: int
    high: int


def band(score: float) -> Band:
    for upper, name in _UPPER:
        if score < upper:
            return name
    return "severe"


_UPPER: Final[tuple[tuple[float, Band], ...]] = ((25.0, "low"), (50.0, "moderate"), (75.0, "high"))


def at_least_high(one: Band) -> Band:
    """As the parties of an open critical case see it."""
    return "high" if one in {"low", "moderate"} else one


def displayed(score: float, low: float, high: float) -> Shown:
    return Shown(score=round(score), low=math.floor(low), high=math.ceil(high))


class Score(Value, frozen=True):
    """All numbers are rounded to 6 decimals; the band is that of the rounded score.

    ``driver`` is "composite" or a condition's code; ``low`` and ``high`` are the 90 % range of what drives the score.
    ``reasons`` say what keeps the confidence from being higher. ``because`` is empty where no release had counts.
    ``workforce`` and ``distributor`` are what was assumed: with them, the releases and ``usual`` a score can be redone.
    """

    score: float
    band: Band
    low: float
    high: float
    confidence: Confidence
    reasons: tuple[Reason, ...]
    mean: float
    mean_low: float
    mean_high: float
    driver: str
    usual: Usual
    because: tuple[Because, ...]
    unexplained: float
    top: Condition | None
    coverage: float | None
    workforce: int | None
    distributor: Distributor
    fresh_start: tuple[str, ...]
    trend: Trend
    method: str

    def shown(self) -> Shown:
        return displayed(self.score, self.low, self.high)
