"""Doors to scores: one, and a supplier's over time."""

from datetime import date
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Answer, Content, Operation
from laborvoice.api.paging import Cursors, List
from laborvoice.api.portal import examples, inbound, outbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import CACHED, LISTED, SUPPLIER, VALIDATED, PeriodLabel, common
from laborvoice.api.portal.releases import PageQuery
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound, Value
from laborvoice.domain.ids import SupplierId
from laborvoice.domain.period import Period
from laborvoice.views import scores
from laborvoice.views.scores import PeriodScore, ScoreView


class ScoreQuery(Inbound, frozen=True):
    period: PeriodLabel | None = None


class ScoreList(Value, frozen=True):
    data: tuple[PeriodScore, ...]
    next_cursor: str | None
    has_more: bool


@get(
    "/v1/suppliers/{supplier:str}/score",
    opt={
        OPERATION: Operation(
            id="get_score",
            summary="Read the score of a supplier",
            text="Of the newest period you may see, or of `period`. `withheld`: too few answers to say anything safely,"
            " neither good nor bad; it looks the same where no one answered. `none`: there is no release you may see."
            " Do not rank suppliers whose ranges overlap. A low score is not proof of good conditions.",
            tag="scores",
            scopes=("scores:read",),
            path={"supplier": SUPPLIER},
            query=ScoreQuery,
            query_example={"period": "2026-Q3"},
            answers=(
                Answer(
                    status=200,
                    text="The score, or why there is none.",
                    contents=(Content(shape=ScoreView, example=examples.SCORE),),
                    headers=VALIDATED,
                ),
                CACHED,
            ),
            problems=common("not-found"),
        )
    },
)
async def get_score(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    visit = visits.of(request)
    found = await scores.one(
        parts.database,
        visit.principal.sight(parts.clock.now().date()),
        inbound.path_id(request, "supplier", SupplierId),
        visit.query(ScoreQuery).period,
    )
    return outbound.cached(request, found)


@get(
    "/v1/suppliers/{supplier:str}/scores",
    opt={
        OPERATION: Operation(
            id="list_scores",
            summary="List the scores of a supplier over time",
            text="One for each period you may see, newest first.",
            tag="scores",
            scopes=("scores:read",),
            path={"supplier": SUPPLIER},
            query=PageQuery,
            answers=(
                Answer(
                    status=200,
                    text="A page of scores.",
                    contents=(Content(shape=ScoreList, example=examples.SCORES),),
                    headers=LISTED,
                ),
                CACHED,
            ),
            problems=common("invalid-cursor", "not-found"),
        )
    },
)
async def list_scores(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    visit = visits.of(request)
    query = visit.query(PageQuery)
    of = List(party=visit.principal.party, path=request.scope["path"], filters=query)
    before = date.max if query.cursor is None else cursors.read(of, query.cursor, date)
    rows = await scores.history(
        parts.database,
        visit.principal.sight(parts.clock.now().date()),
        inbound.path_id(request, "supplier", SupplierId),
        before,
        query.limit + 1,
    )
    shown, cursor = outbound.paged(cursors, of, rows, query.limit, lambda row: Period.parse(row.period).end)
    told = ScoreList(data=shown, next_cursor=cursor, has_more=cursor is not None)
    return outbound.cached(request, told, outbound.next_link(request, cursor))
