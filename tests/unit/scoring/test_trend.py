"""Trends (design, domain 4.4)."""

from collections.abc import Callable

import pytest

from laborvoice.domain.condition import CONDITIONS
from laborvoice.domain.release import Statistics
from laborvoice.domain.score import Usual
from laborvoice.scoring.score import ASSUMED
from laborvoice.scoring.trend import largest_discovery, trend

Row = Callable[..., Statistics]


def test_one_release_has_no_trend(row: Row) -> None:
    one = trend([(row("2026-09-30", 300, 600), "2026-Q3")], ASSUMED)
    assert (one.direction, one.since, one.z, one.conditions) == ("no clear change", None, None, ())


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [
        (600, 900, "worsening"),
        (900, 600, "improving"),
        (600, 640, "no clear change"),
    ],
)
def test_composite(row: Row, before: int, after: int, direction: str) -> None:
    rows = [(row("2026-09-30", 300, after), "2026-Q3"), (row("2026-06-30", 300, before), "2026-Q2")]
    one = trend(rows, ASSUMED)
    assert (one.direction, one.since) == (direction, "2026-Q2")


def test_clear_but_small_change_is_none(row: Row) -> None:
    rows = [(row("2026-09-30", 9000, 18000), "2026-Q3"), (row("2026-06-30", 9000, 15600), "2026-Q2")]
    one = trend(rows, ASSUMED)
    assert one.z is not None
    assert one.z > 3
    assert one.direction == "no clear change"


def test_compares_with_the_one_before_only(row: Row) -> None:
    rows = [
        (row("2026-09-30", 300, 600), "2026-Q3"),
        (row("2026-06-30", 300, 600), "2026-Q2"),
        (row("2026-03-31", 300, 2900), "2026-Q1"),
    ]
    assert trend(rows, ASSUMED) == trend(rows[:2], ASSUMED)


def test_conditions_need_counts_on_both_sides(row: Row) -> None:
    rows = [(row("2026-09-30", 300, 600, [30] * 16), "2026-Q3"), (row("2026-06-30", 90, 200), "2026-Q2")]
    assert trend(rows, ASSUMED).conditions == ()
    assert trend([*reversed(rows)], ASSUMED).conditions == ()


def test_conditions(row: Row, local: Usual) -> None:
    before, after = [30] * 16, [30] * 16
    after[0], after[2] = 120, 0
    rows = [(row("2026-09-30", 300, 600, after), "2026-Q3"), (row("2026-06-30", 300, 600, before), "2026-Q2")]
    found = {one.condition.value: one.direction for one in trend(rows, local).conditions}
    assert tuple(found) == tuple(condition.value for condition in CONDITIONS)
    assert found.pop("wages") == "worsening"
    assert found.pop("child_labour") == "improving"
    assert set(found.values()) == {"no clear change"}


def test_condition_found_but_small_is_no_clear_change(row: Row, local: Usual) -> None:
    before, after = [900] * 16, [900] * 16
    after[0] = 1260
    rows = [(row("2026-09-30", 9000, 18000, after), "2026-Q3"), (row("2026-06-30", 9000, 18000, before), "2026-Q2")]
    wages = trend(rows, local).conditions[0]
    assert wages.z > 5
    assert wages.direction == "no clear change"


@pytest.mark.parametrize(
    ("values", "largest"),
    [
        ([0.5, 0.6], -1),
        ([0.03, 0.9], -1),
        ([0.02, 0.9], 0.02),
        # The second lies above its own step and is found all the same, because the third lies on its own.
        ([0.9, 0.001, 0.0375, 0.026], 0.0375),
    ],
)
def test_benjamini_hochberg(values: list[float], largest: float) -> None:
    assert largest_discovery(values) == largest
