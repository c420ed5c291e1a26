"""Doors to releases."""

from datetime import date
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Answer, Content, Operation, PathPart
from laborvoice.api.paging import Cursors, List
from laborvoice.api.portal import examples, inbound, outbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import CACHED, LISTED, SUPPLIER, VALIDATED, Cursor, Limit, common
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound, Value
from laborvoice.domain.ids import ReleaseId, SupplierId
from laborvoice.domain.period import Period
from laborvoice.views import releases
from laborvoice.views.releases import ReleaseView


class PageQuery(Inbound, frozen=True):
    limit: Limit = 50
    cursor: Cursor | None = None


class ReleaseList(Value, frozen=True):
    data: tuple[ReleaseView, ...]
    next_cursor: str | None
    has_more: bool


@get(
    "/v1/suppliers/{supplier:str}/releases",
    opt={
        OPERATION: Operation(
            id="list_releases",
            summary="List the releases of a supplier",
            text="Published and withheld periods that you may see, newest first.",
            tag="releases",
            scopes=("scores:read",),
            path={"supplier": SUPPLIER},
            query=PageQuery,
            answers=(
                Answer(
                    status=200,
                    text="A page of releases.",
                    contents=(Content(shape=ReleaseList, example=examples.RELEASES),),
                    headers=LISTED,
                ),
                CACHED,
            ),
            problems=common("invalid-cursor", "not-found"),
        )
    },
)
async def list_releases(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    visit = visits.of(request)
    query = visit.query(PageQuery)
    of = List(party=visit.principal.party, path=request.scope["path"], filters=query)
    before = date.max if query.cursor is None else cursors.read(of, query.cursor, date)
    rows = await releases.page(
        parts.database,
        visit.principal.sight(parts.clock.now().date()),
        inbound.path_id(request, "supplier", SupplierId),
        before,
        query.limit + 1,
    )
    shown, cursor = outbound.paged(cursors, of, rows, query.limit, lambda row: Period.parse(row.period).end)
    told = ReleaseList(data=shown, next_cursor=cursor, has_more=cursor is not None)
    return outbound.cached(request, told, outbound.next_link(request, cursor))


@get(
    "/v1/releases/{release:str}",
    opt={
        OPERATION: Operation(
            id="get_release",
            summary="Read a release",
            text="The noised totals of one supplier and period: written once, the source of every number shown.",
            tag="releases",
            scopes=("scores:read",),
            path={
                "release": PathPart(text="Id of a release.", example="rel_1vgvkpez469jqtcz423kd5we15", shape=ReleaseId)
            },
            answers=(
                Answer(
                    status=200,
                    text="The release.",
                    contents=(Content(shape=ReleaseView, example=examples.RELEASE),),
                    headers=VALIDATED,
                ),
                CACHED,
            ),
            problems=common("not-found"),
        )
    },
)
async def get_release(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    sight = visits.of(request).principal.sight(parts.clock.now().date())
    found = await releases.one(parts.database, sight, inbound.path_id(request, "release", ReleaseId))
    return outbound.cached(request, found)
