"""Doors to links: a brand claims, the operator or a covering watchdog confirms or refuses."""

from datetime import date
from typing import Any

from litestar import Request, Response, get, patch, post
from litestar.di import NamedDependency

from laborvoice.api.openapi import MERGE, OPERATION, Answer, Content, Operation, PathPart
from laborvoice.api.paging import Cursors, List
from laborvoice.api.portal import acts, inbound, outbound
from laborvoice.api.portal import registry_examples as examples
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import CACHED, LISTED, VALIDATED, Cursor, Limit, common
from laborvoice.api.portal.link_body import LinkChange, LinkClaimed, LinkConfirmed, LinkEnded, LinkWanted, claim_of
from laborvoice.api.problems import Refusal
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound, Value
from laborvoice.domain.ids import LinkId
from laborvoice.domain.link import LinkState
from laborvoice.pipeline import link
from laborvoice.pipeline.once import Reply
from laborvoice.views import links
from laborvoice.views.links import LinkDetail

LINK = PathPart(text="Id of a link.", example=str(examples.LINK_ID), shape=LinkId)
_BODY = ("unsupported-media-type", "malformed-json", "invalid-body")
_SHOWN = Content(shape=LinkDetail, example=examples.LINK)


class LinksQuery(Inbound, frozen=True):
    state: LinkState | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


class LinkList(Value, frozen=True):
    data: tuple[LinkDetail, ...]
    next_cursor: str | None
    has_more: bool


