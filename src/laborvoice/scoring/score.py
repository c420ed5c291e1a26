"""The score of a supplier, from its releases (design, domain 4.4)."""

from collections.abc import Sequence
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.condition import CONDITIONS, Severity
from laborvoice.domain.release import Distributor, Statistics
from laborvoice.domain.score import METHOD, Because, ConditionTrend, Score, Trend, Usual, band
from laborvoice.scoring import statistic
from laborvoice.scoring.baseline import ASSUMED
from laborvoice.scoring.confidence import judge
from laborvoice.scoring.drivers import because, unexplained
from laborvoice.scoring.shares import Estimate, estimate
from laborvoice.scoring.trend import trend

__all__ = ["ASSUMED", "assess", "band", "of_mean"]

DIGITS: Final = 6
HALF_MEAN: Final = 2.0
"""A mean composite of 2, one severe condition in the average answer, scores 50."""

ACTION: Final = {Severity.CRITICAL: 0.05, Severity.SEVERE: 0.20, Severity.MODERATE: 0.40}
"""The share at which a condition's own scale reads 50."""

FACTOR: Final = {Severity.CRITICAL: 1.0, Severity.SEVERE: 0.75, Severity.MODERATE: 0.50}
"""How much of its own scale a lone condition may bring into the score."""


class Overall(Value, frozen=True):
    score: float
    low: float
    high: float
    driver: str


def assess(
    releases: Sequence[Statistics],
    usual: Usual,
    *,
    periods: Sequence[str],
    workforce: int | None,
    distributor: Distributor,
) -> Score:
    """The score as of the newest release. ``periods`` are the labels of ``releases``; their common order is free.

    ``distributor`` is that of the campaign behind the newest release. Raises ValueError without a release.
    """
    if not releases:
        raise ValueError("a score needs a release")
    rows = statistic.recent(tuple(zip(releases, periods, strict=True)))
    recent = [release for release, _ in rows]
    mean = estimate(statistic.COMPOSITE, usual.composite, statistic.composite(recent))
    shares = _shares(recent, usual)
    overall = _overall(mean, shares)
    coverage = recent[0].n / workforce if workforce else None
    confidence, reasons = judge(recent[0].n, (overall.high - overall.low) / 2, coverage, distributor)
    parts = because(shares, usual)
    return Score(
        score=_rounded(overall.score),
        band=band(_rounded(overall.score)),
        low=_rounded(overall.low),
        high=_rounded(overall.high),
        confidence=confidence,
        reasons=reasons,
        mean=_rounded(mean.mean),
        mean_low=_rounded(mean.p05),
        mean_high=_rounded(mean.p95),
        driver=overall.driver,
        usual=usual,
        because=tuple(_rounded_part(part) for part in parts),
        unexplained=_rounded(unexplained(mean.mean, usual, parts)),
        top=recent[0].top,
        coverage=None if coverage is None else _rounded(coverage),
        workforce=workforce,
        distributor=distributor,
        fresh_start=_fresh(mean, shares),
        trend=_rounded_trend(trend(rows, usual)),
        method=METHOD,
    )


def of_mean(mean: float) -> float:
    """M: the score of a mean composite, by which also what is usual is shown."""
    return 100 * mean / (mean + HALF_MEAN)


def _shares(recent: Sequence[Statistics], usual: Usual) -> tuple[Estimate, ...]:
    readings = statistic.shares(recent)
    if not readings:
        return ()
    each = zip(statistic.SHARES, usual.conditions, readings, strict=True)
    return tuple(estimate(constants, m0, own) for constants, m0, own in each)


def _overall(mean: Estimate, shares: Sequence[Estimate]) -> Overall:
    """The mean, or the one condition that is graver than the mean tells: it cannot be averaged away."""
    level = of_mean(mean.mean)
    floors = [of_share(CONDITIONS[place].severity, share.p10) for place, share in enumerate(shares)]
    floor = max(floors, default=level)
    if floor <= level:
        return _widened(level, of_mean(mean.p05), of_mean(mean.p95), "composite")
    place = floors.index(floor)
    severity = CONDITIONS[place].severity
    low, high = of_share(severity, shares[place].p05), of_share(severity, shares[place].p95)
    return _widened(floor, low, high, CONDITIONS[place].value)


def _widened(score: float, low: float, high: float, driver: str) -> Overall:
    """A mean may lie outside the middle 90 %; the range shown contains the score all the same."""
    return Overall(score=score, low=min(low, score), high=max(high, score), driver=driver)


def of_share(severity: Severity, share: float) -> float:
    """How far a condition alone carries a score: the factor of its severity times R."""
    return FACTOR[severity] * 100 * share / (share + ACTION[severity])


def _fresh(mean: Estimate, shares: Sequence[Estimate]) -> tuple[str, ...]:
    conditions = tuple(CONDITIONS[place].value for place, share in enumerate(shares) if share.fresh)
    return ("composite", *conditions) if mean.fresh else conditions


def _rounded(value: float) -> float:
    """Adding 0 turns a negative zero into zero."""
    return round(value, DIGITS) + 0.0


def _rounded_part(part: Because) -> Because:
    return Because(
        condition=part.condition,
        severity=part.severity,
        share=_rounded(part.share),
        low=_rounded(part.low),
        high=_rounded(part.high),
        usual=part.usual,
        contribution=_rounded(part.contribution),
    )


def _rounded_trend(one: Trend) -> Trend:
    return Trend(
        direction=one.direction,
        since=one.since,
        z=None if one.z is None else _rounded(one.z),
        conditions=tuple(
            ConditionTrend(condition=each.condition, direction=each.direction, z=_rounded(each.z))
            for each in one.conditions
        ),
    )
