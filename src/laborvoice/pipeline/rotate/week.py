"""ISO weeks, by which mix keys are named: 2026-W48."""

from datetime import date, timedelta
from typing import Final

_GRACE: Final = timedelta(weeks=1)
_LENGTH: Final = timedelta(weeks=1)


def label(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def begin(week: str) -> date:
    """Its Monday."""
    return date.fromisoformat(f"{week}-1")


def until(week: str) -> date:
    """The day on which its mix key is no longer accepted, and destroyed: a week's grace after its end."""
    return begin(week) + _LENGTH + _GRACE
