"""What waits for a second person, with exactly what a brand would see. Whoever asked cannot decide."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Operation
from laborvoice.api.paging import Cursors, List
from laborvoice.api.portal import inbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.approvals import APPROVAL
from laborvoice.api.portal.case_body import DecisionWanted
from laborvoice.api.portal.case_frame import by
from laborvoice.api.portal.common import Cursor, common
from laborvoice.api.portal.outbound import encoded, paged
from laborvoice.api.portal.pages import case, case_words, html, posted
from laborvoice.api.problems import Refusal
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound
from laborvoice.domain.ids import ApprovalId
from laborvoice.pipeline.decide import approve
from laborvoice.views import asked
from laborvoice.views.asked import Waiting

ROWS = 20


class ApprovalsPage(Inbound, frozen=True):
    cursor: Cursor | None = None


@get(
    "/approvals",
    opt={
        OPERATION: Operation(
            id="page_approvals",
            summary="Approvals",
            text="What waits for a second person.",
            tag="pages",
            page=True,
            menu="Approvals",
            scopes=case.DESK,
            query=ApprovalsPage,
            answers=(html.PAGE,),
            problems=common("invalid-cursor"),
        )
    },
)
async def show_approvals(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    visit, now = visits.of(request), parts.clock.now()
    query, principal = visit.query(ApprovalsPage), visit.principal
    of = List(party=principal.party, path=request.scope["path"], filters=query)
    after = None if query.cursor is None else cursors.read(of, query.cursor, ApprovalId)
    sight = principal.sight(now.date())

    async def step(db: Any) -> tuple[Waiting, ...]:  # noqa: ANN401 - the store's connection, handed on
        return await asked.waiting(db, sight, now, after, ROWS + 1)

    rows = await parts.database.run("page_approvals", step)
    shown, cursor = paged(cursors, of, rows, ROWS, lambda row: row.id)
    return html.page(
        request,
        "approvals.html",
        rows=[(row, encoded(row.shown).decode(), row.asked_by == principal.maker) for row in shown],
        next="" if cursor is None else f"/approvals?cursor={cursor}",
        words=case_words,
    )


@post(
    "/approvals/{approval:str}",
    opt={
        OPERATION: Operation(
            id="page_decide_approval",
            summary="Approve or refuse",
            text="By another person than who asked.",
            tag="pages",
            page=True,
            scopes=case.DESK,
            path={"approval": APPROVAL},
            body=html.FORM,
            answers=(html.SEE,),
            problems=common(
                "unsupported-media-type",
                "invalid-body",
                "not-found",
                "two-person-rule",
                "conflict",
                "transition-not-allowed",
            ),
        )
    },
)
async def post_approval(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    who, named = by(request, parts), inbound.path_id(request, "approval", ApprovalId)
    sent = (await posted.read(request, DecisionWanted, {})).value
    if sent is None:
        raise Refusal("invalid-body")
    decision = sent.decision
    await parts.database.run("decide_approval", lambda db: approve.decide_in(db, parts.chance, who, named, decision))
    return html.see("/approvals", "approval-given" if decision == "approve" else "approval-refused")
