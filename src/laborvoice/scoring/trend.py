"""The newest release against the one before it (design, domain 4.4)."""

from collections.abc import Sequence
from math import erfc, sqrt
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.condition import CONDITIONS
from laborvoice.domain.release import Statistics
from laborvoice.domain.score import ConditionTrend, Direction, Trend, Usual
from laborvoice.scoring import statistic
from laborvoice.scoring.fresh import raw
from laborvoice.scoring.statistic import COMPOSITE, SHARES, Constants, Reading

COMPOSITE_P: Final = 0.10
COMPOSITE_CHANGE: Final = 0.3
FALSE_DISCOVERIES: Final = 0.05
CONDITION_CHANGE: Final = 0.05


class Change(Value, frozen=True):
    """``change`` in units of the statistic, ``p`` two-sided."""

    change: float
    z: float
    p: float


def trend(rows: Sequence[tuple[Statistics, str]], usual: Usual) -> Trend:
    """``rows`` newest first, with their periods' labels."""
    if len(rows) == 1:
        return Trend(direction="no clear change", since=None, z=None, conditions=())
    pair = [release for release, _ in rows[:2]]
    overall = change(COMPOSITE, usual.composite, statistic.composite(pair))
    clear = overall.p <= COMPOSITE_P and abs(overall.change) >= COMPOSITE_CHANGE
    return Trend(
        direction=_direction(overall, clear=clear),
        since=rows[1][1],
        z=overall.z,
        conditions=() if any(release.conditions is None for release in pair) else _conditions(pair, usual),
    )


def change(constants: Constants, usual: float, readings: Sequence[Reading]) -> Change:
    """From the second reading to the first."""
    now, before = (raw(constants, usual, reading) for reading in readings)
    z = (now.value - before.value) / sqrt(now.variance + before.variance)
    return Change(change=now.value - before.value, z=z, p=erfc(abs(z) / sqrt(2)))


def largest_discovery(values: Sequence[float]) -> float:
    """Benjamini-Hochberg: the largest p that still counts as found; -1 where none does."""
    steps = enumerate(sorted(values), 1)
    return max((p for i, p in steps if p <= FALSE_DISCOVERIES * i / len(values)), default=-1.0)


def _conditions(pair: Sequence[Statistics], usual: Usual) -> tuple[ConditionTrend, ...]:
    changes = [
        change(constants, m0, readings)
        for constants, m0, readings in zip(SHARES, usual.conditions, statistic.shares(pair), strict=True)
    ]
    found = largest_discovery([one.p for one in changes])
    return tuple(
        ConditionTrend(
            condition=condition,
            direction=_direction(one, clear=one.p <= found and abs(one.change) >= CONDITION_CHANGE),
            z=one.z,
        )
        for condition, one in zip(CONDITIONS, changes, strict=True)
    )


def _direction(one: Change, *, clear: bool) -> Direction:
    if not clear:
        return "no clear change"
    return "worsening" if one.change > 0 else "improving"
