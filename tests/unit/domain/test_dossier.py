"""What a brand is shown of a case, and when its clocks are told of."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from msgspec import UNSET

from laborvoice.domain.case import Clock, clocks
from laborvoice.domain.condition import Condition
from laborvoice.domain.dossier import WARNING, Case, Matter, rung, shown_of, standing, wakes
from laborvoice.domain.ids import CaseId, PartyId, SupplierId, SupplierKey

NOW = datetime(2026, 11, 12, 9, 30, tzinfo=UTC)


def case(**more: Any) -> Case:
    fields: dict[str, Any] = {
        "condition": Condition.VIOLENCE,
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
        state="received",
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


def test_each_clock_is_told_of_twice() -> None:
    due = NOW.replace(minute=0) + timedelta(days=3)
    one = case(matter=Matter(title="Title", clocks=(Clock(step="plan", due=due), Clock(step="triage", met=True))))
    assert wakes(one.matter.clocks, {}) == due - WARNING
    assert rung(one, due - WARNING - timedelta(hours=1)) == (one, ())
    once, first = rung(one, due - WARNING)
    assert first == ((one.matter.clocks[0], False),)
    assert rung(once, due - timedelta(hours=1)) == (once, ())
    assert wakes(once.matter.clocks, once.matter.told) == due
    twice, second = rung(once, due)
    assert second == ((one.matter.clocks[0], True),)
    assert wakes(twice.matter.clocks, twice.matter.told) is None
