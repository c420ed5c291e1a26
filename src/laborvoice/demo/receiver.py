"""A receiver of webhooks on loopback: verifies what comes, remembers it, answers; can be told to refuse or to hang.

The challenge of a new endpoint it answers, and does not remember.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final

from laborvoice.clock import Clock
from laborvoice.webhooks.verifier import Event, Refused, verify

LOOPBACK: Final = "127.0.0.1"
REQUEST_SECONDS: Final = 10.0
BODY_MAX: Final = 16_384
CHALLENGE: Final = "endpoint.verify"


class Receiver:
    """What arrived. ``status`` is what verified events are answered with; with ``gate`` clear, all wait.

    ``heard`` is called with each event that verified, the challenge included.
    """

    def __init__(self, clock: Clock, heard: Callable[[Event], None] = lambda _: None) -> None:
        self.url = ""
        self.status: int = HTTPStatus.OK
        self.gate = asyncio.Event()
        self.gate.set()
        self.held = 0
        self.refused = 0
        self.broken = 0
        self.events: list[Event] = []
        self._clock = clock
        self._heard = heard
        self._secrets: tuple[str, ...] = ()
        self._public_keys: tuple[str, ...] = ()

    def trust(self, secrets: tuple[str, ...], public_keys: tuple[str, ...] = ()) -> None:
        """From now on v1 must verify where secrets are given, and v1a where public keys are."""
        self._secrets, self._public_keys = secrets, public_keys

    @property
    def counts(self) -> Counter[str]:
        """How often each event came, by its id."""
        return Counter(event.id for event in self.events)

    @property
    def types(self) -> Counter[str]:
        """Distinct events by type."""
        return Counter(str(kind) for kind in {event.id: event.body.get("type") for event in self.events}.values())

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, one answer, and the connection is closed."""
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                headers, body = await _read(reader)
            status, text = await self._judge(headers, body)
            head = f"HTTP/1.1 {status} .\r\ncontent-length: {len(text)}\r\nconnection: close\r\n\r\n"
            writer.write(head.encode() + text)
            await writer.drain()
        except (OSError, EOFError, ValueError):
            self.broken += 1
        finally:
            writer.close()

    async def _judge(self, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        self.held += 1
        await self.gate.wait()
        self.held -= 1
        try:
            event = self._verified(headers, body)
        except Refused:
            self.refused += 1
            return HTTPStatus.BAD_REQUEST, b""
        self._heard(event)
        if event.body.get("type") == CHALLENGE:
            return HTTPStatus.OK, str(event.body["data"]["challenge"]).encode()
        if self.status == HTTPStatus.OK:
            self.events.append(event)
        return self.status, b""

    def _verified(self, headers: Mapping[str, str], body: bytes) -> Event:
        now = self._clock.now().timestamp()
        if self._public_keys and self._secrets:
            verify(body, headers, public_keys=self._public_keys, now=now)
            return verify(body, headers, secrets=self._secrets, now=now)
        return verify(body, headers, secrets=self._secrets, public_keys=self._public_keys, now=now)


async def _read(reader: asyncio.StreamReader) -> tuple[dict[str, str], bytes]:
    """Headers, names in lower case, and body; ValueError or EOFError for what is no such request."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError:
        raise ValueError("the head is too long") from None
    lines = head.decode("latin-1").split("\r\n")[1:-2]
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = int(headers.get("content-length", "0"))
    if not 0 <= length <= BODY_MAX:
        raise ValueError("the body is too long")
    return headers, await reader.readexactly(length)


@asynccontextmanager
async def open_receiver(
    clock: Clock, port: int = 0, heard: Callable[[Event], None] = lambda _: None
) -> AsyncGenerator[Receiver]:
    """On 127.0.0.1, at a free port unless one is named; ``url`` says where."""
    receiver = Receiver(clock, heard)
    server = await asyncio.start_server(receiver.answer, LOOPBACK, port)
    receiver.url = f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}/hook"
    async with server:
        yield receiver
        receiver.gate.set()
