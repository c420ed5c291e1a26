"""The one HTTP dial: a POST within fixed limits, and what came of it.

A receiver is hostile until it answered: it may drip, flood, reset, redirect or send what it was not asked for.
Every exchange ends within one time limit, reads a bounded number of bytes and follows nothing (design, webhooks 8).
"""

import asyncio
import socket
import ssl
from collections import Counter
from collections.abc import AsyncGenerator, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.http_exceptions import LineTooLong

from laborvoice.clock import Clock
from laborvoice.domain import Value
from laborvoice.errors import BlockedAddress
from laborvoice.webhooks.answer import is_met, kept_headers, readable
from laborvoice.webhooks.guard import AddressInfo, Guard, Lookup, trail
from laborvoice.webhooks.schedule import Answered, Attempt, ErrorClass, Unanswered, error_class

HEADER_BYTES: Final = 16_384
HEADER_COUNT: Final = 64
HEADER_LINE: Final = 8_190
BODY_BYTES: Final = 16_384
IDLE_PER_HOST: Final = 8
# A hostile zone may answer thousands of addresses; each would be dialled.
ANSWERS_MAX: Final = 8
# A hostile name server may hold a look-up for half a minute; others must not queue behind it.
LOOKUP_THREADS: Final = 128
MS: Final = 1_000
FINAL_STATUSES: Final = range(200, 600)
HEADER_SEPARATORS: Final = 4

_FAILURES: Final = (BlockedAddress, aiohttp.ClientError, OSError, ValueError)
_CLASSES: Final[tuple[tuple[type[BaseException], ErrorClass], ...]] = (
    (BlockedAddress, ErrorClass.BLOCKED),
    (TimeoutError, ErrorClass.TIMEOUT),
    (aiohttp.ClientConnectorDNSError, ErrorClass.DNS),
    (aiohttp.ClientSSLError, ErrorClass.TLS),
    (ssl.SSLError, ErrorClass.TLS),
    (aiohttp.ClientConnectorError, ErrorClass.REFUSED),
    (aiohttp.ClientHttpProxyError, ErrorClass.REFUSED),
    (aiohttp.ClientResponseError, ErrorClass.PROTOCOL),
    (ValueError, ErrorClass.PROTOCOL),
)


class Limits(Value):
    """Seconds for a connection, its TLS handshake included, and for the whole exchange."""

    connect: float = 5.0
    total: float = 15.0


DESIGNED: Final = Limits()


class Message(Value):
    """What is sent: the bytes that were signed, and every header of ours."""

    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


class _Heard(Value):
    status: int
    address: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


class _Reply(aiohttp.ClientResponse):
    """Remembers who answered: a short answer gives its connection back before anyone can ask."""

    address = ""

    async def start(self, connection: aiohttp.connector.Connection) -> aiohttp.ClientResponse:
        transport = connection.transport
        peer = transport.get_extra_info("peername") if transport else None
        self.address = peer[0] if peer else ""
        if connection.protocol is not None and "connection" in self.request_info.headers:
            connection.protocol.force_close()  # we said close; a receiver that does not is not waited for
        return await super().start(connection)


