"""The table of confidence (design, domain 4.4)."""

import pytest

from laborvoice.domain.release import Distributor
from laborvoice.domain.score import Confidence, Reason
from laborvoice.scoring.confidence import judge


@pytest.mark.parametrize(
    ("n", "half_range", "coverage", "distributor", "word", "reasons"),
    [
        (99, 5.0, 0.5, "watchdog", "low", ("answers",)),
        (100, 12.0, 0.5, "watchdog", "medium", ("answers", "range")),
        (100, 12.01, 0.5, "watchdog", "low", ("range",)),
        (500, 3.0, 0.5, "supplier", "low", ("distributor",)),
        (500, 3.0, 0.5, "mixed", "low", ("distributor",)),
        (50, 13.0, None, "mixed", "low", ("answers", "range", "distributor")),
        (299, 6.0, 0.10, "watchdog", "medium", ("answers",)),
        (300, 6.01, 0.10, "watchdog", "medium", ("range",)),
        (300, 6.0, 0.099, "watchdog", "medium", ("coverage",)),
        (300, 6.0, None, "watchdog", "medium", ("workforce_unknown",)),
        (300, 6.0, 0.10, "watchdog", "high", ()),
    ],
)
def test_table(
    n: int,
    half_range: float,
    coverage: float | None,
    distributor: Distributor,
    word: Confidence,
    reasons: tuple[Reason, ...],
) -> None:
    assert judge(n, half_range, coverage, distributor) == (word, reasons)
