"""Releases and scores as the portal shows them, made by the real method from numbers that a test chooses."""

from datetime import UTC, date, datetime

from msgspec import UNSET

from laborvoice.demo.seen import Shown
from laborvoice.demo.sites import SMALL
from laborvoice.domain.condition import CONDITIONS, Condition
from laborvoice.domain.ids import ReleaseId, SupplierId
from laborvoice.domain.period import Period
from laborvoice.domain.release import Scales, Statistics
from laborvoice.scoring.baseline import ASSUMED
from laborvoice.scoring.score import assess, of_mean
from laborvoice.views.releases import PublishedRelease, ReleaseView, ScalesView, Totals, WithheldRelease
from laborvoice.views.scores import PeriodScore, PublishedScore, TrendView, UsualView, WithheldScore

CLOSED = datetime(2026, 10, 3, tzinfo=UTC)
PERIODS: tuple[str, ...] = ("2026-Q1", "2026-Q2", "2026-Q3")
COUNTS = (31, 22, 4, 41, 9, -3, 12, 15, 6, 18, 7, 25, 14, 3, 20, 27)
SUPPLIERS = {site.short: SupplierId.draw(bytes([site.number]) * 16) for site in SMALL.sites}


def release(short: str, period: str, n: int, *, counts: tuple[int, ...] | None = None) -> PublishedRelease:
    wide = counts is not None
    return PublishedRelease(
        id=ReleaseId.draw(bytes(16)),
        supplier=SUPPLIERS[short],
        period=period,
        covers=(period,),
        totals=Totals(
            n=n,
            severity_sum=2 * n,
            scales=ScalesView(
                n=2.0, bound=16, severity_sum=40 / 3 if wide else 10.0, conditions=4.0 if wide else UNSET
            ),
            conditions=dict(zip(CONDITIONS, counts, strict=True)) if counts is not None else UNSET,
        ),
        policy="standard",
        questionnaire="core 1",
        method="lv-release/1",
        published_on=date(2026, 10, 3),
        top=Condition.WAGES if not wide and n >= 50 else UNSET,
    )


def withheld(short: str, period: str) -> WithheldRelease:
    return WithheldRelease(
        id=ReleaseId.draw(bytes(16)),
        supplier=SUPPLIERS[short],
        period=period,
        covers=(period,),
        policy="standard",
        questionnaire="core 1",
        method="lv-release/1",
        published_on=date(2026, 10, 3),
    )


def statistics(one: PublishedRelease) -> Statistics:
    scales, counts = one.totals.scales, one.totals.conditions
    return Statistics(
        ended=Period.parse(one.period).end,
        n=one.totals.n,
        severity_sum=one.totals.severity_sum,
        conditions=None if counts is UNSET else tuple(counts[each] for each in CONDITIONS),
        top=None if one.top is UNSET else one.top,
        scales=Scales(
            n=scales.n,
            bound=scales.bound,
            severity_sum=scales.severity_sum,
            conditions=None if scales.conditions is UNSET else scales.conditions,
        ),
    )


def score(releases: list[PublishedRelease], workforce: int) -> PublishedScore:
    """As the portal shows it."""
    labels = [one.period for one in releases]
    made = assess(
        [statistics(one) for one in releases], ASSUMED, periods=labels, workforce=workforce, distributor="watchdog"
    )
    figures, newest = made.shown(), releases[-1]
    return PublishedScore(
        period=newest.period,
        covers=newest.covers,
        release=newest.id,
        score=figures.score,
        band=made.band,
        low=figures.low,
        high=figures.high,
        confidence=made.confidence,
        reasons=made.reasons,
        answers=newest.totals.n,
        usual=UsualView(value=round(of_mean(ASSUMED.composite), 6), suppliers=0, level="assumed"),
        driver=made.driver,
        because=made.because,
        unexplained=made.unexplained,
        fresh_start=made.fresh_start,
        trend=TrendView(direction=made.trend.direction, conditions=made.trend.conditions),
        method=made.method,
        top=newest.top,
    )


def shown(short: str, numbers: tuple[int | None, ...], workforce: int) -> Shown:
    releases: list[ReleaseView] = []
    scores: list[PeriodScore] = []
    published: list[PublishedRelease] = []
    for period, n in zip(PERIODS, numbers, strict=True):
        if n is None:
            releases.append(withheld(short, period))
            scores.append(WithheldScore(period=period))
        else:
            published.append(release(short, period, n))
            releases.append(published[-1])
            scores.append(score(published, workforce))
    return Shown(scores=tuple(scores), releases=tuple(releases))
