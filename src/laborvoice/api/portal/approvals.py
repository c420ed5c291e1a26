"""Doors to what waits for a second person, who sees exactly what a brand would."""

from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Answer, Content, Operation, PathPart
from laborvoice.api.paging import Cursors, List
from laborvoice.api.portal import acts, inbound, outbound
from laborvoice.api.portal import desk_examples as examples
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.case_body import DecisionWanted
from laborvoice.api.portal.case_frame import BODY, by
from laborvoice.api.portal.common import LISTED, Cursor, Limit, common
from laborvoice.api.problems import Refusal
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound, Value
from laborvoice.domain.ids import ApprovalId
from laborvoice.pipeline.decide import approve
from laborvoice.views import cases
from laborvoice.views.cases import ApprovalView

APPROVAL: Final = PathPart(text="Id of an approval.", example=str(examples.APPROVAL_ID), shape=ApprovalId)


class ApprovalsQuery(Inbound, frozen=True):
    limit: Limit = 50
    cursor: Cursor | None = None


class ApprovalList(Value, frozen=True):
    data: tuple[ApprovalView, ...]
    next_cursor: str | None
    has_more: bool


@get(
    "/v1/approvals",
    opt={
        OPERATION: Operation(
            id="list_approvals",
            summary="List approvals",
            text="What your party asked for, and what a watchdog with one user alone asks of others who cover the"
            " supplier. For watchdogs.",
            tag="cases",
            scopes=("cases:write",),
            query=ApprovalsQuery,
            query_example={"limit": 50},
            answers=(
                Answer(
                    status=200,
                    text="A page of approvals.",
                    contents=(Content(shape=ApprovalList, example=examples.APPROVALS),),
                    headers={"Link": LISTED["Link"]},
                ),
            ),
            problems=common("invalid-cursor"),
        )
    },
)
async def list_approvals(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    visit, now = visits.of(request), parts.clock.now()
    _watchdog(visit)
    query = visit.query(ApprovalsQuery)
    of = List(party=visit.principal.party, path=request.scope["path"], filters=query)
    after = None if query.cursor is None else cursors.read(of, query.cursor, ApprovalId)
    sight = visit.principal.sight(now.date())

    async def step(db: Any) -> tuple[ApprovalView, ...]:  # noqa: ANN401 - the store's connection, handed on
        return await cases.approvals(db, sight, now, after, query.limit + 1)

    rows = await parts.database.run("list_approvals", step)
    shown, cursor = outbound.paged(cursors, of, rows, query.limit, lambda row: row.id)
    told = ApprovalList(data=shown, next_cursor=cursor, has_more=cursor is not None)
    return outbound.plain(outbound.encoded(told), headers=outbound.next_link(request, cursor))


@post(
    "/v1/approvals/{approval:str}",
    opt={
        OPERATION: Operation(
            id="decide_approval",
            summary="Approve or refuse",
            text="By another person than who asked. With her yes it is done then and there, if nothing is missing.",
            tag="cases",
            scopes=("cases:write",),
            path={"approval": APPROVAL},
            body=Content(shape=DecisionWanted, example=examples.DECISION),
            once=True,
            answers=(
                Answer(
                    status=200,
                    text="As it is now.",
                    contents=(Content(shape=ApprovalView, example=examples.APPROVAL),),
                ),
            ),
            problems=common(*BODY, "not-found", "two-person-rule", "conflict", "transition-not-allowed"),
        )
    },
)
async def decide_approval(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    _watchdog(visits.of(request))
    asked, who = inbound.path_id(request, "approval", ApprovalId), by(request, parts)
    sight = visits.of(request).principal.sight(who.now.date())
    wanted = await inbound.body(request, DecisionWanted)

    async def step(db: Any) -> ApprovalView:  # noqa: ANN401 - the store's connection, handed on
        await approve.decide_in(db, parts.chance, who, asked, wanted.decision)
        return await cases.approval_known(db, sight, who.now, asked)

    return await acts.done(request, parts, step, acts.told())


def _watchdog(visit: visits.Visit) -> None:
    """Raises Refusal."""
    if visit.principal.kind != "watchdog":
        raise Refusal("forbidden", "Approvals are between watchdogs.")
