"""When something is due: spans of time and of working days, said in full hours (design, domain 6)."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
_SATURDAY: Final = 6
_DECEMBER: Final = 12
SETTLED: Final = timedelta(days=7)
"""A share younger than this waits for the batch after the next."""


def full_hour(moment: datetime) -> datetime:
    """The one that begins now, or the next."""
    begun = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return begun if begun == moment else begun + HOUR


def begun_hour(moment: datetime) -> datetime:
    """The one that is going on."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def after_working_days(moment: datetime, days: int) -> datetime:
    """So many days of Monday to Friday later, at the same hour, UTC."""
    found, left = moment, days
    while left:
        found += DAY
        left -= found.isoweekday() < _SATURDAY
    return found


def next_batch(moment: datetime) -> datetime:
    """00:00 UTC on the first of a month, at least seven days away: when brands are told what is not urgent."""
    settled = moment.astimezone(UTC) + SETTLED
    first = datetime.combine(settled.date().replace(day=1), time(tzinfo=UTC))
    return first if first >= settled else datetime.combine(_next_month(settled.date()), time(tzinfo=UTC))


def _next_month(day: date) -> date:
    """Its first day."""
    return date(day.year + day.month // _DECEMBER, day.month % _DECEMBER + 1, 1)
