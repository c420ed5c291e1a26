"""Two to four suppliers side by side, and whether they can be told apart at all."""

from collections.abc import Sequence
from itertools import combinations
from typing import Annotated, Any, Final

from litestar import Request, Response, get
from litestar.di import NamedDependency
from msgspec import Meta

from laborvoice.api.openapi import OPERATION, Operation
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import common
from laborvoice.api.portal.pages import html
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound, Value
from laborvoice.domain.ids import SupplierId
from laborvoice.domain.score import Because
from laborvoice.errors import NotFound
from laborvoice.views import portfolio
from laborvoice.views.portfolio import Compared
from laborvoice.views.scores import PublishedScore
from laborvoice.views.terms import ConditionView

LEAST: Final = 2
MOST: Final = 4


class CompareQuery(Inbound, frozen=True):
    """Ids with commas between them, as ticked boxes become."""

    s: Annotated[str, Meta(max_length=1000)] = ""


class Pair(Value, frozen=True):
    """``apart``: their ranges do not overlap."""

    worse: str
    better: str
    apart: bool


class Row(Value, frozen=True):
    label: str
    parts: tuple[Because | None, ...]


@get(
    "/compare",
    opt={
        OPERATION: Operation(
            id="page_compare",
            summary="Compare",
            text="Two to four suppliers side by side.",
            tag="pages",
            page=True,
            scopes=("suppliers:read", "scores:read"),
            query=CompareQuery,
            answers=(html.PAGE,),
            problems=common("not-found"),
        )
    },
)
async def show_compare(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    visit = visits.of(request)
    wanted = _wanted(visit.query(CompareQuery).s)
    sight = visit.principal.sight(parts.clock.now().date())
    many = await portfolio.some(parts.database, sight, wanted) if LEAST <= len(wanted) <= MOST else ()
    scored = [(one.name, one.score) for one in many if isinstance(one.score, PublishedScore)]
    return html.page(
        request,
        "compare.html",
        many=many,
        scored=scored,
        silent=[one.name for one in many if not isinstance(one.score, PublishedScore)],
        pairs=[_pair(*two) for two in combinations(scored, 2)],
        policies=portfolio.policies(many),
        rows=[_row(condition, many) for condition in parts.conditions],
    )


def _wanted(text: str) -> tuple[SupplierId, ...]:
    """Raises NotFound for what is no id, as for an id that nobody has."""
    try:
        return tuple(dict.fromkeys(SupplierId.parse(one) for one in text.split(",") if one))
    except ValueError:
        raise NotFound from None


def _pair(one: tuple[str, PublishedScore], other: tuple[str, PublishedScore]) -> Pair:
    (worse, high), (better, low) = sorted((one, other), key=lambda named: -named[1].score)
    return Pair(worse=worse, better=better, apart=high.low > low.high)


def _row(condition: ConditionView, many: Sequence[Compared]) -> Row:
    return Row(label=condition.label, parts=tuple(_part(condition, one) for one in many))


def _part(condition: ConditionView, one: Compared) -> Because | None:
    if not isinstance(one.score, PublishedScore):
        return None
    return next((part for part in one.score.because if part.condition == condition.code), None)
