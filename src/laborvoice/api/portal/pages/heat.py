"""Suppliers by conditions: a table whose cells say how many name a condition, and how sure that is."""

from collections.abc import Sequence
from typing import Any, Final

from litestar import Request, Response, get
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Operation
from laborvoice.api.paging import Cursors
from laborvoice.api.portal.common import common
from laborvoice.api.portal.pages import html
from laborvoice.api.portal.pages.suppliers import PortfolioQuery, chosen
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Value
from laborvoice.domain.ids import SupplierId
from laborvoice.domain.score import Because, band
from laborvoice.scoring.score import of_share
from laborvoice.views.portfolio import Listed
from laborvoice.views.roster import Rosters
from laborvoice.views.scores import PublishedScore, WithheldScore
from laborvoice.views.terms import ConditionView
from laborvoice.web import words

_INSETS: Final = ((15, 7), (7, 3))
"""Half the range beyond which a cell shrinks, and by how many pixels."""


class Cell(Value, frozen=True):
    """``kind`` is a band, ``few`` or ``withheld``; percents are whole, 0 where there are none."""

    kind: str
    share: int = 0
    low: int = 0
    high: int = 0
    inset: int = 0


class Row(Value, frozen=True):
    id: SupplierId
    name: str
    cells: tuple[Cell, ...]


@get(
    "/heat",
    opt={
        OPERATION: Operation(
            id="page_heat",
            summary="Conditions by supplier",
            text="A table of suppliers by conditions.",
            tag="pages",
            page=True,
            menu="Conditions",
            scopes=("suppliers:read", "scores:read"),
            query=PortfolioQuery,
            answers=(html.PAGE,),
            problems=common("invalid-cursor"),
        )
    },
)
async def show_heat(
    request: Request[Any, Any, Any],
    parts: NamedDependency[PortalParts],
    cursors: NamedDependency[Cursors],
    rosters: NamedDependency[Rosters],
) -> Response[bytes]:
    found = await chosen(request, parts, cursors, rosters)
    rows = [row for row in found.rows if isinstance(row.score, PublishedScore | WithheldScore)]
    return html.page(
        request,
        "heat.html",
        conditions=parts.conditions,
        rows=[_row(parts.conditions, row) for row in rows],
        **found.choices,
    )


def _row(conditions: Sequence[ConditionView], one: Listed) -> Row:
    return Row(id=one.id, name=one.name, cells=tuple(_cells(conditions, one)))


def _cells(conditions: Sequence[ConditionView], one: Listed) -> list[Cell]:
    if not isinstance(one.score, PublishedScore):
        return [Cell(kind="withheld") for _ in conditions]
    parts = {part.condition: part for part in one.score.because}
    return [_cell(condition, parts.get(condition.code)) for condition in conditions]


def _cell(condition: ConditionView, part: Because | None) -> Cell:
    if part is None:
        return Cell(kind="few")
    low, high = words.low_percent(part.low), words.high_percent(part.high)
    half = words.half(low, high)
    return Cell(
        kind=band(of_share(condition.code.severity, part.share)),
        share=words.percent(part.share),
        low=low,
        high=high,
        inset=next((pixels for beyond, pixels in _INSETS if half > beyond), 0),
    )
