"""What a brand is shown of a case, and when its clocks are told of."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from msgspec import UNSET

from laborvoice.domain.case import Clock, clocks
from laborvoice.domain.condition import Condition
from laborvoice.domain.dossier import (
    BRANDS,
    LADDER,
    OVERDUE,
    WARNING,
    WATCHDOGS,
    Case,
    Matter,
    Rung,
    due_next,
    raises,
    rung,
    seen,
    shown_of,
    standing,
    wakes,
)
from laborvoice.domain.ids import CaseId, PartyId, SupplierId, SupplierKey

NOW = datetime(2026, 11, 12, 9, 30, tzinfo=UTC)


def case(**more: Any) -> Case:
    fields: dict[str, Any] = {
        "condition": Condition.VIOLENCE,
        "state": "received",
        "matter": Matter(title="Title", notes="Notes", clocks=clocks("U1", NOW)),
        **more,
    }
    return Case(
        id=CaseId.draw(bytes(16)),
        number="7K2QX9MB",
        owner=PartyId.draw(bytes(16)),
        supplier_id=SupplierKey(1),
        supplier=SupplierId.draw(bytes(16)),
        cls="U1",
        received="2026-11",
        version=3,
        created_on=date(2026, 11, 12),
        **fields,
    )


def test_a_brand_is_shown_no_word_and_no_day() -> None:
    told = msgspec.json.encode(shown_of(case()), enc_hook=str)
    for hidden in (b"Title", b"Notes", b"version", b"created_on", b"triage", b"brand_told", b'"owner"'):
        assert hidden not in told
    assert shown_of(case()).severity == "critical"
    assert (shown_of(case(condition=None)).condition, shown_of(case(condition=None)).severity) == (UNSET, UNSET)


def test_what_guards_go_by() -> None:
    assert standing(case(), shared=True).condition
    assert not standing(case(condition=None), shared=False).shared


def test_each_clock_climbs_the_ladder() -> None:
    due = NOW.replace(minute=0) + timedelta(days=3)
    one = case(matter=Matter(title="Title", clocks=(Clock(step="plan", due=due), Clock(step="triage", met=True))))
    assert wakes(one.matter.clocks, {}) == due - WARNING
    assert rung(one, due - WARNING - timedelta(hours=1)) == (one, ())
    once, first = rung(one, due - WARNING)
    assert first == (Rung(clock=one.matter.clocks[0], before=0, now=1),)
    assert rung(once, due - timedelta(hours=1)) == (once, ())
    assert wakes(once.matter.clocks, once.matter.told) == due
    twice, second = rung(once, due)
    assert second == (Rung(clock=one.matter.clocks[0], before=1, now=OVERDUE),)
    assert wakes(twice.matter.clocks, twice.matter.told) == due + LADDER[WATCHDOGS - 1]
    last, third = rung(twice, due + timedelta(days=4))
    assert third == (Rung(clock=one.matter.clocks[0], before=OVERDUE, now=BRANDS),)
    assert wakes(last.matter.clocks, last.matter.told) is None


@pytest.mark.parametrize(
    ("condition", "state", "held", "expected"),
    [
        (Condition.VIOLENCE, "substantiated", None, True),
        (Condition.VIOLENCE, "remediating", None, True),
        (Condition.VIOLENCE, "on_hold_safety", "plan_agreed", True),
        (Condition.VIOLENCE, "on_hold_safety", "triaged", False),
        (Condition.VIOLENCE, "verified", None, False),
        (Condition.WAGES, "substantiated", None, False),
        (None, "substantiated", None, False),
    ],
)
def test_what_raises_a_band(condition: Any, state: Any, held: Any, expected: bool) -> None:  # noqa: FBT001 - a parameter
    one = case(condition=condition, state=state, matter=Matter(title="Title", held=held))
    assert raises(one) is expected
    assert shown_of(one).raises is expected


def test_the_next_clock_is_the_first_that_runs() -> None:
    due = NOW.replace(minute=0)
    assert due_next((Clock(step="plan", due=due), Clock(step="close", due=due + WARNING), Clock(step="triage"))) == due
    assert due_next((Clock(step="plan", met=True),)) is None


def test_the_bytes_that_were_seen_have_a_digest() -> None:
    assert seen(case()) == seen(case(matter=Matter(title="Other", clocks=case().matter.clocks)))
    assert seen(case()) != seen(case(condition=None))
