"""Periods: calendar quarters and months, known by their label."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from laborvoice.domain.period import Kind, Period

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 12, 31))
KINDS = st.sampled_from(("quarter", "month"))


@given(DAYS, KINDS)
def test_each_day_is_in_one_period(day: date, kind: Kind) -> None:
    period = Period.at(day, kind)
    assert period.begin <= day <= period.end
    assert Period.parse(period.label) == period
    assert period.next().begin == period.end + timedelta(days=1)
    assert period.next().previous() == period
    assert period < period.next()


def test_a_box_closes_three_days_after_its_period() -> None:
    assert Period.parse("2026-Q4").close == date(2027, 1, 3)
    assert Period.parse("2026-11").close == date(2026, 12, 3)


@pytest.mark.parametrize("label", ["", "2026", "2026-Q5", "2026-Q0", "2026-13", "2026-00", "26-Q1", "2026-Q1 "])
def test_what_is_no_label_is_refused(label: str) -> None:
    with pytest.raises(ValueError, match="a period looks like"):
        Period.parse(label)
