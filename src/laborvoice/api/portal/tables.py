"""Scores as a table (RFC 4180) and as lines of JSON, for spreadsheets and pipes."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from laborvoice.api.portal.outbound import encoded
from laborvoice.views.scores import PublishedScore, Rated, ScoreView, WithheldScore

CSV: Final = "text/csv"
NDJSON: Final = "application/x-ndjson"

COLUMNS: Final = (
    "supplier",
    "state",
    "period",
    "score",
    "low",
    "high",
    "band",
    "confidence",
    "answers",
    "usual",
    "driver",
    "trend",
    "release",
    "override",
)


def table(rated: Sequence[Rated]) -> bytes:
    """Ids, enums and numbers that are not negative: no cell can be read as a formula."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    rows.writerows((one.supplier, *_cells(one.score)) for one in rated)
    return out.getvalue().encode()


def lines(rated: Sequence[Rated]) -> bytes:
    return b"".join(encoded(one) + b"\n" for one in rated)


WRITERS: Final[Mapping[str, Callable[[Sequence[Rated]], bytes]]] = {CSV: table, NDJSON: lines}


def _cells(score: ScoreView) -> tuple[object, ...]:
    """Cells stay empty where there is no number."""
    if isinstance(score, PublishedScore):
        figures = (score.score, score.low, score.high, score.band, score.confidence, score.answers, score.usual.value)
        override = score.override.band if score.override else ""
        return ("published", score.period, *figures, score.driver, score.trend.direction, score.release, override)
    if isinstance(score, WithheldScore):
        return ("withheld", score.period, *[""] * (len(COLUMNS) - 3))
    return ("none", *[""] * (len(COLUMNS) - 2))
