"""The server's own limits, with bounds so small that nothing is waited for: what is not complete is closed."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import pytest

from laborvoice.serve import Bounds, serve, serve_metrics
from laborvoice.settings.kinds import Bind

GET = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n"
LONG = Bounds(head_seconds=60, body_seconds=60)
PATIENCE = 20


@contextmanager
def reset_too() -> Generator[None]:
    """What was sent and not read lets the kernel reset the connection: closed all the same."""
    with suppress(ConnectionError):
        yield


class App:
    """Reads its body, answers with what it has seen."""

    def __init__(self) -> None:
        self.left = 0
        self.release = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/slow":
            await self.release.wait()
        message = await receive()
        while message.get("more_body"):
            message = await receive()
        if message["type"] == "http.disconnect":
            self.left += 1
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
def app() -> App:
    return App()


@asynccontextmanager
async def served(app: App, bounds: Bounds, host: str = "127.0.0.1") -> AsyncGenerator[Any]:
    stop = asyncio.Event()
    ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(
        serve(app, Bind(host=host, port=0), bounds=bounds, stop=stop, on_ready=ready.set_result)
    )
    port = await ready
    reader, writer = await asyncio.open_connection(host, port)
    try:
        yield reader, writer, stop
    finally:
        writer.close()
        stop.set()
        await serving


async def drip(writer: asyncio.StreamWriter, *chunks: bytes) -> None:
    """One byte after another, for ever, until the other side has had enough."""
    sent = b"".join(chunks)
    for at in range(len(sent)):
        writer.write(sent[at : at + 1])
        await asyncio.sleep(0)
    while not writer.is_closing():
        writer.write(b"a")
        await asyncio.sleep(0.01)


async def test_a_silent_connection_is_closed(app: App) -> None:
    async with served(app, Bounds(head_seconds=0.05, body_seconds=60)) as (reader, _, _):
        assert await reader.read() == b""


@pytest.mark.parametrize("begun", [b"GET /", GET[:-2] + b"x: "])
async def test_a_dripping_head_is_closed(app: App, begun: bytes) -> None:
    async with served(app, Bounds(head_seconds=0.1, body_seconds=60)) as (reader, writer, _):
        dripping = asyncio.create_task(drip(writer, begun))
        with reset_too():
            assert await reader.read() == b""
        dripping.cancel()


async def test_the_limit_of_the_head_counts_anew_for_each_request(app: App) -> None:
    async with served(app, Bounds(head_seconds=0.2, body_seconds=60)) as (reader, writer, _):
        for _ in range(3):
            writer.write(GET)
            assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")
        writer.write(GET[:10])
        assert await reader.read() == b""


async def test_after_a_slow_body_the_next_head_has_no_longer(app: App) -> None:
    async with served(app, Bounds(head_seconds=0.1, body_seconds=60)) as (reader, writer, _), asyncio.timeout(PATIENCE):
        writer.write(POST)
        await asyncio.sleep(0.3)
        writer.write(b"1234567890")
        assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")
        writer.write(GET[:10])
        assert await reader.read() == b""


async def test_a_body_that_does_not_come_is_closed(app: App) -> None:
    async with served(app, Bounds(head_seconds=60, body_seconds=0.05)) as (reader, writer, _):
        writer.write(POST + b"12345")
        assert await reader.read() == b""
    assert app.left == 1


async def test_a_body_in_time_is_answered(app: App) -> None:
    async with served(app, LONG) as (reader, writer, _):
        writer.write(POST + b"12345")
        await asyncio.sleep(0)
        writer.write(b"67890")
        assert (await reader.readuntil(b"ok")).endswith(b"content-length: 2\r\n\r\nok")


@pytest.mark.parametrize("whole", [True, False])
async def test_a_head_over_eight_kibibytes_is_closed(app: App, *, whole: bool) -> None:
    sent = GET[:-2] + b"x: " + b"a" * 9_000 + (b"\r\n\r\n" if whole else b"")
    async with served(app, LONG) as (reader, writer, _):
        writer.write(sent)
        with reset_too():
            assert await reader.read() == b""


async def test_a_head_of_almost_eight_kibibytes_is_read(app: App) -> None:
    async with served(app, LONG) as (reader, writer, _):
        writer.write(GET[:-2] + b"x: " + b"a" * 8_000 + b"\r\n\r\n")
        assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")


async def test_requests_sent_ahead_are_answered_in_order(app: App) -> None:
    async with served(app, LONG) as (reader, writer, _):
        writer.write(GET * 3)
        for _ in range(3):
            await reader.readuntil(b"ok")


async def test_what_is_under_way_is_answered_before_the_end(app: App) -> None:
    async with served(app, LONG) as (reader, writer, stop):
        writer.write(GET.replace(b"/", b"/slow", 1))
        await asyncio.sleep(0.01)
        stop.set()
        await asyncio.sleep(0.01)
        app.release.set()
        assert (await reader.read()).endswith(b"ok")


async def test_it_listens_on_the_new_protocol_too(app: App) -> None:
    if not socket.has_ipv6:
        return
    async with served(app, LONG, "::1") as (reader, writer, _):
        writer.write(GET)
        assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")


async def test_the_metrics_port_shows_numbers_life_and_readiness() -> None:
    stop = asyncio.Event()
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    fresh = [True]

    async def page() -> bytes:
        return b"laborvoice_up 1\n"

    async def ready() -> bool:
        return fresh[0]

    serving = asyncio.create_task(
        serve_metrics(Bind(host="127.0.0.1", port=0), page=page, ready=ready, stop=stop, on_ready=port.set_result)
    )

    async def get(path: str, method: str = "GET") -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", await port)
        writer.write(f"{method} {path} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        return answer

    assert (await get("/metrics")).endswith(b"\r\n\r\nlaborvoice_up 1\n")
    assert b"version=0.0.4" in await get("/metrics")
    assert (await get("/livez")).startswith(b"HTTP/1.1 200")
    assert (await get("/readyz")).startswith(b"HTTP/1.1 200")
    fresh[0] = False
    assert (await get("/readyz")).startswith(b"HTTP/1.1 503")
    assert (await get("/livez")).startswith(b"HTTP/1.1 200")
    assert (await get("/x")).startswith(b"HTTP/1.1 404")
    assert (await get("/metrics", "POST")).startswith(b"HTTP/1.1 404")
    reader, writer = await asyncio.open_connection("127.0.0.1", await port)
    writer.write(b"a" * 20_000)
    with reset_too():
        assert await reader.read() == b""
    writer.close()
    stop.set()
    await serving
