"""Doors to campaigns and the cards that are printed for them."""

from datetime import date
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from laborvoice.api.openapi import JSON, OPERATION, Answer, Content, Operation, PathPart
from laborvoice.api.paging import Cursors, List
from laborvoice.api.portal import acts, inbound, outbound
from laborvoice.api.portal import registry_examples as examples
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.campaign_body import (
    HTML,
    CampaignWanted,
    CardsPrinted,
    InvitesWanted,
    cards_of,
    sheets_of,
    wanted_of,
)
from laborvoice.api.portal.common import CACHED, LISTED, VALIDATED, Cursor, Limit, common
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound, Value
from laborvoice.domain.ids import CampaignId
from laborvoice.pipeline import invite
from laborvoice.pipeline.once import Reply
from laborvoice.views import campaigns, suppliers
from laborvoice.views.campaigns import CampaignView
from laborvoice.web import cards

CAMPAIGN = PathPart(text="Id of a campaign.", example=str(examples.CAMPAIGN_ID), shape=CampaignId)
_BODY = ("unsupported-media-type", "malformed-json", "invalid-body", "not-found")
_SHOWN = Content(shape=CampaignView, example=examples.CAMPAIGN)


class CampaignsQuery(Inbound, frozen=True):
    limit: Limit = 50
    cursor: Cursor | None = None


class CampaignList(Value, frozen=True):
    data: tuple[CampaignView, ...]
    next_cursor: str | None
    has_more: bool


@get(
    "/v1/campaigns",
    opt={
        OPERATION: Operation(
            id="list_campaigns",
            summary="List campaigns",
            text="A watchdog's are those of the suppliers it covers. The newest first.",
            tag="campaigns",
            scopes=("campaigns:read",),
            query=CampaignsQuery,
            query_example={"limit": 50},
            answers=(
                Answer(
                    status=200,
                    text="A page of campaigns.",
                    contents=(Content(shape=CampaignList, example=examples.CAMPAIGNS),),
                    headers=LISTED,
                ),
                CACHED,
            ),
            problems=common("invalid-cursor"),
        )
    },
)
async def list_campaigns(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    visit = visits.of(request)
    query = visit.query(CampaignsQuery)
    of = List(party=visit.principal.party, path=request.scope["path"], filters=query)
    after = None if query.cursor is None else cursors.read(of, query.cursor, tuple[date, CampaignId])
    sight = visit.principal.sight(parts.clock.now().date())
    rows = await campaigns.page(parts.database, sight, after, query.limit + 1)
    shown, cursor = outbound.paged(cursors, of, rows, query.limit, lambda row: (row.created_on, row.id))
    told = CampaignList(data=shown, next_cursor=cursor, has_more=cursor is not None)
    return outbound.cached(request, told, outbound.next_link(request, cursor))


@get(
    "/v1/campaigns/{campaign:str}",
    opt={
        OPERATION: Operation(
            id="get_campaign",
            summary="Read a campaign",
            text="`enrolled` is how many invites were printed, to the nearest 10. How many were opened nobody is told.",
            tag="campaigns",
            scopes=("campaigns:read",),
            path={"campaign": CAMPAIGN},
            answers=(Answer(status=200, text="The campaign.", contents=(_SHOWN,), headers=VALIDATED), CACHED),
            problems=common("not-found"),
        )
    },
)
async def get_campaign(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    asked = inbound.path_id(request, "campaign", CampaignId)
    sight = visits.of(request).principal.sight(parts.clock.now().date())
    return outbound.cached(request, await campaigns.one(parts.database, sight, asked))


@post(
    "/v1/campaigns",
    opt={
        OPERATION: Operation(
            id="open_campaign",
            summary="Open a campaign",
            text="Refused where contact itself endangers; without a help number for the country or a watchdog on duty;"
            " for so few people that there would be under 20 invites; beside another campaign in the same period. Where"
            " engagement is restricted a covering watchdog opens it, and watchdogs alone hand out the invites.",
            tag="campaigns",
            scopes=("campaigns:write",),
            body=Content(shape=CampaignWanted, example=examples.CAMPAIGN_WANTED),
            answers=(Answer(status=201, text="It is open.", contents=(_SHOWN,), headers={"Location": "Where it is."}),),
            problems=common(*_BODY, "conflict", "engagement-prohibited"),
        )
    },
)
async def open_campaign(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    principal, now = visits.of(request).principal, parts.clock.now()
    body = await inbound.body(request, CampaignWanted)
    sight = principal.sight(now.date())

    async def step(db: Any) -> CampaignView:  # noqa: ANN401 - the store's connection, handed on
        site = await suppliers.known(db, sight, body.supplier)
        wanted = wanted_of(body, site.id, principal)
        opened = await invite.campaign_in(db, now, parts.chance, principal.actor, wanted)
        return await campaigns.known(db, sight, opened.campaign)

    return await acts.done(request, parts, step, acts.created("/v1/campaigns/{id}"))


@post(
    "/v1/campaigns/{campaign:str}/invites",
    opt={
        OPERATION: Operation(
            id="print_invites",
            summary="Print invites",
            text="Cards in random order. Their codes are in this answer and nowhere else: of each only a hash is kept,"
            " and the same request again is answered 409. As `html`: A4 sheets of eight, to be printed.",
            tag="campaigns",
            scopes=("campaigns:write",),
            path={"campaign": CAMPAIGN},
            body=Content(shape=InvitesWanted, example=examples.INVITES_WANTED),
            once=True,
            answers=(
                Answer(
                    status=200,
                    text="The cards.",
                    contents=(Content(shape=CardsPrinted, example=examples.CARDS), Content(media=HTML)),
                ),
            ),
            problems=common(*_BODY, "conflict", "secret-already-shown"),
        )
    },
)
async def print_invites(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    principal, now = visits.of(request).principal, parts.clock.now()
    asked, body = inbound.path_id(request, "campaign", CampaignId), await inbound.body(request, InvitesWanted)
    sight = principal.sight(now.date())

    async def step(db: Any) -> Reply:  # noqa: ANN401 - the store's connection, handed on
        imprint = await campaigns.imprint(db, sight, asked)
        made = await invite.print_in(db, now, parts.chance, principal.actor, (asked, body.count))
        where = f"/v1/campaigns/{asked}"
        if body.format == "json":
            return Reply(status=200, body=outbound.encoded(cards_of(imprint, made)), media=JSON, secret_at=where)
        policy = (("Content-Security-Policy", cards.policy()),)
        html = sheets_of(imprint, made, body.language)
        return Reply(status=200, body=html, media=HTML, headers=policy, secret_at=where)

    return await acts.done(request, parts, step, lambda reply: reply)
