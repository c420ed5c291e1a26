"""Cases as pages: what a watchdog has, and what a brand was shown, to acknowledge and to begin repair. No script."""

from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Operation
from laborvoice.api.paging import Cursors, List
from laborvoice.api.portal import inbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.case_frame import CASE, by
from laborvoice.api.portal.common import Cursor, common
from laborvoice.api.portal.outbound import paged
from laborvoice.api.portal.pages import html
from laborvoice.api.portal.pages.case import DESK
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound
from laborvoice.domain.case import Wanted
from laborvoice.domain.ids import CaseId
from laborvoice.pipeline.decide import move, record
from laborvoice.views import cases
from laborvoice.views.cases import CaseView

ROWS: Final = 50


class CasesPage(Inbound, frozen=True):
    cursor: Cursor | None = None


@get(
    "/cases",
    opt={
        OPERATION: Operation(
            id="page_cases",
            summary="Cases",
            text="A watchdog's own, or those shared with a brand.",
            tag="pages",
            page=True,
            menu="Cases",
            scopes=("cases:read",),
            query=CasesPage,
            answers=(html.PAGE,),
            problems=common("invalid-cursor"),
        )
    },
)
async def show_cases(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    visit, now = visits.of(request), parts.clock.now()
    query, sight = visit.query(CasesPage), visit.principal.sight(now.date())
    of = List(party=visit.principal.party, path=request.scope["path"], filters=query)
    after = None if query.cursor is None else cursors.read(of, query.cursor, CaseId)

    async def step(db: Any) -> tuple[CaseView, ...]:  # noqa: ANN401 - the store's connection, handed on
        return await cases.page(db, sight, now, (None, after), ROWS + 1)

    rows = await parts.database.run("page_cases", step)
    shown, cursor = paged(cursors, of, rows, ROWS, lambda row: row.id)
    following = "" if cursor is None else f"/cases?cursor={cursor}"
    return html.page(
        request,
        "cases.html",
        rows=shown,
        next=following,
        brand=sight.kind == "brand",
        works=visit.principal.scopes.issuperset(DESK),
    )


@post(
    "/cases/{case:str}/acknowledge",
    opt={
        OPERATION: Operation(
            id="page_acknowledge_case",
            summary="Acknowledge a case",
            text="By a brand that it was shared with.",
            tag="pages",
            page=True,
            scopes=("cases:write",),
            path={"case": CASE},
            body=html.FORM,
            answers=(html.SEE,),
            problems=common("not-found"),
        )
    },
)
async def post_acknowledge(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    who, asked = by(request, parts), inbound.path_id(request, "case", CaseId)
    await parts.database.run("acknowledge_case", lambda db: record.acknowledge_in(db, parts.chance, who, asked))
    return html.see(f"/cases/{asked}", "case-acknowledged")


@post(
    "/cases/{case:str}/remediate",
    opt={
        OPERATION: Operation(
            id="page_remediate_case",
            summary="Say that repair has begun",
            text="Once the plan is agreed.",
            tag="pages",
            page=True,
            scopes=("cases:write",),
            path={"case": CASE},
            body=html.FORM,
            answers=(html.SEE,),
            problems=common("not-found", "transition-not-allowed"),
        )
    },
)
async def post_remediate(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    who, asked = by(request, parts), inbound.path_id(request, "case", CaseId)
    step = Wanted(to="remediating"), None
    await parts.database.run("move_case", lambda db: move.move_in(db, parts.chance, who, asked, step))
    return html.see(f"/cases/{asked}", "case-moved")
