"""The four worked examples of the design, domain 4.7."""

from collections.abc import Callable

import msgspec
import pytest

from laborvoice.domain.condition import Condition
from laborvoice.domain.release import Statistics
from laborvoice.domain.score import Because, Score, Usual
from laborvoice.scoring.score import ASSUMED

Row = Callable[..., Statistics]
Scored = Callable[..., Score]
NEAR = 1e-4


def part(score: Score, condition: Condition) -> Because:
    return next(one for one in score.because if one.condition is condition)


def test_small(row: Row, score: Scored) -> None:
    one = score([row("2026-09-30", 58, 121, top=Condition.WAGES)], ASSUMED)
    assert (one.mean, one.mean_low, one.mean_high) == pytest.approx((2.021656, 1.365398, 2.768783), abs=NEAR)
    assert (one.score, one.low, one.high) == pytest.approx((50.269243, 40.571669, 58.060577), abs=NEAR)
    assert (one.band, one.confidence, one.driver) == ("high", "low", "composite")
    assert one.because == ()
    assert one.top is Condition.WAGES
    assert one.trend.since is None


def test_one_grave_harm(row: Row, score: Scored, local: Usual) -> None:
    counts = "31 22 4 41 9 -3 12 15 6 18 7 25 14 3 20 27"
    one = score([row("2026-09-30", 214, 498, counts)], local, workforce=1200)
    assert (one.mean, one.mean_low, one.mean_high) == pytest.approx((2.314530, 1.962906, 2.688148), abs=NEAR)
    assert 100 * one.mean / (one.mean + 2) == pytest.approx(53.645008, abs=NEAR)
    moving = part(one, Condition.FREEDOM_OF_MOVEMENT)
    assert (moving.share, moving.low, moving.high) == pytest.approx((0.186879, 0.124650, 0.252491), abs=NEAR)
    assert 100 * moving.share / (moving.share + 0.05) == pytest.approx(78.892216, abs=NEAR)
    assert (one.score, one.low, one.high) == pytest.approx((73.354301, 71.371354, 83.470563), abs=NEAR)
    assert (one.band, one.confidence, one.driver) == ("high", "medium", "freedom_of_movement")
    first = one.because[:3]
    assert [each.condition.value for each in first] == ["freedom_of_movement", "working_hours", "discrimination"]
    assert [each.contribution for each in first] == pytest.approx([0.687518, -0.076357, -0.067507], abs=NEAR)
    assert one.unexplained == pytest.approx(0.124214, abs=NEAR)


def test_repaired(row: Row, score: Scored, local: Usual) -> None:
    before = row("2026-06-30", 412, 1322, "96 120 3 9 14 21 30 44 88 61 12 38 40 15 55 70")
    after = row("2026-09-30", 388, 560, "42 61 -5 4 18 3 22 25 7 30 9 21 24 11 33 40")
    one = score([before, after], local, workforce=2600)
    assert one.trend.z == pytest.approx(-8.110238, abs=NEAR)
    assert (one.trend.direction, one.trend.since) == ("improving", "2026-06-30")
    improving = {each.condition.value: each.z for each in one.trend.conditions if each.direction == "improving"}
    assert improving == pytest.approx(
        {"wages": -3.789299, "working_hours": -3.797831, "building_fire": -6.694151}, abs=NEAR
    )
    assert all(each.direction != "worsening" for each in one.trend.conditions)
    assert one.fresh_start == ("composite", "wages", "working_hours", "building_fire")
    assert part(one, Condition.BUILDING_FIRE).share == pytest.approx(0.013777, abs=NEAR)
    assert (one.mean, one.mean_low, one.mean_high) == pytest.approx((1.448649, 1.235060, 1.678364), abs=NEAR)
    assert (one.score, one.low, one.high) == pytest.approx((42.006277, 38.177343, 45.628003), abs=NEAR)
    assert (one.band, one.confidence, one.driver) == ("moderate", "high", "composite")


def test_three_quarters(row: Row, score: Scored, local: Usual) -> None:
    rows = [
        row("2026-03-31", 305, 690, "60 52 7 2 20 4 15 30 11 40 6 33 28 9 44 38"),
        row("2026-06-30", 331, 720, "71 49 -2 8 13 9 21 26 5 36 14 40 22 12 39 45"),
        row("2026-09-30", 342, 655, "68 55 6 3 17 5 18 33 9 28 2 31 35 8 47 40"),
    ]
    one = score(rows, msgspec.structs.replace(local, composite=2.1), workforce=900)
    wages = part(one, Condition.WAGES)
    assert (wages.share, wages.low, wages.high) == pytest.approx((0.197494, 0.160355, 0.237567), abs=NEAR)
    assert wages.contribution == pytest.approx(0.154989, abs=NEAR)
    assert one.mean == pytest.approx(1.947154, abs=NEAR)
    assert (one.score, one.low, one.high) == pytest.approx((49.330580, 46.080918, 52.385517), abs=NEAR)
    assert (one.band, one.confidence, one.driver) == ("moderate", "high", "composite")
    assert one.coverage == pytest.approx(0.38)
    assert one.unexplained == pytest.approx(-0.155683, abs=NEAR)
    assert one.trend.direction == "no clear change"
    assert one.trend.z == pytest.approx(-1.106583, abs=NEAR)
