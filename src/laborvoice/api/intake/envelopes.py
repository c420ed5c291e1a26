"""The ballot slot: whatever an envelope holds, the answer is the same and leaves on the tick (design, privacy 5)."""

from typing import Final

from litestar.handlers import ASGIRouteHandler, asgi
from litestar.types import Receive, Scope, Send

from laborvoice.api import hygiene
from laborvoice.bootstrap.intake import IntakeParts

ACCEPTED: Final = 202


def route(parts: IntakeParts) -> ASGIRouteHandler:
    @asgi("/v1/envelopes", copy_scope=False)
    async def cast(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 - litestar asks for the name
        body = await hygiene.read(receive)
        if body is None:
            return
        since = parts.clock.monotonic()
        await parts.envelopes.put(parts.seat(body), since)
        await hygiene.answer(send, ACCEPTED, b"")

    return cast
