"""The clock of what workers are told, that of the weekly review, and what no word can make up for."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from laborvoice.domain.case import (
    CaseClass,
    Clock,
    Standing,
    clocks,
    lacking,
    moved,
    reviewing,
)
from laborvoice.domain.score import at_least_high

NOW = datetime(2026, 11, 12, 9, 30, tzinfo=UTC)
HOUR = NOW.replace(hour=10, minute=0)


@pytest.mark.parametrize("cls", get_args(CaseClass))
def test_workers_are_told_within_three_months(cls: CaseClass) -> None:
    running = clocks(cls, NOW)
    assert Clock(step="feedback", due=HOUR + timedelta(days=90)) in running
    assert Clock(step="feedback", met=True) in moved(running, "loop_closed", NOW, None)


def test_a_hold_is_reviewed_each_week() -> None:
    running = clocks("U2", NOW)
    held = reviewing(running, NOW, on_hold=True)
    assert held[-1] == Clock(step="review", due=HOUR + timedelta(days=7))
    again = reviewing(held, NOW + timedelta(days=7), on_hold=True)
    assert again == (*running, Clock(step="review", due=HOUR + timedelta(days=14)))
    assert reviewing(again, NOW, on_hold=False) == running


@pytest.mark.parametrize(
    ("state", "to", "standing", "expected"),
    [
        ("received", "triaged", {}, ("condition",)),
        ("received", "triaged", {"condition": True}, ()),
        ("substantiated", "plan_agreed", {}, ("shared", "finding", "action")),
        ("substantiated", "plan_agreed", {"shared": True, "findings": 1}, ("action",)),
        ("triaged", "on_hold_safety", {}, ()),
        ("verified", "loop_closed", {}, ()),
    ],
)
def test_what_words_cannot_make_up_for(state: Any, to: Any, standing: dict[str, Any], expected: Any) -> None:
    held: dict[str, Any] = {"condition": False, **standing}
    assert lacking(Standing(state=state, **held), to) == expected


def test_a_band_is_raised_and_never_lowered() -> None:
    assert [at_least_high(one) for one in ("low", "moderate", "high", "severe")] == ["high", "high", "high", "severe"]
