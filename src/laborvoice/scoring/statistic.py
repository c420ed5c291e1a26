"""The seventeen statistics: their constants, and what each release says about one (design, domain 4.1, 4.2)."""

from collections.abc import Sequence
from typing import Final, Literal

from laborvoice.domain import Value
from laborvoice.domain.condition import CONDITIONS, Severity
from laborvoice.domain.release import Statistics
from laborvoice.scoring.variance import Variance, laplace, truncated

MAX_AGE_DAYS: Final = 360
"""A release whose period ended that many days before the newest one's, or more, has no effect."""

WANDER: Final = 0.20
QUARTER_DAYS: Final = 91.25


class Constants(Value, frozen=True):
    """``half_life`` in days; ``limit`` is the |z| of a fresh start; ``figure`` is what the score uses."""

    ceiling: float
    spread: float
    half_life: float
    limit: float
    figure: Literal["mean", "p10"]


COMPOSITE: Final = Constants(ceiling=10.0, spread=0.5, half_life=90.0, limit=2.0, figure="mean")
_MILD: Final = Constants(ceiling=1.0, spread=1.0, half_life=90.0, limit=3.0, figure="p10")
_GRAVE: Final = Constants(ceiling=1.0, spread=1.0, half_life=180.0, limit=3.0, figure="p10")
SHARES: Final = tuple(_GRAVE if condition.severity is Severity.CRITICAL else _MILD for condition in CONDITIONS)
"""In the order of CONDITIONS."""


class Reading(Value, frozen=True):
    """What one release says about one statistic: ``total`` within [0, ceiling n], ``variance`` with its age in it."""

    total: float
    n: int
    weight: float
    variance: Variance


def recent(rows: Sequence[tuple[Statistics, str]]) -> tuple[tuple[Statistics, str], ...]:
    """Releases with their periods' labels, newest first, without those too old to count."""
    ordered = sorted(rows, key=lambda row: row[0].ended, reverse=True)
    return tuple(row for row in ordered if _age(ordered[0][0], row[0]) < MAX_AGE_DAYS)


def composite(releases: Sequence[Statistics]) -> tuple[Reading, ...]:
    """One reading a release, in their order: newest first."""
    return tuple(
        _reading(COMPOSITE, release, (release.severity_sum, release.scales.severity_sum), _age(releases[0], release))
        for release in releases
    )


def shares(releases: Sequence[Statistics]) -> tuple[tuple[Reading, ...], ...]:
    """For each condition one reading a release that has counts, newest first; () where none has.

    Raises ValueError if a release has counts without the scale of their noise.
    """
    counted = [
        (release, release.conditions, _scale(release), _age(releases[0], release))
        for release in releases
        if release.conditions is not None
    ]
    if not counted:
        return ()
    return tuple(
        tuple(_reading(constants, release, (counts[place], scale), age) for release, counts, scale, age in counted)
        for place, constants in enumerate(SHARES)
    )


def _reading(constants: Constants, release: Statistics, noised: tuple[int, float], age: int) -> Reading:
    """``noised`` = the total and the scale of its noise. A published n is never below 1; the bound keeps us total."""
    total, scale = noised
    n = max(1, release.n)
    top = n * constants.ceiling
    return Reading(
        total=min(max(float(total), 0.0), top),
        n=n,
        weight=2.0 ** (-age / constants.half_life),
        variance=Variance(
            answers=constants.spread * constants.ceiling * top,
            total=laplace(scale),
            count=constants.ceiling**2 * truncated(release.scales.n, release.scales.bound),
            wander=(WANDER * top) ** 2 * age / QUARTER_DAYS,
        ),
    )


def _scale(release: Statistics) -> float:
    if release.scales.conditions is None:
        raise ValueError("counts of conditions without the scale of their noise")
    return release.scales.conditions


def _age(newest: Statistics, release: Statistics) -> int:
    return (newest.ended - release.ended).days
