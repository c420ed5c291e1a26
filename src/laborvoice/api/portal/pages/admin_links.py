"""What operators do with claims: each with what it may mean, to be confirmed to one or refused; and merging."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Operation
from laborvoice.api.paging import Cursors, List
from laborvoice.api.portal import inbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import Cursor, common
from laborvoice.api.portal.link_body import LinkConfirmed
from laborvoice.api.portal.links import LINK
from laborvoice.api.portal.outbound import paged
from laborvoice.api.portal.pages import html, posted
from laborvoice.api.portal.pages.links import end
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound
from laborvoice.domain.ids import LinkId, SupplierId
from laborvoice.errors import Conflict, NotFound
from laborvoice.pipeline import link
from laborvoice.pipeline.admit.merge import merge_in
from laborvoice.views import links
from laborvoice.web.forms import Form

ROWS: Final = 20
_ID: Final = "Write the id of a supplier, such as the one in the address of its page."
_SCOPES: Final = ("suppliers:write", "operator:write")
_BROKEN: Final = ("unsupported-media-type", "invalid-body")


class ClaimsPage(Inbound, frozen=True):
    cursor: Cursor | None = None


class Pair(Inbound, frozen=True):
    one: SupplierId
    into: SupplierId


@get(
    "/admin/links",
    opt={
        OPERATION: Operation(
            id="page_claims",
            summary="Claims",
            text="With candidates.",
            tag="pages",
            page=True,
            menu="Claims",
            scopes=("suppliers:read", "operator:read"),
            query=ClaimsPage,
            answers=(html.PAGE,),
            problems=common("invalid-cursor"),
        )
    },
)
async def show_claims(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    return await _page(request, parts, cursors, Form())


def _act(name: str, text: str, *problems: str, link: bool = True) -> Mapping[str, Operation]:
    return {
        OPERATION: Operation(
            id=name,
            summary=text,
            text=text,
            tag="pages",
            page=True,
            scopes=_SCOPES,
            path={"link": LINK} if link else {},
            query=None if link else ClaimsPage,
            body=html.FORM,
            answers=(html.SEE,),
            problems=common(*_BROKEN, "not-found", *problems),
        )
    }


@post("/admin/links/{link:str}/confirm", opt=_act("page_confirm_link", "Confirm a claim", "link-not-claimed"))
async def confirm_claim(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    principal, now = visits.of(request).principal, parts.clock.now()
    asked = inbound.path_id(request, "link", LinkId)
    sent = await posted.read(request, LinkConfirmed, {"supplier": _ID})
    if sent.value is None:
        return await _page(request, parts, cursors, sent.form)
    named = (asked, sent.value.supplier)
    try:
        await parts.database.run("confirm", lambda db: link.confirm_in(db, now, parts.chance, principal.actor, named))
    except NotFound:
        return await _page(request, parts, cursors, sent.refused("supplier", "There is no such claim or supplier."))
    return html.see("/admin/links", "link-confirmed")


@post("/admin/links/{link:str}/end", opt=_act("page_refuse_link", "Refuse a claim", "link-not-claimed"))
async def end_claim(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    await end(request, parts)
    return html.see("/admin/links", "link-ended")


@post("/admin/links", opt=_act("page_merge_suppliers", "Merge two suppliers", link=False))
async def merge_suppliers(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    principal, now = visits.of(request).principal, parts.clock.now()
    sent = await posted.read(request, Pair, {"one": _ID, "into": _ID})
    if sent.value is None:
        return await _page(request, parts, cursors, sent.form)
    pair = (sent.value.one, sent.value.into)
    try:
        await parts.database.run("merge", lambda db: merge_in(db, now, parts.chance, principal.actor, pair))
    except NotFound:
        return await _page(request, parts, cursors, sent.refused("one", "One of the two does not exist."))
    except Conflict as error:
        return await _page(request, parts, cursors, sent.refused("one", str(error)))
    return html.see("/admin/links", "suppliers-merged")


async def _page(request: Request[Any, Any, Any], parts: PortalParts, cursors: Cursors, form: Form) -> Response[bytes]:
    visit = visits.of(request)
    asked = request.query_params.get("cursor")
    of = List(party=visit.principal.party, path="/admin/links", filters=ClaimsPage())
    after = None if asked is None else cursors.read(of, asked, tuple[date, LinkId])
    sight = visit.principal.sight(parts.clock.now().date())
    rows = await links.considered(parts.database, sight, after, ROWS + 1)
    shown, cursor = paged(cursors, of, rows, ROWS, lambda row: (row.link.created_on, row.link.id))
    return html.filled(
        request,
        "admin_links.html",
        form,
        rows=shown,
        next="" if cursor is None else f"/admin/links?cursor={cursor}",
    )
