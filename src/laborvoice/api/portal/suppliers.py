"""Doors to suppliers."""

from datetime import date
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Answer, Content, Operation
from laborvoice.api.paging import Cursors, List
from laborvoice.api.portal import examples, inbound, outbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import (
    CACHED,
    LISTED,
    SUPPLIER,
    VALIDATED,
    Country,
    Cursor,
    Limit,
    Sector,
    Words,
    common,
)
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound, Value
from laborvoice.domain.ids import SupplierId
from laborvoice.domain.score import Band
from laborvoice.domain.supplier import Filter, SupplierKind
from laborvoice.views import suppliers
from laborvoice.views.suppliers import SupplierView


class SuppliersQuery(Inbound, frozen=True):
    country: Country | None = None
    kind: SupplierKind | None = None
    sector: Sector | None = None
    band: Band | None = None
    q: Words | None = None
    updated_since: date | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


class SupplierList(Value, frozen=True):
    data: tuple[SupplierView, ...]
    next_cursor: str | None
    has_more: bool


@get(
    "/v1/suppliers",
    opt={
        OPERATION: Operation(
            id="list_suppliers",
            summary="List suppliers",
            text="The suppliers you may see, by name: a brand those it has a confirmed link to, a watchdog those it"
            " covers. `q` is looked for in names, or is an OS ID; `band` is that of the newest score you may see.",
            tag="suppliers",
            scopes=("suppliers:read",),
            query=SuppliersQuery,
            query_example={"country": "BD", "limit": 50},
            answers=(
                Answer(
                    status=200,
                    text="A page of suppliers.",
                    contents=(Content(shape=SupplierList, example=examples.SUPPLIERS),),
                    headers=LISTED,
                ),
                CACHED,
            ),
            problems=common("invalid-cursor"),
        )
    },
)
async def list_suppliers(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    visit = visits.of(request)
    query = visit.query(SuppliersQuery)
    of = List(party=visit.principal.party, path=request.scope["path"], filters=query)
    narrow = Filter(
        country=query.country,
        kind=query.kind,
        sector=query.sector,
        q=query.q,
        band=query.band,
        updated_since=query.updated_since,
        after=None if query.cursor is None else cursors.read(of, query.cursor, tuple[str, SupplierId]),
    )
    sight = visit.principal.sight(parts.clock.now().date())
    rows = await suppliers.page(parts.database, sight, narrow, query.limit + 1)
    shown, cursor = outbound.paged(cursors, of, rows, query.limit, lambda row: (row.name, row.id))
    told = SupplierList(data=shown, next_cursor=cursor, has_more=cursor is not None)
    return outbound.cached(request, told, outbound.next_link(request, cursor))


@get(
    "/v1/suppliers/{supplier:str}",
    opt={
        OPERATION: Operation(
            id="get_supplier",
            summary="Read a supplier",
            text="A supplier with your own links to it. One that was merged answers with the survivor.",
            tag="suppliers",
            scopes=("suppliers:read",),
            path={"supplier": SUPPLIER},
            answers=(
                Answer(
                    status=200,
                    text="The supplier.",
                    contents=(Content(shape=SupplierView, example=examples.SUPPLIER),),
                    headers={**VALIDATED, "Content-Location": "Where the survivor is, of one that was merged."},
                ),
                CACHED,
            ),
            problems=common("not-found"),
        )
    },
)
async def get_supplier(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    asked = inbound.path_id(request, "supplier", SupplierId)
    sight = visits.of(request).principal.sight(parts.clock.now().date())
    found = await suppliers.one(parts.database, sight, asked)
    elsewhere = {} if found.id == asked else {"Content-Location": f"/v1/suppliers/{found.id}"}
    return outbound.cached(request, found, elsewhere)
