"""Starting afresh after a clear change (design, domain 4.2)."""

from collections.abc import Callable
from math import sqrt

import pytest

from laborvoice.domain.release import Statistics
from laborvoice.domain.score import Score
from laborvoice.scoring import statistic
from laborvoice.scoring.fresh import contrast, raw
from laborvoice.scoring.score import ASSUMED
from laborvoice.scoring.shares import estimate
from laborvoice.scoring.statistic import COMPOSITE

Row = Callable[..., Statistics]


def test_raw_figure_keeps_a_variance_at_zero(row: Row) -> None:
    one = raw(COMPOSITE, 1.6, statistic.composite([row("2026-09-30", 100, -5)])[0])
    y = 3.2 / 102
    expected = (0.5 * 100 * y * (10 - y) + 355.388936 + y * y * 7.749285) / 100**2
    assert one.value == 0
    assert one.variance == pytest.approx(expected, rel=1e-6)


def test_older_ones_are_pooled_by_weight_and_variance(row: Row) -> None:
    rows = [row("2026-09-30", 200, 400), row("2026-07-02", 200, 600), row("2026-04-03", 200, 900)]
    readings = statistic.composite(rows)
    now, middle, first = (raw(COMPOSITE, 1.6, reading) for reading in readings)
    w1, w2 = 0.5 / middle.variance, 0.25 / first.variance
    pooled = (w1 * 3 + w2 * 4.5) / (w1 + w2)
    assert contrast(COMPOSITE, 1.6, readings) == pytest.approx((2 - pooled) / sqrt(now.variance + 1 / (w1 + w2)))


def test_sudden_rise_starts_afresh(row: Row, score: Callable[..., Score]) -> None:
    quiet, loud = row("2026-06-30", 300, 300), row("2026-09-30", 300, 900)
    one = score([quiet, loud], ASSUMED)
    alone = score([loud], ASSUMED)
    assert one.fresh_start == ("composite",)
    assert (one.score, one.low, one.high) == (alone.score, alone.low, alone.high)


def test_small_change_does_not(row: Row, score: Callable[..., Score]) -> None:
    assert score([row("2026-06-30", 300, 600), row("2026-09-30", 300, 620)], ASSUMED).fresh_start == ()


def test_not_if_the_figure_would_move_against_the_change(row: Row) -> None:
    # A rise, but of so few answers that what is usual would pull their own mean below that of all three.
    rows = [row("2026-09-30", 26, 52), row("2026-06-30", 900, 1800), row("2025-12-31", 900, 0)]
    readings = statistic.composite(rows)
    assert contrast(COMPOSITE, 0.2, readings) >= COMPOSITE.limit
    both = estimate(COMPOSITE, 0.2, readings)
    assert not both.fresh
    assert estimate(COMPOSITE, 0.2, readings[:1]).mean < both.mean
