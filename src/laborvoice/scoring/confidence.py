"""How sure we are, in one word and with its reasons (design, domain 4.4)."""

from typing import Final

from laborvoice.domain.release import Distributor
from laborvoice.domain.score import Confidence, Reason

LOW_ANSWERS: Final = 100
LOW_HALF_RANGE: Final = 12.0
HIGH_ANSWERS: Final = 300
HIGH_HALF_RANGE: Final = 6.0
HIGH_COVERAGE: Final = 0.10


def judge(
    n: int, half_range: float, coverage: float | None, distributor: Distributor
) -> tuple[Confidence, tuple[Reason, ...]]:
    """The reasons say what keeps the word from being a better one; high has none.

    ``n`` is the noised count of the newest release, ``half_range`` in points of score.
    """
    low = _holding(
        ("answers", n < LOW_ANSWERS),
        ("range", half_range > LOW_HALF_RANGE),
        ("distributor", distributor != "watchdog"),
    )
    if low:
        return "low", low
    medium = _holding(
        ("answers", n < HIGH_ANSWERS),
        ("range", half_range > HIGH_HALF_RANGE),
        ("coverage", coverage is not None and coverage < HIGH_COVERAGE),
        ("workforce_unknown", coverage is None),
    )
    return ("medium", medium) if medium else ("high", ())


def _holding(*checks: tuple[Reason, bool]) -> tuple[Reason, ...]:
    return tuple(reason for reason, holds in checks if holds)
