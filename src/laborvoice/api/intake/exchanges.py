"""An invite goes in, blind signatures or as many bytes of filler come out, on a whole second (design, privacy 4)."""

from typing import Final

from litestar.handlers import ASGIRouteHandler, asgi
from litestar.types import Receive, Scope, Send

from laborvoice.api import hygiene
from laborvoice.bootstrap.intake import IntakeParts
from laborvoice.pipeline import exchange
from laborvoice.spooler import tick

OK: Final = 200
TICK: Final = 1.0
HEADERS: Final = ((b"content-type", b"application/octet-stream"),)


def route(parts: IntakeParts) -> ASGIRouteHandler:
    async def outcome(body: bytes) -> bytes:
        judged = exchange.judge(body, parts.gate.accepted)
        if isinstance(judged, bytes):
            return judged
        await parts.asks.put(judged)
        return await parts.answers.wait(judged.request_hash, exchange.PATIENCE)

    @asgi("/v1/exchanges", copy_scope=False)
    async def swap(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 - litestar asks for the name
        body = await hygiene.read(receive)
        if body is None:
            return
        since = parts.clock.monotonic()
        answer = await outcome(body)
        await tick(parts.clock, since, TICK)
        await hygiene.answer(send, OK, answer, HEADERS)

    return swap