class _Resolver(AbstractResolver):
    """The system's resolver, on threads of its own."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._threads = ThreadPoolExecutor(LOOKUP_THREADS, thread_name_prefix="lookup")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        ask = partial(self._lookup, host, port, family=family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
        answers = await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        return [_resolved(host, answer) for answer in answers[:ANSWERS_MAX]]

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _resolved(host: str, answer: AddressInfo) -> ResolveResult:
    family, _, protocol, _, sockaddr = answer
    address, port, *_ = sockaddr
    return ResolveResult(
        hostname=host,
        host=str(address),
        port=int(str(port)),
        family=int(family),
        proto=protocol,
        flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
    )


class Sender:
    """Made by ``open_sender``."""

    def __init__(self, session: aiohttp.ClientSession, guard: Guard, clock: Clock, limits: Limits, proxy: str) -> None:
        self._session = session
        self._guard = guard
        self._clock = clock
        self._limits = limits
        self._proxy = proxy or None
        self._flying: Counter[tuple[str, int]] = Counter()

    async def post(self, message: Message) -> Attempt:
        """One attempt. It ends within the limits and never raises for what the receiver does."""
        attempt, _ = await self._attempt(message)
        return attempt

    async def challenge(self, message: Message, challenge: str) -> tuple[Attempt, bool]:
        """One attempt, and whether it was answered 2xx with the challenge (design, webhooks 7)."""
        attempt, body = await self._attempt(message)
        return attempt, error_class(attempt) is None and is_met(body, challenge)

    async def _attempt(self, message: Message) -> tuple[Attempt, bytes]:
        started = self._clock.monotonic()
        with trail() as refused:
            try:
                async with asyncio.timeout(self._limits.total):
                    heard = await self._exchange(message)
            except _FAILURES as failure:
                # Where any answer of the name was refused, the subscriber learns that and nothing about the rest.
                heard = ErrorClass.BLOCKED if refused else classify(failure)
        ms = round((self._clock.monotonic() - started) * MS)
        if isinstance(heard, ErrorClass):
            return Unanswered(error=heard, ms=ms), b""
        text = readable(heard.body, heard.headers)
        return Answered(status=heard.status, ms=ms, address=heard.address, headers=heard.headers, body=text), heard.body

    async def _exchange(self, message: Message) -> _Heard | ErrorClass:
        target = self._guard.read(message.url)
        with self._flight((target.host, target.port)) as others:
            # Without a limit on connections no slow endpoint holds up another at the same host; kept are at most 8.
            extra = (("Connection", "close"),) if others >= IDLE_PER_HOST else ()
            async with self._session.post(
                target.url,
                data=message.body,
                headers=(*message.headers, *extra),
                allow_redirects=False,
                proxy=self._proxy,
            ) as response:
                return await _hear(response)

    @contextmanager
    def _flight(self, origin: tuple[str, int]) -> Generator[int]:
        others = self._flying[origin]
        self._flying[origin] += 1
        try:
            yield others
        finally:
            self._flying[origin] -= 1
            self._flying += Counter()  # drops what has come to zero


@asynccontextmanager
async def open_sender(
    guard: Guard,
    clock: Clock,
    *,
    limits: Limits = DESIGNED,
    tls: ssl.SSLContext | None = None,
    proxy: str = "",
    lookup: Lookup = socket.getaddrinfo,
) -> AsyncGenerator[Sender]:
    """With a ``proxy`` the guard does not see addresses: the proxy resolves and dials, and has to judge.

    ``tls`` and ``lookup`` are the system's, but in tests.
    """
    resolver = _Resolver(lookup)
    connector = aiohttp.TCPConnector(
        ssl=tls or tls_context(), resolver=resolver, limit=0, socket_factory=None if proxy else guard.socket
    )
    session = aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=limits.connect),
        headers={"Accept-Encoding": "identity"},
        response_class=_Reply,
        auto_decompress=False,
        trust_env=False,
        read_bufsize=BODY_BYTES,
        max_line_size=HEADER_LINE,
        max_field_size=HEADER_LINE,
        max_headers=HEADER_COUNT,
    )
    async with session:
        yield Sender(session, guard, clock, limits, proxy)
    await resolver.close()


def tls_context() -> ssl.SSLContext:
    """The system's roots, the host name checked, TLS 1.2 or later."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


async def _hear(response: aiohttp.ClientResponse) -> _Heard | ErrorClass:
    if sum(len(name) + len(value) + HEADER_SEPARATORS for name, value in response.raw_headers) > HEADER_BYTES:
        response.close()
        return ErrorClass.TOO_LARGE
    if response.status not in FINAL_STATUSES:
        response.close()
        return ErrorClass.PROTOCOL
    return _Heard(
        status=response.status,
        address=response.address if isinstance(response, _Reply) else "",
        headers=tuple(kept_headers(response.raw_headers)),
        body=await _read(response),
    )


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The first 16 KiB. What is longer is cut and its connection closed; the status stands."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) >= BODY_BYTES:
            response.close()
            break
    return bytes(body[:BODY_BYTES])


def classify(failure: BaseException) -> ErrorClass:
    """The class of what went wrong; ``reset`` for a connection that broke in any other way."""
    if isinstance(failure, aiohttp.ClientResponseError) and _is_excess(failure):
        return ErrorClass.TOO_LARGE
    if type(failure) is aiohttp.ClientConnectorError and isinstance(
        failure.os_error, ConnectionResetError | TimeoutError
    ):
        failure = failure.os_error
    return next((error for kind, error in _CLASSES if isinstance(failure, kind)), ErrorClass.RESET)


def _is_excess(failure: BaseException) -> bool:
    cause = failure.__cause__
    if cause is None:
        return False
    return isinstance(cause, LineTooLong) or "Too many headers" in str(cause) or _is_excess(cause)
