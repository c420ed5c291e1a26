"""Each request is judged before its door opens: credential, rate, scope, the types it accepts, its parameters."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from laborvoice.api.auth import Doorkeeper
from laborvoice.api.openapi import OPERATION, Operation
from laborvoice.api.portal import inbound
from laborvoice.api.portal import visit as visits
from laborvoice.domain import Inbound

Guard = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Awaitable[None]]


class Nothing(Inbound, frozen=True):
    """No parameter at all."""


def judge(doorkeeper: Doorkeeper) -> Guard:
    async def judged(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        operation: Operation = handler.opt[OPERATION]
        visit = visits.of(connection)
        visit.route = operation.id
        if operation.scopes:
            authorization = connection.headers.get("authorization", "")
            visit.enter(await doorkeeper.admit(authorization, operation.scopes, visit.told))
        visit.media = inbound.accepted(connection.headers.get("accept", ""), operation.media)
        visit.ask(inbound.query(connection.scope["query_string"], operation.query or Nothing))

    return judged
