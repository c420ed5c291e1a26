"""A score done again from nothing but what the portal serves (docs/method.md says the same in words)."""

from collections.abc import Sequence
from datetime import date

from msgspec import UNSET

from laborvoice.domain.condition import CONDITIONS
from laborvoice.domain.period import Period
from laborvoice.domain.release import Distributor, Scales, Statistics
from laborvoice.domain.score import Score, Usual
from laborvoice.scoring.baseline import ASSUMED
from laborvoice.scoring.score import HALF_MEAN, assess
from laborvoice.views.releases import PublishedRelease, ReleaseView
from laborvoice.views.scores import PublishedScore


def again(
    served: PublishedScore, releases: Sequence[ReleaseView], workforce: int | None, distributor: Distributor
) -> Score:
    """As of the period of ``served``: later releases are left out, as they were then."""
    known = [
        one for one in releases if isinstance(one, PublishedRelease) and _ended(one.period) <= _ended(served.period)
    ]
    return assess(
        [_statistics(one) for one in known],
        _usual(served),
        periods=[one.period for one in known],
        workforce=workforce,
        distributor=distributor,
    )


def agrees(served: PublishedScore, done: Score) -> bool:
    """Whether every figure that is shown is the one that was done again."""
    figures = done.shown()
    return (
        (served.score, served.low, served.high) == (figures.score, figures.low, figures.high)
        and (served.band, served.confidence, served.driver) == (done.band, done.confidence, done.driver)
        and served.trend.direction == done.trend.direction
        and served.fresh_start == done.fresh_start
    )


def _ended(period: str) -> date:
    return Period.parse(period).end


def _statistics(one: PublishedRelease) -> Statistics:
    totals, scales = one.totals, one.totals.scales
    return Statistics(
        ended=Period.parse(one.period).end,
        n=totals.n,
        severity_sum=totals.severity_sum,
        conditions=None if totals.conditions is UNSET else tuple(totals.conditions[each] for each in CONDITIONS),
        top=None if one.top is UNSET else one.top,
        scales=Scales(
            n=scales.n,
            bound=scales.bound,
            severity_sum=scales.severity_sum,
            conditions=None if scales.conditions is UNSET else scales.conditions,
        ),
    )


def _usual(served: PublishedScore) -> Usual:
    """The baselines that are printed with the score. Where no condition is shown, none enters."""
    shown = {one.condition: one.usual for one in served.because}
    return Usual(
        composite=HALF_MEAN * served.usual.value / (100 - served.usual.value),
        conditions=tuple(shown.get(each, ASSUMED.conditions[each.place]) for each in CONDITIONS),
        suppliers=served.usual.suppliers,
        level=served.usual.level,
        condition_suppliers=0,
        condition_level="assumed",
    )
