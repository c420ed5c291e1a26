"""One socket for an app, one loopback port for metrics and readiness. No log line, no header of the server's own."""

import asyncio
import gc
import socket
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final, TypeVar, cast

import uvloop
from uvicorn import Config, Server
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from laborvoice import metrics
from laborvoice.domain import Value
from laborvoice.errors import BadSetting
from laborvoice.settings.kinds import Bind

T = TypeVar("T")

HEAD_BYTES: Final = 8 * 1024
KEEP_ALIVE_SECONDS: Final = 5
STOP_SECONDS: Final = 20
BACKLOG: Final = 2048
METRICS_SECONDS: Final = 5.0
GARBAGE: Final = 20_000
"""Objects made and not yet freed after which cycles are looked for: some hundred open connections."""

_UNREADABLE: Final = (
    b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\ncache-control: no-store\r\nreferrer-policy: no-referrer\r\n"
    b"x-content-type-options: nosniff\r\nconnection: close\r\n\r\n"
)


class Bounds(Value, frozen=True):
    """Seconds in which a request's head, and after it its body, must be complete; else the connection is closed."""

    head_seconds: float
    body_seconds: float


class Bounded(HttpToolsProtocol):
    """uvicorn's, which by itself keeps a silent or dripping connection for ever."""

    def __init__(self, *args: Any, bounds: Bounds, **kwargs: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(*args, **kwargs)
        self._bounds = bounds
        self._head_bytes = 0
        self._in_head = True
        self._deadline: float | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._rings_at = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """As uvicorn's, but that nobody asks for the address at the other end."""
        self.connections.add(self)
        self.transport = transport
        self.flow = FlowControl(transport)
        self.scheme = "http"
        self._within(self._bounds.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > HEAD_BYTES:
            self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._head_bytes = 0
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > HEAD_BYTES:
            self.transport.close()
            return
        self._within(self._bounds.body_seconds)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._deadline = None
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.response_complete and self._deadline is None and not self.transport.is_closing():
            self._within(self._bounds.head_seconds)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - what uvicorn would say
        self.transport.write(_UNREADABLE)
        self.transport.close()

    def _within(self, seconds: float) -> None:
        """One alarm a connection, never later than the deadline: when it rings, it looks at what that is by then."""
        self._deadline = self.loop.time() + seconds
        if self._alarm is not None and self._rings_at <= self._deadline:
            return
        if self._alarm is not None:
            self._alarm.cancel()
        self._arm(self._deadline)

    def _arm(self, at: float) -> None:
        self._rings_at = at
        self._alarm = self.loop.call_at(at, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        if self._deadline is None:
            return
        if self._deadline > self.loop.time():
            self._arm(self._deadline)
        else:
            self.transport.close()


class _Server(Server):
    def __init__(self, config: Config, stop: asyncio.Event, on_ready: Callable[[int], None]) -> None:
        super().__init__(config)
        self._stop = stop
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready(sockets[0].getsockname()[1] if sockets else 0)

    async def main_loop(self) -> None:
        """Uvicorn's wakes ten times a second, for headers that we do not send."""
        await self._stop.wait()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Signals are ``cli``'s."""
        yield


def listening(bind: Bind) -> socket.socket:
    """Raises BadSetting where the address is not ours or taken."""
    family = socket.AF_INET6 if ":" in bind.host else socket.AF_INET
    try:
        return socket.create_server((bind.host, bind.port), family=family, backlog=BACKLOG)
    except OSError:
        raise BadSetting(f"Nothing can listen on {bind}: it is in use, or no address of this machine.") from None


async def serve(
    app: Any,  # noqa: ANN401 - litestar's and uvicorn's types of an ASGI app differ
    bind: Bind,
    *,
    bounds: Bounds,
    stop: asyncio.Event,
    on_ready: Callable[[int], None],
) -> None:
    """Serve until ``stop``, then answer what has come in. ``on_ready`` is told the port. Raises BadSetting."""
    config = Config(
        app,
        http=cast("Any", partial(Bounded, bounds=bounds)),
        ws="none",
        lifespan="off",
        loop="none",
        log_config=None,
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    _settle()
    await _Server(config, stop, on_ready).serve(sockets=[listening(bind)])


def _settle() -> None:
    """What is there by now stays. A collector that walks through it again and again took a seventh of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE, *gc.get_threshold()[1:])


async def serve_metrics(
    bind: Bind,
    *,
    page: Callable[[], Awaitable[bytes]],
    ready: Callable[[], Awaitable[bool]],
    stop: asyncio.Event,
    ended: asyncio.Event | None = None,
    on_ready: Callable[[int], None] = lambda _: None,
) -> None:
    """``/metrics``, ``/livez`` and ``/readyz`` until ``ended``, or ``stop``. From ``stop`` on it is not ready.

    Raises BadSetting.
    """

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(METRICS_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(await _small_answer(head, page, ready, stop))
                await writer.drain()
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, sock=listening(bind), limit=HEAD_BYTES)
    async with server:
        on_ready(server.sockets[0].getsockname()[1])
        await (ended or stop).wait()


async def _small_answer(
    head: bytes, page: Callable[[], Awaitable[bytes]], ready: Callable[[], Awaitable[bool]], stop: asyncio.Event
) -> bytes:
    method, _, rest = head.partition(b" ")
    path = rest.partition(b" ")[0]
    if method != b"GET" or path not in {b"/metrics", b"/livez", b"/readyz"}:
        return _small(b"404 Not Found", b"not found\n")
    if path == b"/metrics":
        return _small(b"200 OK", await page(), metrics.CONTENT_TYPE.encode())
    if path == b"/livez" or (not stop.is_set() and await ready()):
        return _small(b"200 OK", b"ok\n")
    return _small(b"503 Service Unavailable", b"not ready\n")


def _small(status: bytes, body: bytes, kind: bytes = b"text/plain") -> bytes:
    length = str(len(body)).encode()
    head = (b"HTTP/1.1 " + status, b"content-type: " + kind, b"content-length: " + length, b"connection: close")
    return b"\r\n".join((*head, b"", body))


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a process on the fast event loop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)
