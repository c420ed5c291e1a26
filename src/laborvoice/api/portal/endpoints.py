"""Doors to endpoints: where a party has its events sent."""

from typing import Any, Final

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency

from laborvoice.api.openapi import MERGE, OPERATION, Answer, Content, Operation, PathPart
from laborvoice.api.paging import Cursors, List
from laborvoice.api.portal import acts, inbound, outbound
from laborvoice.api.portal import endpoint_examples as examples
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import CACHED, LISTED, VALIDATED, Cursor, Limit, common
from laborvoice.api.portal.probes import Probes
from laborvoice.api.problems import Pointed, Refusal
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound, Value
from laborvoice.domain.endpoint import NewEndpoint
from laborvoice.domain.ids import EndpointId
from laborvoice.errors import BlockedAddress
from laborvoice.pipeline import subscribe
from laborvoice.pipeline.once import Reply
from laborvoice.pipeline.subscribe import change
from laborvoice.views import endpoints
from laborvoice.views.endpoints import EndpointMade, EndpointView

ENDPOINT: Final = PathPart(text="Id of an endpoint.", example=str(examples.ENDPOINT_ID), shape=EndpointId)
SHOWN: Final = Answer(
    status=200, text="As it stands now.", contents=(Content(shape=EndpointView, example=examples.ENDPOINT),)
)


class EndpointsQuery(Inbound, frozen=True):
    limit: Limit = 50
    cursor: Cursor | None = None


class EndpointList(Value, frozen=True):
    data: tuple[EndpointView, ...]
    next_cursor: str | None
    has_more: bool


def stored(parts: PortalParts, wanted: NewEndpoint) -> NewEndpoint:
    """With its URL in the form that is kept. Raises Refusal, naming the field and the rule."""
    try:
        return msgspec.structs.replace(wanted, url=parts.urls.stored(wanted.url))
    except BlockedAddress as error:
        raise Refusal("invalid-body", faults=(Pointed(pointer="/url", detail=str(error)),)) from None


@get(
    "/v1/endpoints",
    opt={
        OPERATION: Operation(
            id="list_endpoints",
            summary="List endpoints",
            text="Your own; an operator's are all there are, without their headers.",
            tag="endpoints",
            scopes=("endpoints:read",),
            query=EndpointsQuery,
            query_example={"limit": 50},
            answers=(
                Answer(
                    status=200,
                    text="A page of endpoints.",
                    contents=(Content(shape=EndpointList, example=examples.ENDPOINTS),),
                    headers=LISTED,
                ),
                CACHED,
            ),
            problems=common("invalid-cursor"),
        )
    },
)
async def list_endpoints(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    visit, now = visits.of(request), parts.clock.now()
    query = visit.query(EndpointsQuery)
    of = List(party=visit.principal.party, path=request.scope["path"], filters=query)
    after = None if query.cursor is None else cursors.read(of, query.cursor, EndpointId)
    rows = await endpoints.page(parts.database, visit.principal.sight(now.date()), after, query.limit + 1, now)
    shown, cursor = outbound.paged(cursors, of, rows, query.limit, lambda row: row.id)
    told = EndpointList(data=shown, next_cursor=cursor, has_more=cursor is not None)
    return outbound.cached(request, told, outbound.next_link(request, cursor))


@post(
    "/v1/endpoints",
    opt={
        OPERATION: Operation(
            id="create_endpoint",
            summary="Make an endpoint",
            text="It is `pending` until its receiver, or you, answer the challenge of the `endpoint.verify` event that"
            " is on its way. The secret is in this answer and in no other. At most 20 endpoints.",
            tag="endpoints",
            scopes=("endpoints:write",),
            body=Content(shape=NewEndpoint, example=examples.NEW),
            answers=(
                Answer(
                    status=201,
                    text="It is made, and this is its secret.",
                    contents=(Content(shape=EndpointMade, example=examples.MADE),),
                    headers={"Location": "Where it is."},
                ),
            ),
            problems=common(
                "unsupported-media-type",
                "malformed-json",
                "not-found",
                "conflict",
                "secret-already-shown",
                "invalid-body",
            ),
        )
    },
)
async def create_endpoint(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], probes: NamedDependency[Probes]
) -> Response[bytes]:
    wanted = stored(parts, await inbound.body(request, NewEndpoint))
    party, now = visits.of(request).principal.party, parts.clock.now()

    async def step(db: Any) -> EndpointMade:  # noqa: ANN401 - the store's connection, handed on
        probes.take(party)
        one, secret = await subscribe.subscribe_in(db, now, parts.chance, party, wanted)
        return endpoints.made(await endpoints.shown(db, one, now), secret)

    return await acts.done(request, parts, step, _created)


