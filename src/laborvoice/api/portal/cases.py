"""Doors to cases: a watchdog's own, and of a brand's those that were shared with it, as it was shown them."""

from typing import Any

from litestar import Request, Response, get, patch, post
from litestar.di import NamedDependency

from laborvoice.api.openapi import MERGE, OPERATION, Answer, Content, Operation
from laborvoice.api.paging import Cursors, List
from laborvoice.api.portal import acts, inbound, outbound
from laborvoice.api.portal import desk_examples as examples
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.case_body import CaseChange, CaseWanted
from laborvoice.api.portal.case_frame import BODY, CASE, SHOWN, by
from laborvoice.api.portal.common import CACHED, LISTED, VALIDATED, Cursor, Limit, common
from laborvoice.api.problems import Refusal
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound, Value
from laborvoice.domain.facts import CaseState
from laborvoice.domain.ids import CaseId
from laborvoice.pipeline import decide
from laborvoice.pipeline.decide.keep import held
from laborvoice.views import cases
from laborvoice.views.cases import CaseView


class CasesQuery(Inbound, frozen=True):
    state: CaseState | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


class CaseList(Value, frozen=True):
    data: tuple[CaseView, ...]
    next_cursor: str | None
    has_more: bool


@get(
    "/v1/cases",
    opt={
        OPERATION: Operation(
            id="list_cases",
            summary="List cases",
            text="A watchdog's are those it is a party of; a brand's those shared with it, as it was shown them. In no"
            " order of time.",
            tag="cases",
            scopes=("cases:read",),
            query=CasesQuery,
            query_example={"state": "substantiated", "limit": 50},
            answers=(
                Answer(
                    status=200,
                    text="A page of cases.",
                    contents=(Content(shape=CaseList, example=examples.CASES),),
                    headers=LISTED,
                ),
                CACHED,
            ),
            problems=common("invalid-cursor"),
        )
    },
)
async def list_cases(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    visit, now = visits.of(request), parts.clock.now()
    query = visit.query(CasesQuery)
    of = List(party=visit.principal.party, path=request.scope["path"], filters=query)
    after = None if query.cursor is None else cursors.read(of, query.cursor, CaseId)
    sight = visit.principal.sight(now.date())

    async def step(db: Any) -> tuple[CaseView, ...]:  # noqa: ANN401 - the store's connection, handed on
        return await cases.page(db, sight, now, (query.state, after), query.limit + 1)

    rows = await parts.database.run("list_cases", step)
    shown, cursor = outbound.paged(cursors, of, rows, query.limit, lambda row: row.id)
    told = CaseList(data=shown, next_cursor=cursor, has_more=cursor is not None)
    return outbound.cached(request, told, outbound.next_link(request, cursor))


@post(
    "/v1/cases",
    opt={
        OPERATION: Operation(
            id="open_case",
            summary="Open a case",
            text="Of a supplier you cover. Nothing opens one by itself, and no message is named: title and notes are"
            " for your words, never a worker's. Its clocks begin.",
            tag="cases",
            scopes=("cases:write",),
            body=Content(shape=CaseWanted, example=examples.CASE_WANTED),
            answers=(Answer(status=201, text="The case.", contents=(SHOWN,), headers={"Location": "Where it is."}),),
            problems=common(*BODY, "not-found"),
        )
    },
)
async def open_case(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    who = by(request, parts)
    if who.kind != "watchdog":
        raise Refusal("forbidden", "Watchdogs open cases.")
    sight = visits.of(request).principal.sight(who.now.date())
    wanted = await inbound.body(request, CaseWanted)

    async def step(db: Any) -> CaseView:  # noqa: ANN401 - the store's connection, handed on
        return await cases.known(db, sight, who.now, await decide.open_in(db, parts.chance, who, wanted.opened()))

    return await acts.done(request, parts, step, acts.created("/v1/cases/{id}"))


@get(
    "/v1/cases/{case:str}",
    opt={
        OPERATION: Operation(
            id="get_case",
            summary="Read a case",
            text="A brand reads what it was shown: the month it was received, no day, no title, no notes.",
            tag="cases",
            scopes=("cases:read",),
            path={"case": CASE},
            answers=(Answer(status=200, text="The case.", contents=(SHOWN,), headers=VALIDATED), CACHED),
            problems=common("not-found"),
        )
    },
)
async def get_case(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    asked, now = inbound.path_id(request, "case", CaseId), parts.clock.now()
    sight = visits.of(request).principal.sight(now.date())
    found = await parts.database.run("get_case", lambda db: cases.known(db, sight, now, asked))
    return outbound.cached(request, found)


@patch(
    "/v1/cases/{case:str}",
    opt={
        OPERATION: Operation(
            id="change_case",
            summary="Change a case",
            text="A merge patch of class, condition, title, notes and whose task it is, by its watchdogs. With another"
            " class the running clocks begin anew; what is overdue stays missed.",
            tag="cases",
            scopes=("cases:write",),
            path={"case": CASE},
            body=Content(media=MERGE, shape=CaseChange, example=examples.CASE_CHANGE),
            match=True,
            answers=(Answer(status=200, text="As it is now.", contents=(SHOWN,), headers=VALIDATED),),
            problems=common(*BODY, "not-found"),
        )
    },
)
async def change_case(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    asked, who, patched = inbound.path_id(request, "case", CaseId), by(request, parts), await acts.patch(request)
    sight = visits.of(request).principal.sight(who.now.date())
    if who.kind != "watchdog":
        raise Refusal("forbidden", "Watchdogs change cases.")

    async def step(db: Any) -> CaseView:  # noqa: ANN401 - the store's connection, handed on
        await held(db, who, asked)
        now = await cases.known(db, sight, who.now, asked)
        acts.unchanged(request)(now)
        after = patched.on(
            CaseChange(
                cls=now.cls,
                title=now.title or "",
                condition=now.condition or None,
                notes=now.notes or None,
                assigned_to=now.assigned_to or None,
            )
        )
        await decide.change_in(db, parts.chance, who, asked, after.edited())
        return await cases.known(db, sight, who.now, asked)

    return await acts.done(request, parts, step, acts.told())
