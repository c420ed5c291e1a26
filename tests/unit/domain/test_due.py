"""When things are due: full hours, working days, the first of a month."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from laborvoice.domain.due import after_working_days, begun_hour, full_hour, next_batch

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - it draws
WEEK = timedelta(days=7)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@given(MOMENTS)
def test_hours_are_full_and_near(moment: datetime) -> None:
    up, down = full_hour(moment), begun_hour(moment)
    assert down <= moment <= up
    assert up - down in {timedelta(0), timedelta(hours=1)}
    assert {(one.minute, one.second, one.microsecond) for one in (up, down)} == {(0, 0, 0)}


@given(MOMENTS)
def test_a_batch_is_the_first_of_a_month_a_week_away_or_more(moment: datetime) -> None:
    batch = next_batch(moment)
    assert (batch.day, batch.hour, batch.minute) == (1, 0, 0)
    assert WEEK <= batch - moment < WEEK + timedelta(days=31)


@pytest.mark.parametrize(
    ("moment", "batch"),
    [
        ("2026-11-12T09:30", "2026-12-01"),
        ("2026-11-24T00:00", "2026-12-01"),
        ("2026-11-24T00:01", "2027-01-01"),
        ("2026-12-30T00:00", "2027-02-01"),
    ],
)
def test_batches(moment: str, batch: str) -> None:
    assert next_batch(at(moment)) == at(batch)


@pytest.mark.parametrize(
    ("moment", "days", "later"),
    [
        ("2026-11-12T09:30", 1, "2026-11-13T09:30"),
        ("2026-11-13T09:30", 1, "2026-11-16T09:30"),
        ("2026-11-14T09:30", 3, "2026-11-18T09:30"),
        ("2026-11-14T09:30", 0, "2026-11-14T09:30"),
    ],
)
def test_working_days(moment: str, days: int, later: str) -> None:
    assert after_working_days(at(moment), days) == at(later)
