"""Links as pages: a brand's own claims as it typed them, to add to and to end. No script is needed."""

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
from laborvoice.api.portal.link_body import LinkEnded, LinkWanted, claim_of
from laborvoice.api.portal.links import LINK
from laborvoice.api.portal.outbound import paged
from laborvoice.api.portal.pages import html, posted
from laborvoice.api.problems import Refusal
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound
from laborvoice.domain.ids import LinkId
from laborvoice.errors import BadField
from laborvoice.pipeline import link
from laborvoice.views import links
from laborvoice.web.forms import Form

ROWS: Final = 50
WORDS: Final[Mapping[str, str]] = {
    "os_id": "An OS ID has two letters, seven digits and six characters.",
    "name": "Write its name, at most 500 characters.",
    "address": "Write its address, at most 500 characters.",
    "country": "Write two capitals, such as BD.",
    "tier": "Choose a tier from 1 to 4.",
    "role": "Say what it does for you.",
    "from": "Choose the day from which you have bought from it.",
    "to": "Choose a day, or leave it out.",
    "source": "Say from where you know it.",
    "disclosure": "Choose public or private.",
}
TIERS: Final = (("1", "1, direct"), ("2", "2"), ("3", "3"), ("4", "4"))
DISCLOSURES: Final = (("private", "private"), ("public", "public: other brands with a public link may learn of it"))


class LinksPage(Inbound, frozen=True):
    cursor: Cursor | None = None


@get(
    "/links",
    opt={
        OPERATION: Operation(
            id="page_links",
            summary="Links",
            text="Own claims, as typed.",
            tag="pages",
            page=True,
            menu="Links",
            scopes=("suppliers:read",),
            query=LinksPage,
            answers=(html.PAGE,),
            problems=common("invalid-cursor"),
        )
    },
)
async def show_links(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    return await _page(request, parts, cursors, Form())


@post(
    "/links",
    opt={
        OPERATION: Operation(
            id="page_claim",
            summary="Claim a link",
            text="Sent to review, whatever is claimed.",
            tag="pages",
            page=True,
            scopes=("suppliers:write",),
            query=LinksPage,
            body=html.FORM,
            answers=(html.SEE,),
            problems=common("unsupported-media-type", "invalid-body"),
        )
    },
)
async def claim_link(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    principal, now = visits.of(request).principal, parts.clock.now()
    if principal.kind != "brand":
        raise Refusal("forbidden", "Only brands claim.")
    sent = await posted.read(request, LinkWanted, WORDS)
    if sent.value is None:
        return await _page(request, parts, cursors, sent.form)
    try:
        claim = claim_of(sent.value, principal.party)
    except BadField as error:
        return await _page(request, parts, cursors, sent.refused(error.pointer.removeprefix("/"), str(error)))
    await parts.database.run("claim", lambda db: link.claim_in(db, now, parts.chance, principal.actor, [claim]))
    return html.see("/links", "claim-sent")


@post(
    "/links/{link:str}/end",
    opt={
        OPERATION: Operation(
            id="page_end_link",
            summary="End a link",
            text="By its brand, or who may confirm it.",
            tag="pages",
            page=True,
            scopes=("suppliers:write",),
            path={"link": LINK},
            body=html.FORM,
            answers=(html.SEE,),
            problems=common("unsupported-media-type", "invalid-body", "not-found", "link-not-claimed"),
        )
    },
)
async def end_link(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    await end(request, parts)
    return html.see("/links", "link-ended")


async def end(request: Request[Any, Any, Any], parts: PortalParts) -> None:
    """Raises Refusal where no reason is given: the field asks for one."""
    principal, now = visits.of(request).principal, parts.clock.now()
    asked = inbound.path_id(request, "link", LinkId)
    sent = await posted.read(request, LinkEnded, {})
    if sent.value is None:
        raise Refusal("invalid-body")
    reason = sent.value.reason
    await parts.database.run("end", lambda db: link.end_in(db, now, parts.chance, principal.actor, (asked, reason)))


async def _page(request: Request[Any, Any, Any], parts: PortalParts, cursors: Cursors, form: Form) -> Response[bytes]:
    visit = visits.of(request)
    query = visit.query(LinksPage)
    sight = visit.principal.sight(parts.clock.now().date())
    of = List(party=visit.principal.party, path=request.scope["path"], filters=query)
    after = None if query.cursor is None else cursors.read(of, query.cursor, tuple[date, LinkId])
    rows = await links.page(parts.database, sight, None, after, ROWS + 1)
    shown, cursor = paged(cursors, of, rows, ROWS, lambda row: (row.created_on, row.id))
    return html.filled(
        request,
        "links.html",
        form,
        rows=shown,
        next="" if cursor is None else f"/links?cursor={cursor}",
        brand=visit.principal.kind == "brand",
        writes="suppliers:write" in visit.principal.scopes,
        tiers=TIERS,
        disclosures=DISCLOSURES,
        today=sight.today.isoformat(),
    )
