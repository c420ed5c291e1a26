"""One request hidden in another, and paths that climb: said raw to the server and to both doors.

Whatever a proxy and we could read differently must not begin a second request: its answer would be somebody else's.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from laborvoice.api.intake.app import create_intake_app
from laborvoice.api.portal.app import create_portal_app
from laborvoice.bootstrap.intake import open_intake
from laborvoice.bootstrap.portal import open_portal
from laborvoice.chance import SystemChance
from laborvoice.serve import Bounds, serve
from laborvoice.settings import IntakeSettings, PortalSettings
from laborvoice.settings.kinds import Bind, Secret
from support.known import QuickClock
from support.scene import Roles

ORIGIN = "https://voice.example"
HIDDEN = b"GET /hidden HTTP/1.1\r\nhost: x\r\n\r\n"
LONG = Bounds(head_seconds=60, body_seconds=60)
PATIENCE = 20
DAY = datetime(2026, 11, 12, tzinfo=UTC)


class App:
    """Says which paths it was asked for."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.paths.append(scope["path"])
        message = await receive()
        while message.get("more_body"):
            message = await receive()
        if message["type"] == "http.disconnect":
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})


@asynccontextmanager
async def served(app: Any) -> AsyncGenerator[int]:
    """Its port."""
    stop = asyncio.Event()
    ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    bind = Bind(host="127.0.0.1", port=0)
    serving = asyncio.create_task(serve(app, bind, bounds=LONG, stop=stop, on_ready=ready.set_result))
    try:
        yield await ready
    finally:
        stop.set()
        await serving


async def said(port: int, sent: bytes) -> bytes:
    """All that is answered until the other side, told that nothing more comes, is done."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(sent)
        writer.write_eof()
        return await asyncio.wait_for(reader.read(), PATIENCE)
    except ConnectionError:
        return b""
    finally:
        writer.close()


def post(*lines: bytes, body: bytes) -> bytes:
    return b"\r\n".join((b"POST /open HTTP/1.1", b"host: x", *lines, b"", body))


CHUNKED = b"0\r\n\r\n" + HIDDEN
AMBIGUOUS = {
    "length and chunks": post(b"content-length: %d" % len(CHUNKED), b"transfer-encoding: chunked", body=CHUNKED),
    "chunks and length": post(b"transfer-encoding: chunked", b"content-length: %d" % len(CHUNKED), body=CHUNKED),
    "two lengths": post(b"content-length: 0", b"content-length: %d" % len(HIDDEN), body=HIDDEN),
    "a list of lengths": post(b"content-length: 0, %d" % len(HIDDEN), body=HIDDEN),
    "a length with a sign": post(b"content-length: +0", body=HIDDEN),
    "a negative length": post(b"content-length: -1", body=HIDDEN),
    "a length in hex": post(b"content-length: 0x0", body=HIDDEN),
    "an encoding of no name": post(b"transfer-encoding: xchunked", body=CHUNKED),
    "chunks that are not the last": post(b"transfer-encoding: chunked, identity", body=CHUNKED),
    "a blank before the colon": post(b"transfer-encoding : chunked", b"content-length: 0", body=HIDDEN),
    "a folded line": post(b"content-length:\r\n 0", b"transfer-encoding:\r\n chunked", body=CHUNKED),
    "a chunk in sign and hex": post(b"transfer-encoding: chunked", body=b"+0\r\n\r\n" + HIDDEN),
    "a chunk of too many digits": post(b"transfer-encoding: chunked", body=b"1" * 17 + b"\r\n\r\n" + HIDDEN),
    "a null in a header": post(b"content-length: 0\0", body=HIDDEN),
    "a line feed alone in a value": post(b"x: y\ncontent-length: 0", b"transfer-encoding: chunked", body=CHUNKED),
}


@pytest.mark.parametrize("name", AMBIGUOUS)
async def test_what_is_ambiguous_begins_no_second_request(name: str) -> None:
    app = App()
    async with served(app) as port:
        answer = await said(port, AMBIGUOUS[name])
    assert "/hidden" not in app.paths
    assert answer.count(b"HTTP/1.1 ") <= 1


async def test_a_second_request_is_seen_where_there_is_one() -> None:
    """The test itself: what is plain is read as two."""
    app = App()
    async with served(app) as port:
        await said(port, post(b"content-length: 2", body=b"ab" + HIDDEN))
    assert app.paths == ["/open", "/hidden"]


@asynccontextmanager
async def doors(database: Roles) -> AsyncGenerator[tuple[int, int]]:
    """The ports of intake and portal, on an empty database."""
    own, clock, chance = Secret("of the test's own, at least 32 characters"), QuickClock(DAY), SystemChance()
    intake = IntakeSettings(home=Path("/"), database_url=Secret(database.dsn("intake")), intake_origin=ORIGIN)
    portal = PortalSettings(
        home=Path("/"),
        database_url=Secret(database.dsn("portal")),
        intake_origin=ORIGIN,
        origin="https://portal.example",
        session_key=own,
        export_key=Secret("07" * 32),
    )
    async with AsyncExitStack() as stack:
        inside = await stack.enter_async_context(open_intake(intake, clock, chance))
        outside = await stack.enter_async_context(open_portal(portal, clock, chance))
        yield (
            await stack.enter_async_context(served(create_intake_app(inside))),
            await stack.enter_async_context(served(create_portal_app(outside))),
        )


CLIMBS = tuple(
    prefix + step * 8 + "etc/passwd"
    for prefix in ("/", "/a/x/worker/", "/static/", "/audio/en/", "/charts/", "/v1/manifest/")
    for step in ("../", "%2e%2e/", "..%2f", "%2e%2e%2f", "..%5c", "%252e%252e%252f", ".%00./")
)


async def test_no_path_climbs_out(database: Roles) -> None:
    """Files that every machine has are asked for by every spelling; the answer is that there is none."""
    async with doors(database) as ports:
        for port in ports:
            for path in CLIMBS:
                answer = await said(port, f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
                status = int(answer.split(b" ", 2)[1])
                assert 300 <= status < 500, path
                assert b"root:" not in answer, path


async def test_headers_of_a_visitor_make_no_header_of_ours(database: Roles) -> None:
    """A line break in a path or a query is not handed on as one."""
    async with doors(database) as ports:
        for port in ports:
            for path in ("/v1/%0d%0aset-cookie:x=1", "/sign-in?next=%0d%0aset-cookie:x=1", "/x%0aset-cookie:x=1"):
                answer = await said(port, f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
                head = answer.partition(b"\r\n\r\n")[0].lower()
                assert not any(line.startswith(b"set-cookie:x") for line in head.splitlines()), path
