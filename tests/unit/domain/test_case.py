"""Cases: the table of the design, and what holds of every way through it."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from laborvoice.domain.case import (
    ENDED,
    ON_HOLD,
    STATES,
    STEPS,
    CaseClass,
    Clock,
    Standing,
    Wanted,
    allowed,
    brand_clock,
    clocks,
    done,
    failing,
    held,
    missing,
    moved,
    needs_second,
    resumed,
)

NOW = datetime(2026, 11, 12, 9, 30, tzinfo=UTC)
CLASSES: tuple[CaseClass, ...] = get_args(CaseClass)
HOUR = timedelta(hours=1)
FULL: dict[str, Any] = {"condition": True, "shared": True, "findings": 1, "actions": 1, "loop_messages": 1}
SAID: dict[str, Any] = {"reason": "replied", "evidence_source": "union"}


@pytest.mark.parametrize("state", STATES)
def test_only_the_steps_of_the_table(state: Any) -> None:
    one = Standing(state=state, held="triaged" if state == ON_HOLD else None, **FULL)
    for to in STATES:
        lacking = missing(one, Wanted(to=to, **SAID))
        assert (lacking is None) == (to in allowed(one)), to
        assert lacking in {None, "state"}


def test_every_state_can_be_reached_and_only_two_are_final() -> None:
    reached, waiting = {"received"}, ["received"]
    while waiting:
        for to in STEPS[waiting.pop()]:  # type: ignore[index]  # a state
            if to not in reached:
                reached.add(to)
                waiting.append(to)
    assert reached == set(STATES) - {ON_HOLD}
    assert {state for state in reached if not STEPS[state]} == {"out_of_scope", "duplicate"}  # type: ignore[index]  # a state
    assert all(ON_HOLD not in allowed(Standing(state=state, condition=True)) for state in ENDED)
    assert allowed(Standing(state=ON_HOLD, condition=True)) == ()


@pytest.mark.parametrize(
    ("state", "to", "standing", "said", "lacking"),
    [
        ("received", "triaged", {"condition": False}, {}, "condition"),
        ("triaged", "acknowledged", {}, {"reason": "maybe"}, "reply"),
        ("triaged", "duplicate", {}, {"reason": None}, "reason"),
        ("closed", "reopened", {}, {"reason": None}, "reason"),
        ("investigating", "inconclusive", {}, {"evidence_source": None}, "evidence_source"),
        ("substantiated", "plan_agreed", {"shared": False}, {}, "shared"),
        ("substantiated", "plan_agreed", {"findings": 0}, {}, "finding"),
        ("substantiated", "plan_agreed", {"actions": 0}, {}, "action"),
        ("substantiated", "plan_agreed", {}, {"reason": None}, "reason"),
        ("remediating", "verified", {}, {"evidence_source": "brand"}, "independent_evidence"),
        ("remediating", "verified", {}, {"evidence_source": "supplier"}, "independent_evidence"),
        ("verified", "loop_closed", {"loop_messages": 0}, {"reason": None}, "loop_message"),
        ("loop_closed", "closed", {"verified": True}, {"reason": None}, "result"),
        ("loop_closed", "closed", {"verified": False}, {"reason": None}, None),
        ("triaged", ON_HOLD, {}, {"reason": None}, "reason"),
        (ON_HOLD, "triaged", {"held": "triaged"}, {"reason": None}, "reason"),
    ],
)
def test_guards(state: Any, to: Any, standing: dict[str, Any], said: dict[str, Any], lacking: str | None) -> None:
    assert missing(Standing(state=state, **{**FULL, **standing}), Wanted(to=to, **{**SAID, **said})) == lacking


def test_verdicts_on_the_gravest_need_a_second_person() -> None:
    assert {(cls, to) for cls in CLASSES for to in STATES if needs_second(cls, to)} == {
        ("U1", "substantiated"),
        ("U1", "not_substantiated"),
        ("U1", "inconclusive"),
    }


@pytest.mark.parametrize(
    ("cls", "due"),
    [
        ("U1", {"triage": "12T11", "acknowledge": "12T14", "brand_told": "13T10", "containment": "13T10"}),
        ("U2", {"triage": "13T10", "acknowledge": "15T10"}),
        ("standard", {"triage": "17T10", "acknowledge": "19T10"}),
    ],
)
def test_clocks_of_a_class(cls: Any, due: dict[str, str]) -> None:
    begun = {one.step: f"{one.due:%dT%H}" for one in clocks(cls, NOW) if one.due is not None}
    assert due.items() <= begun.items()
    assert {"plan", "close"} <= begun.keys()
    assert brand_clock(cls, NOW).due == {"U1": NOW + 24.5 * HOUR, "U2": NOW + 72.5 * HOUR}.get(cls, NOW + 168.5 * HOUR)


@given(st.sampled_from(CLASSES), st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_hold_gives_back_what_was_left(cls: CaseClass, before: int, during: int) -> None:
    for one in clocks(cls, NOW):
        at = NOW + timedelta(minutes=before)
        stopped = held(one, at)
        again = resumed(stopped, at + timedelta(minutes=during))
        if one.due is None or at > one.due:
            assert again == Clock(step=one.step, met=False)
        else:
            assert again.due is not None
            assert timedelta(0) <= again.due - (at + timedelta(minutes=during)) - (one.due - at) < 2 * HOUR
            assert again.due.minute == 0
        assert held(stopped, at) == stopped


def test_a_clock_ends_as_met_or_missed() -> None:
    one = Clock(step="plan", due=NOW)
    assert done(one, NOW) == Clock(step="plan", met=True)
    assert done(one, NOW + HOUR) == Clock(step="plan", met=False)
    assert done(done(one, NOW), NOW + HOUR).met
    assert resumed(one, NOW) == one


def test_steps_end_their_clocks() -> None:
    running = clocks("U1", NOW)
    assert [one.step for one in moved(running, "triaged", NOW, None) if one.met] == ["triage"]
    assert moved(done_all(running), "out_of_scope", NOW, None) == done_all(running)
    assert moved(running, "duplicate", NOW, None) == ()
    stopped = moved(running, ON_HOLD, NOW, None)
    assert all(one.left is not None for one in stopped)
    assert [one.due for one in moved(stopped, "received", NOW, "received")] != [None] * len(running)
    assert moved(running, "closed", NOW, None)[-1] == Clock(step="close", met=True)


def done_all(running: tuple[Clock, ...]) -> tuple[Clock, ...]:
    return tuple(done(one, NOW) for one in running)


def test_which_answers_forbid() -> None:
    assert failing({"own_part_asked": "yes", "undocumented_advised": "not_applicable"}) == ()
    assert failing({"own_part_asked": "not_applicable", "undocumented_advised": "no"}) == (
        "own_part_asked",
        "undocumented_advised",
    )