def _created(made: EndpointMade) -> Reply:
    where = f"/v1/endpoints/{made.id}"
    return Reply(status=201, body=outbound.encoded(made), headers=(("Location", where),), secret_at=where)


@get(
    "/v1/endpoints/{endpoint:str}",
    opt={
        OPERATION: Operation(
            id="get_endpoint",
            summary="Read an endpoint",
            text="What it is sent, and how it stands.",
            tag="endpoints",
            scopes=("endpoints:read",),
            path={"endpoint": ENDPOINT},
            answers=(
                Answer(
                    status=200,
                    text="The endpoint.",
                    contents=(Content(shape=EndpointView, example=examples.ENDPOINT),),
                    headers=VALIDATED,
                ),
                CACHED,
            ),
            problems=common("not-found"),
        )
    },
)
async def get_endpoint(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    asked, now = inbound.path_id(request, "endpoint", EndpointId), parts.clock.now()
    sight = visits.of(request).principal.sight(now.date())
    return outbound.cached(request, await endpoints.one(parts.database, sight, asked, now))


@patch(
    "/v1/endpoints/{endpoint:str}",
    opt={
        OPERATION: Operation(
            id="change_endpoint",
            summary="Change an endpoint",
            text="A merge patch. At another URL it has to be verified again.",
            tag="endpoints",
            scopes=("endpoints:write",),
            path={"endpoint": ENDPOINT},
            body=Content(media=MERGE, shape=NewEndpoint, example=examples.PATCH),
            match=True,
            answers=(SHOWN,),
            problems=common("unsupported-media-type", "malformed-json", "not-found", "invalid-body"),
        )
    },
)
async def change_endpoint(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], probes: NamedDependency[Probes]
) -> Response[bytes]:
    asked, now = inbound.path_id(request, "endpoint", EndpointId), parts.clock.now()
    viewer = visits.of(request).principal.sight(now.date())
    patched, unchanged = await acts.patch(request), acts.unchanged(request)

    async def step(db: Any) -> EndpointView:  # noqa: ANN401 - the store's connection, handed on
        one = await change.held(db, viewer.party, asked)
        unchanged(await endpoints.shown(db, one, now))
        wanted = stored(parts, patched.on(change.as_wanted(one)))
        if wanted.url != one.url:
            probes.take(viewer.party)
        return await endpoints.shown(db, await change.revise_in(db, now, parts.chance, viewer, one, wanted), now)

    return await acts.done(request, parts, step, acts.told())


@delete(
    "/v1/endpoints/{endpoint:str}",
    status_code=200,  # the default, 204, takes no Response
    opt={
        OPERATION: Operation(
            id="delete_endpoint",
            summary="Delete an endpoint",
            text="With its secrets, its deliveries and all that was kept of its receiver's answers.",
            tag="endpoints",
            scopes=("endpoints:write",),
            path={"endpoint": ENDPOINT},
            answers=(Answer(status=204, text="It is gone."),),
            problems=common("not-found"),
        )
    },
)
async def delete_endpoint(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    asked, party = inbound.path_id(request, "endpoint", EndpointId), visits.of(request).principal.party

    async def step(db: Any) -> None:  # noqa: ANN401 - the store's connection, handed on
        await change.remove_in(db, await change.held(db, party, asked))

    return await acts.done(request, parts, step, acts.nothing)
