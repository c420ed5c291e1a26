"""The grid posterior, against the design's formulas written out naively (domain 4.2)."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from math import asin, exp, gamma, log, pi, sin, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laborvoice.domain.condition import CONDITIONS, Condition
from laborvoice.domain.release import Statistics
from laborvoice.domain.score import Score, Usual
from laborvoice.scoring import statistic
from laborvoice.scoring.shares import Estimate, estimate
from laborvoice.scoring.statistic import COMPOSITE, SHARES, Constants
from laborvoice.scoring.variance import laplace, truncated

Row = Callable[..., Statistics]
NEWEST = date(2026, 9, 30)
VIOLENCE = CONDITIONS.index(Condition.VIOLENCE)


def beta(s: float, a: float, b: float) -> float:
    return exp((a - 1) * log(s) + (b - 1) * log(1 - s)) * gamma(a + b) / gamma(a) / gamma(b)


def naive(constants: Constants, usual: float, totals: Sequence[tuple[float, int, float, float, int]]) -> Estimate:
    """The totals are (T, n, V_T, V_n, a)."""
    ceiling = constants.ceiling
    f = usual / ceiling
    k = max(10, 1 / (2 * f), 1 / (2 - 2 * f))
    masses: list[tuple[float, float]] = []
    for i in range(512):
        x = ceiling * sin((i + 0.5) * pi / 1024) ** 2
        s = x / ceiling
        prior = 0.9 * beta(s, k * f, k * (1 - f)) + 0.1 * beta(s, 1, 3)
        likelihood = 0.0
        for total, n, v_total, v_n, age in totals:
            v = constants.spread * n * x * (ceiling - x) + v_total + x * x * v_n
            v += (0.20 * n * x * (1 - s)) ** 2 * age / 91.25
            w = exp(-log(2) * age / constants.half_life)
            likelihood -= w / 2 * (log(v) + (min(max(total, 0), ceiling * n) - n * x) ** 2 / v)
        masses.append((x, log(prior) + log(s * (1 - s)) / 2 + likelihood))
    peak = max(mass for _, mass in masses)
    cells = [(x, exp(mass - peak)) for x, mass in masses]
    whole = sum(mass for _, mass in cells)

    def quantile(q: float) -> float:
        running = 0.0
        for i, (_, mass) in enumerate(cells):
            if running + mass >= q * whole:
                return ceiling * sin((i + (q * whole - running) / mass) * pi / 1024) ** 2
            running += mass
        raise AssertionError

    return Estimate(
        mean=sum(x * mass for x, mass in cells) / whole, p05=quantile(0.05), p10=quantile(0.10), p95=quantile(0.95)
    )


def same(one: Estimate, other: Estimate) -> None:
    assert (one.mean, one.p05, one.p10, one.p95) == pytest.approx(
        (other.mean, other.p05, other.p10, other.p95), rel=1e-7, abs=1e-9
    )


@settings(max_examples=30, deadline=None)
@given(n=st.integers(26, 3000), part=st.floats(-0.1, 1.1), usual=st.floats(0.2, 9))
def test_composite_of_one_release(row: Row, n: int, part: float, usual: float) -> None:
    release = row(NEWEST, n, round(part * 10 * n))
    expected = naive(
        COMPOSITE, usual, [(release.severity_sum, n, laplace(release.scales.severity_sum), truncated(2, 16), 0)]
    )
    same(estimate(COMPOSITE, usual, statistic.composite([release])), expected)


@settings(max_examples=30, deadline=None)
@given(n=st.integers(100, 3000), shift=st.floats(-0.02, 0.02), age=st.integers(1, 359), usual=st.floats(0.005, 0.9))
def test_critical_share_of_two_releases(row: Row, n: int, shift: float, age: int, usual: float) -> None:
    counts = [0] * len(CONDITIONS)
    counts[VIOLENCE] = n // 10
    newest = row(NEWEST, n, n, counts)
    counts[VIOLENCE] = round(n * (0.1 + shift))
    older = row(NEWEST - timedelta(days=age), 200 + n, n, counts)
    noise = (laplace(4), truncated(2, 16))
    found = estimate(SHARES[VIOLENCE], usual, statistic.shares([newest, older])[VIOLENCE])
    both = naive(SHARES[VIOLENCE], usual, [(n // 10, n, *noise, 0), (counts[VIOLENCE], 200 + n, *noise, age)])
    same(found, naive(SHARES[VIOLENCE], usual, [(n // 10, n, *noise, 0)]) if found.fresh else both)


def test_quantiles_enclose_the_mean_of_a_plain_case(row: Row) -> None:
    found = estimate(COMPOSITE, 1.6, statistic.composite([row(NEWEST, 400, 800)]))
    assert found.p05 < found.p10 < found.mean < found.p95
    assert asin(sqrt(found.p95 / 10)) < pi / 2


def test_release_without_counts_is_skipped_by_the_shares(row: Row, score: Callable[..., Score], local: Usual) -> None:
    counted = row("2026-06-30", 150, 300, [20] * 16)
    bare = row("2026-09-30", 90, 180, top=Condition.WAGES)
    one = score([bare, counted], local)
    assert len(one.because) == 16
    assert one.top is Condition.WAGES
    assert one.trend.conditions == ()


def test_counts_need_the_scale_of_their_noise(row: Row) -> None:
    release = row(NEWEST, 90, 180, [1] * 16)
    with pytest.raises(ValueError, match="scale"):
        statistic.shares([release])
