"""Builders of release rows, as the two policies make them."""

from collections.abc import Callable, Sequence
from datetime import date

import pytest

from laborvoice.domain.condition import Condition
from laborvoice.domain.policy import PolicyName
from laborvoice.domain.release import Scales, Statistics
from laborvoice.domain.score import Score, Usual
from laborvoice.scoring.score import assess


def scales(n: int, policy: PolicyName) -> Scales:
    if policy == "strict":
        wide = n >= 150
        return Scales(n=4.0, bound=29, severity_sum=80 / 3 if wide else 40 / 3, conditions=8.0 if wide else None)
    wide = n >= 100
    return Scales(n=2.0, bound=16, severity_sum=40 / 3 if wide else 10.0, conditions=4.0 if wide else None)


def make_row(
    ended: str | date,
    n: int,
    severity_sum: int,
    counts: str | Sequence[int] | None = None,
    *,
    top: Condition | None = None,
    policy: PolicyName = "standard",
) -> Statistics:
    if isinstance(counts, str):
        counts = [int(word) for word in counts.split()]
    return Statistics(
        ended=date.fromisoformat(ended) if isinstance(ended, str) else ended,
        n=n,
        severity_sum=severity_sum,
        conditions=None if counts is None else tuple(counts),
        top=top,
        scales=scales(n, policy),
    )


def make_score(releases: Sequence[Statistics], usual: Usual, workforce: int | None = None) -> Score:
    periods = [release.ended.isoformat() for release in releases]
    return assess(releases, usual, periods=periods, workforce=workforce, distributor="watchdog")


@pytest.fixture(scope="session")
def row() -> Callable[..., Statistics]:
    return make_row


@pytest.fixture(scope="session")
def score() -> Callable[..., Score]:
    return make_score


@pytest.fixture(scope="session")
def local() -> Usual:
    """The m0 of the design's worked examples 2 to 4; the composite's differs between them."""
    words = ".12 .14 .01 .015 .05 .02 .06 .08 .03 .11 .05 .10 .10 .05 .10 .11"
    return Usual(
        composite=1.9,
        conditions=tuple(float(word) for word in words.split()),
        suppliers=11,
        level="sector",
        condition_suppliers=8,
        condition_level="country",
    )
