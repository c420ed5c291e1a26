"""How long a name must wait after failed attempts to prove who it is: ever longer, never for good (design, api 3)."""

from datetime import datetime, timedelta
from typing import Final

from laborvoice.domain import Value

FREE: Final = 4
"""Failures after which the next may be tried at once."""
LONGEST: Final = timedelta(minutes=15)
_DOUBLINGS: Final = 10
"""So many make more than the longest."""


class Tries(Value, frozen=True):
    """``retry_at``: before that nothing is judged, and nothing counts as a failure."""

    failures: int = 0
    retry_at: datetime | None = None

    def failed(self, now: datetime) -> "Tries":
        """From the fifth on 1, 2, 4 ... seconds."""
        failures = self.failures + 1
        if failures <= FREE:
            return Tries(failures=failures)
        span = min(LONGEST, timedelta(seconds=2 ** min(failures - FREE - 1, _DOUBLINGS)))
        return Tries(failures=failures, retry_at=now.replace(microsecond=0) + span)

    def wait(self, now: datetime) -> int:
        """Whole seconds, 0 for none."""
        if self.retry_at is None or self.retry_at <= now:
            return 0
        return -((now - self.retry_at) // timedelta(seconds=1))
