"""Doors to parties: brands, watchdogs and operators, for operators."""

from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Answer, Content, Operation, PathPart
from laborvoice.api.paging import Cursors, List
from laborvoice.api.portal import account_examples as examples
from laborvoice.api.portal import acts, inbound, outbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import Country, Cursor, Limit, Words, common
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound, Value
from laborvoice.domain.ids import PartyId
from laborvoice.domain.party import PartyKind
from laborvoice.pipeline import enrol
from laborvoice.views import accounts
from laborvoice.views.accounts import PartyView

PARTY: Final = PathPart(text="Id of a party.", example=str(examples.PARTY.id), shape=PartyId)


class PartiesQuery(Inbound, frozen=True):
    limit: Limit = 50
    cursor: Cursor | None = None


class PartyWanted(Inbound, frozen=True):
    kind: PartyKind
    name: Words
    country: Country


class PartyList(Value, frozen=True):
    data: tuple[PartyView, ...]
    next_cursor: str | None
    has_more: bool


@get(
    "/v1/parties",
    opt={
        OPERATION: Operation(
            id="list_parties",
            summary="List parties",
            text="All brands, watchdogs and operators.",
            tag="accounts",
            scopes=("operator:read",),
            query=PartiesQuery,
            query_example={"limit": 50},
            answers=(
                Answer(
                    status=200,
                    text="A page of parties.",
                    contents=(Content(shape=PartyList, example=examples.PARTIES),),
                    headers={"Link": "The next page, where there is one."},
                ),
            ),
            problems=common("invalid-cursor"),
        )
    },
)
async def list_parties(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    visit = visits.of(request)
    query = visit.query(PartiesQuery)
    of = List(party=visit.principal.party, path=request.scope["path"], filters=query)
    after = None if query.cursor is None else cursors.read(of, query.cursor, PartyId)
    rows = await accounts.all_parties(parts.database, after, query.limit + 1)
    shown, cursor = outbound.paged(cursors, of, rows, query.limit, lambda row: row.id)
    told = PartyList(data=shown, next_cursor=cursor, has_more=cursor is not None)
    return outbound.plain(outbound.encoded(told), headers=outbound.next_link(request, cursor))


@post(
    "/v1/parties",
    opt={
        OPERATION: Operation(
            id="create_party",
            summary="Enrol a party",
            text="Then invite its first admin.",
            tag="accounts",
            scopes=("operator:write",),
            body=Content(shape=PartyWanted, example={"kind": "brand", "name": "Example Brand", "country": "NL"}),
            answers=(
                Answer(
                    status=201,
                    text="The party.",
                    contents=(Content(shape=PartyView, example=examples.PARTY),),
                    headers={"Location": "The party."},
                ),
            ),
            problems=common("malformed-json", "invalid-body", "unsupported-media-type"),
        )
    },
)
async def create_party(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    wanted = await inbound.body(request, PartyWanted)
    actor, now = visits.of(request).principal.actor, parts.clock.now()
    who: tuple[PartyKind, str, str] = (wanted.kind, wanted.name, wanted.country)
    return await acts.done(
        request,
        parts,
        lambda db: enrol.party_in(db, now, parts.chance, who, actor),
        lambda made: acts.created("/v1/parties/{id}")(accounts.party_view(made)),
    )


@get(
    "/v1/parties/{party:str}",
    opt={
        OPERATION: Operation(
            id="get_party",
            summary="Read a party",
            text="Its kind, name and country.",
            tag="accounts",
            scopes=("operator:read",),
            path={"party": PARTY},
            answers=(
                Answer(status=200, text="The party.", contents=(Content(shape=PartyView, example=examples.PARTY),)),
            ),
            problems=common("not-found"),
        )
    },
)
async def get_party(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    one = inbound.path_id(request, "party", PartyId)
    return outbound.plain(outbound.encoded(await accounts.one_party(parts.database, one)))