@post(
    "/v1/links",
    opt={
        OPERATION: Operation(
            id="claim_link",
            summary="Claim a link",
            text="A brand says that it buys from a supplier: by our id, by OS ID, or by name, address and country. The"
            " answer is the same for one we know, a new one, one that was claimed before and an invented one. Nothing"
            " can be read by a claim until the operator or a watchdog who covers the supplier confirms it.",
            tag="links",
            scopes=("suppliers:write",),
            body=Content(shape=LinkWanted, example=examples.CLAIM),
            once=True,
            answers=(
                Answer(
                    status=202,
                    text="Sent to review.",
                    contents=(Content(shape=LinkClaimed, example=examples.CLAIMED),),
                    headers={"Location": "Where what you typed is."},
                ),
            ),
            problems=common(*_BODY),
        )
    },
)
async def claim_link(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    principal, now = visits.of(request).principal, parts.clock.now()
    if principal.kind != "brand":
        raise Refusal("forbidden", "Only brands claim.")
    claim = claim_of(await inbound.body(request, LinkWanted), principal.party)

    async def step(db: Any) -> LinkClaimed:  # noqa: ANN401 - the store's connection, handed on
        made = await link.claim_in(db, now, parts.chance, principal.actor, [claim])
        return LinkClaimed(id=made[0], state="claimed")

    return await acts.done(request, parts, step, _accepted)


def _accepted(made: LinkClaimed) -> Reply:
    return Reply(status=202, body=outbound.encoded(made), headers=(("Location", f"/v1/links/{made.id}"),))


@get(
    "/v1/links",
    opt={
        OPERATION: Operation(
            id="list_links",
            summary="List links",
            text="A brand's own; a watchdog's are those of the suppliers it covers, an operator's all. The newest"
            " first. While a link is claimed, its brand reads what it typed and no supplier.",
            tag="links",
            scopes=("suppliers:read",),
            query=LinksQuery,
            query_example={"state": "claimed", "limit": 50},
            answers=(
                Answer(
                    status=200,
                    text="A page of links.",
                    contents=(Content(shape=LinkList, example=examples.LINKS),),
                    headers=LISTED,
                ),
                CACHED,
            ),
            problems=common("invalid-cursor"),
        )
    },
)
async def list_links(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    visit = visits.of(request)
    query = visit.query(LinksQuery)
    of = List(party=visit.principal.party, path=request.scope["path"], filters=query)
    after = None if query.cursor is None else cursors.read(of, query.cursor, tuple[date, LinkId])
    sight = visit.principal.sight(parts.clock.now().date())
    rows = await links.page(parts.database, sight, query.state, after, query.limit + 1)
    shown, cursor = outbound.paged(cursors, of, rows, query.limit, lambda row: (row.created_on, row.id))
    told = LinkList(data=shown, next_cursor=cursor, has_more=cursor is not None)
    return outbound.cached(request, told, outbound.next_link(request, cursor))


@get(
    "/v1/links/{link:str}",
    opt={
        OPERATION: Operation(
            id="get_link",
            summary="Read a link",
            text="As in the list.",
            tag="links",
            scopes=("suppliers:read",),
            path={"link": LINK},
            answers=(Answer(status=200, text="The link.", contents=(_SHOWN,), headers=VALIDATED), CACHED),
            problems=common("not-found"),
        )
    },
)
async def get_link(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    asked = inbound.path_id(request, "link", LinkId)
    sight = visits.of(request).principal.sight(parts.clock.now().date())
    return outbound.cached(request, await links.one(parts.database, sight, asked))


@patch(
    "/v1/links/{link:str}",
    opt={
        OPERATION: Operation(
            id="change_link",
            summary="Change a link",
            text="A merge patch of tier, role, last day and disclosure, by its brand or an operator.",
            tag="links",
            scopes=("suppliers:write",),
            path={"link": LINK},
            body=Content(media=MERGE, shape=LinkChange, example=examples.LINK_CHANGE),
            match=True,
            answers=(Answer(status=200, text="As it is now.", contents=(_SHOWN,), headers=VALIDATED),),
            problems=common(*_BODY, "not-found", "conflict"),
        )
    },
)
async def change_link(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    principal, now = visits.of(request).principal, parts.clock.now()
    asked, patched = inbound.path_id(request, "link", LinkId), await acts.patch(request)
    sight = principal.sight(now.date())

    async def step(db: Any) -> LinkDetail:  # noqa: ANN401 - the store's connection, handed on
        row = await link.held(db, principal.party, asked)
        acts.unchanged(request)(await links.known(db, sight, asked))
        before = LinkChange(tier=row.tier, role=row.role, to=row.to_day, disclosure=row.disclosure)
        after = patched.on(before)
        deal = link.Deal(tier=after.tier, role=after.role, to_day=after.to, disclosure=after.disclosure)
        await link.change_in(db, now, principal.actor, asked, deal)
        return await links.known(db, sight, asked)

    return await acts.done(request, parts, step, acts.told())


@post(
    "/v1/links/{link:str}/confirm",
    opt={
        OPERATION: Operation(
            id="confirm_link",
            summary="Confirm a claim",
            text="To the supplier named, by the operator or a watchdog that covers it.",
            tag="links",
            scopes=("suppliers:write",),
            path={"link": LINK},
            body=Content(shape=LinkConfirmed, example=examples.CONFIRM),
            once=True,
            answers=(Answer(status=200, text="As it is now.", contents=(_SHOWN,)),),
            problems=common(*_BODY, "not-found", "link-not-claimed"),
        )
    },
)
async def confirm_link(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    principal, now = visits.of(request).principal, parts.clock.now()
    asked, named = inbound.path_id(request, "link", LinkId), await inbound.body(request, LinkConfirmed)

    async def step(db: Any) -> LinkDetail:  # noqa: ANN401 - the store's connection, handed on
        await link.confirm_in(db, now, parts.chance, principal.actor, (asked, named.supplier))
        return await links.known(db, principal.sight(now.date()), asked)

    return await acts.done(request, parts, step, acts.told())


@post(
    "/v1/links/{link:str}/end",
    opt={
        OPERATION: Operation(
            id="end_link",
            summary="End a link, or refuse a claim",
            text="By its brand, or by who may confirm it. What ended after it was confirmed still shows the releases up"
            " to its last day.",
            tag="links",
            scopes=("suppliers:write",),
            path={"link": LINK},
            body=Content(shape=LinkEnded, example=examples.END),
            once=True,
            answers=(Answer(status=200, text="As it is now.", contents=(_SHOWN,)),),
            problems=common(*_BODY, "not-found", "link-not-claimed"),
        )
    },
)
async def end_link(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    principal, now = visits.of(request).principal, parts.clock.now()
    asked, named = inbound.path_id(request, "link", LinkId), await inbound.body(request, LinkEnded)

    async def step(db: Any) -> LinkDetail:  # noqa: ANN401 - the store's connection, handed on
        await link.end_in(db, now, parts.chance, principal.actor, (asked, named.reason))
        return await links.known(db, principal.sight(now.date()), asked)

    return await acts.done(request, parts, step, acts.told())
