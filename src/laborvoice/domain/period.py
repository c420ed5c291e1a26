"""Periods: calendar quarters or months, UTC, known by their label (design, README 6)."""

import re
from datetime import date, timedelta
from typing import Literal, Self

from laborvoice.domain import Value

Kind = Literal["quarter", "month"]

CLOSE_DAYS = 3
"""A box closes three days after its period ended (design, privacy 8)."""

_LABEL = re.compile(r"(\d{4})-(?:Q([1-4])|(0[1-9]|1[0-2]))")
_MONTHS = 12
_QUARTER = 3


class Period(Value, frozen=True, order=True):
    """``year`` and the months it spans; ordered by time."""

    year: int
    first_month: int
    months: int

    @classmethod
    def parse(cls, label: str) -> Self:
        """Raises ValueError unless ``label`` looks like 2026-Q4 or 2026-11."""
        match = _LABEL.fullmatch(label)
        if match is None:
            raise ValueError("a period looks like 2026-Q4 or 2026-11")
        year, quarter, month = match.groups()
        if quarter is not None:
            return cls(year=int(year), first_month=(int(quarter) - 1) * _QUARTER + 1, months=_QUARTER)
        return cls(year=int(year), first_month=int(month), months=1)

    @classmethod
    def at(cls, day: date, kind: Kind) -> Self:
        """The period that holds ``day``."""
        if kind == "month":
            return cls(year=day.year, first_month=day.month, months=1)
        return cls(year=day.year, first_month=(day.month - 1) // _QUARTER * _QUARTER + 1, months=_QUARTER)

    @property
    def label(self) -> str:
        if self.months == _QUARTER:
            return f"{self.year}-Q{(self.first_month + 2) // _QUARTER}"
        return f"{self.year}-{self.first_month:02d}"

    @property
    def begin(self) -> date:
        return date(self.year, self.first_month, 1)

    @property
    def end(self) -> date:
        """Its last day."""
        return self.next().begin - timedelta(days=1)

    @property
    def close(self) -> date:
        """The day on which the box closes, at 00:00 UTC."""
        return self.next().begin + timedelta(days=CLOSE_DAYS - 1)

    def next(self) -> "Period":
        return self._shifted(self.months)

    def previous(self) -> "Period":
        return self._shifted(-self.months)

    def _shifted(self, months: int) -> "Period":
        count = self.year * _MONTHS + self.first_month - 1 + months
        return Period(year=count // _MONTHS, first_month=count % _MONTHS + 1, months=self.months)
