"""Doors to what became of an endpoint's messages: deliveries, attempts, recoveries, and one more time."""

from datetime import datetime
from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Answer, Content, Operation, PathPart
from laborvoice.api.paging import Cursors, List
from laborvoice.api.portal import acts, inbound, outbound
from laborvoice.api.portal import endpoint_examples as examples
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import LISTED, Cursor, Limit, common
from laborvoice.api.portal.endpoints import ENDPOINT
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound, Value
from laborvoice.domain.endpoint import DeliveryState
from laborvoice.domain.ids import DeliveryId, EndpointId, JobId
from laborvoice.pipeline.subscribe import again, change
from laborvoice.views import endpoints
from laborvoice.views.endpoints import AttemptView, DeliveryView, RecoveryView

Asked = Request[Any, Any, Any]

RECOVERIES: Final = 50
DELIVERY: Final = PathPart(text="Id of a delivery.", example=str(examples.DELIVERY_ID), shape=DeliveryId)
JOB: Final = PathPart(text="Id of a recovery.", example=str(examples.JOB_ID), shape=JobId)


class DeliveriesQuery(Inbound, frozen=True):
    state: DeliveryState | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


class DeliveryList(Value, frozen=True):
    data: tuple[DeliveryView, ...]
    next_cursor: str | None
    has_more: bool


class AttemptList(Value, frozen=True):
    data: tuple[AttemptView, ...]


class RecoveryList(Value, frozen=True):
    data: tuple[RecoveryView, ...]


@get(
    "/v1/endpoints/{endpoint:str}/deliveries",
    opt={
        OPERATION: Operation(
            id="list_deliveries",
            summary="List deliveries",
            text="What is tried last, or was settled last, comes first. Those that are done go after a day.",
            tag="endpoints",
            scopes=("endpoints:read",),
            path={"endpoint": ENDPOINT},
            query=DeliveriesQuery,
            query_example={"state": "dead", "limit": 50},
            answers=(
                Answer(
                    status=200,
                    text="A page of deliveries.",
                    contents=(Content(shape=DeliveryList, example=examples.DELIVERIES),),
                    headers={"Link": LISTED["Link"]},
                ),
            ),
            problems=common("not-found", "invalid-cursor"),
        )
    },
)
async def list_deliveries(
    request: Asked, parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    asked, visit = inbound.path_id(request, "endpoint", EndpointId), visits.of(request)
    query = visit.query(DeliveriesQuery)
    of = List(party=visit.principal.party, path=request.scope["path"], filters=query)
    after = None if query.cursor is None else cursors.read(of, query.cursor, tuple[datetime, DeliveryId])
    narrow = endpoints.Narrow(endpoint=asked, state=query.state, after=after)
    sight = visit.principal.sight(parts.clock.now().date())
    rows = await endpoints.deliveries(parts.database, sight, narrow, query.limit + 1)
    shown, cursor = outbound.paged(cursors, of, rows, query.limit, lambda row: (row.at, row.id))
    told = DeliveryList(data=shown, next_cursor=cursor, has_more=cursor is not None)
    return outbound.plain(outbound.encoded(told), headers=outbound.next_link(request, cursor))


@get(
    "/v1/endpoints/{endpoint:str}/deliveries/{delivery:str}/attempts",
    opt={
        OPERATION: Operation(
            id="list_attempts",
            summary="List the attempts of a delivery",
            text="What the receiver answered: some headers, and the beginning of the body, e-mail addresses and"
            " telephone numbers masked. Kept for 30 days. An operator sees neither.",
            tag="endpoints",
            scopes=("endpoints:read",),
            path={"endpoint": ENDPOINT, "delivery": DELIVERY},
            answers=(
                Answer(
                    status=200,
                    text="The oldest first.",
                    contents=(Content(shape=AttemptList, example=examples.ATTEMPTS),),
                ),
            ),
            problems=common("not-found"),
        )
    },
)
async def list_attempts(request: Asked, parts: NamedDependency[PortalParts]) -> Response[bytes]:
    asked = inbound.path_id(request, "endpoint", EndpointId)
    delivery = inbound.path_id(request, "delivery", DeliveryId)
    found = await endpoints.attempts(
        parts.database, visits.of(request).principal.sight(parts.clock.now().date()), asked, delivery
    )
    return outbound.plain(outbound.encoded(AttemptList(data=found)))


@post(
    "/v1/endpoints/{endpoint:str}/deliveries/{delivery:str}/replay",
    status_code=202,
    opt={
        OPERATION: Operation(
            id="replay_delivery",
            summary="Send a delivery again",
            text="A new delivery of the same event: its `webhook-id` is the same, so a receiver that has it drops it.",
            tag="endpoints",
            scopes=("endpoints:write",),
            path={"endpoint": ENDPOINT, "delivery": DELIVERY},
            answers=(
                Answer(
                    status=202,
                    text="The new delivery.",
                    contents=(Content(shape=DeliveryView, example=examples.DELIVERY),),
                ),
            ),
            problems=common("not-found", "conflict", "endpoint-not-verified"),
        )
    },
)
async def replay_delivery(request: Asked, parts: NamedDependency[PortalParts]) -> Response[bytes]:
    asked, now = inbound.path_id(request, "endpoint", EndpointId), parts.clock.now()
    delivery, party = inbound.path_id(request, "delivery", DeliveryId), visits.of(request).principal.party

    async def step(db: Any) -> DeliveryView:  # noqa: ANN401 - the store's connection, handed on
        one = await change.held(db, party, asked)
        return endpoints.told(await again.replay_in(db, now, parts.chance, one, delivery))

    return await acts.done(request, parts, step, acts.told(202))


@get(
    "/v1/endpoints/{endpoint:str}/recoveries",
    opt={
        OPERATION: Operation(
            id="list_recoveries",
            summary="List recoveries",
            text="The last 50, the newest first.",
            tag="endpoints",
            scopes=("endpoints:read",),
            path={"endpoint": ENDPOINT},
            answers=(
                Answer(
                    status=200,
                    text="Recoveries.",
                    contents=(Content(shape=RecoveryList, example=examples.RECOVERIES),),
                ),
            ),
            problems=common("not-found"),
        )
    },
)
async def list_recoveries(request: Asked, parts: NamedDependency[PortalParts]) -> Response[bytes]:
    asked = inbound.path_id(request, "endpoint", EndpointId)
    found = await endpoints.recoveries(
        parts.database, visits.of(request).principal.sight(parts.clock.now().date()), asked, RECOVERIES
    )
    return outbound.plain(outbound.encoded(RecoveryList(data=found)))


@get(
    "/v1/endpoints/{endpoint:str}/recoveries/{job:str}",
    opt={
        OPERATION: Operation(
            id="get_recovery",
            summary="Read how far a recovery is",
            text="It goes on after a restart of ours.",
            tag="endpoints",
            scopes=("endpoints:read",),
            path={"endpoint": ENDPOINT, "job": JOB},
            answers=(
                Answer(
                    status=200,
                    text="The recovery.",
                    contents=(Content(shape=RecoveryView, example=examples.RECOVERY),),
                ),
            ),
            problems=common("not-found"),
        )
    },
)
async def get_recovery(request: Asked, parts: NamedDependency[PortalParts]) -> Response[bytes]:
    asked, job = inbound.path_id(request, "endpoint", EndpointId), inbound.path_id(request, "job", JobId)
    found = await endpoints.recovery_of(
        parts.database, visits.of(request).principal.sight(parts.clock.now().date()), asked, job
    )
    return outbound.plain(outbound.encoded(found))
