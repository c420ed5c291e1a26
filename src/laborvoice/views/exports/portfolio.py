"""E2: the portfolio, one row a supplier."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final

from laborvoice.domain.export import Cells, Page, Table, Wanted
from laborvoice.domain.link import Link
from laborvoice.store.database import Connection
from laborvoice.store.registry.sight import Sight
from laborvoice.views.exports.lines import Line, lines
from laborvoice.views.scores import PublishedScore, ScoreView, WithheldScore

TABLE: Final = Table(
    name="portfolio",
    title="Portfolio",
    columns=(
        "supplier",
        "os_id",
        "name",
        "country",
        "isic",
        "tier",
        "period",
        "state",
        "score",
        "band",
        "low",
        "high",
        "confidence",
        "driver",
        "trend",
        "override",
        "open_u1",
        "open_u2",
        "overdue",
        "engagement",
        "release",
    ),
)


async def pages(db: Connection, sight: Sight, wanted: Wanted, now: datetime) -> AsyncIterator[Page]:
    async for some in lines(db, sight, wanted, now):
        yield Page(rows=tuple(_row(one) for one in some), basis=tuple(each for one in some for each in one.basis))


def tier(own: tuple[Link, ...]) -> int | None:
    """The nearest, of links that have not ended."""
    return min((link.tier for link in own if link.state == "confirmed"), default=None)


def state(score: ScoreView) -> str:
    return str(score.__struct_config__.tag)


def _row(one: Line) -> Cells:
    supplier = one.supplier
    what = (supplier.public_id, supplier.os_id, supplier.name, supplier.country, " ".join(supplier.isic))
    return (*what, tier(one.links), *_score(one.score), *_cases(one), supplier.engagement, _release(one.score))


def _cases(one: Line) -> Cells:
    """Override, open U1 and U2, overdue."""
    known = one.cases
    if not known.readable:
        return (None,) * 4
    return (override(one.score), known.open("U1"), known.open("U2"), known.overdue)


def override(score: ScoreView) -> str | None:
    """The band that is seen instead."""
    return score.override.band if isinstance(score, PublishedScore) and score.override else None


def _score(score: ScoreView) -> Cells:
    """Period, state, score, band, low, high, confidence, driver, trend."""
    if isinstance(score, PublishedScore):
        figures = (score.score, score.band, score.low, score.high)
        return (score.period, "published", *figures, score.confidence, score.driver, score.trend.direction)
    period = score.period if isinstance(score, WithheldScore) else None
    return (period, state(score), None, None, None, None, "insufficient", None, None)


def _release(score: ScoreView) -> str | None:
    return score.release if isinstance(score, PublishedScore) else None
