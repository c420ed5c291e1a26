"""A receiver that keeps each request as it came, and answers what a test says."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Request:
    """``head`` as it came, names and all; ``at`` as the test's clock had it."""

    head: bytes
    body: bytes
    at: Any

    @property
    def told(self) -> Any:
        return json.loads(self.body)

    @property
    def headers(self) -> dict[str, str]:
        lines = self.head.decode().split("\r\n")[1:]
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines if line)}


@dataclass
class RawReceiver:
    url: str = ""
    requests: list[Request] = field(default_factory=list)
    answer: Callable[[Request], tuple[int, bytes]] = lambda _: (200, b"")


def echo(one: Request) -> tuple[int, bytes]:
    """The challenge back, as the whole body."""
    return 200, str(one.told["data"]["challenge"]).encode()


@asynccontextmanager
async def raw_receiver(clock: Any, port: int = 0) -> AsyncGenerator[RawReceiver]:
    made = RawReceiver()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
            one = Request(head=head, body=await reader.readexactly(length), at=clock.now())
            made.requests.append(one)
            status, body = made.answer(one)
            writer.write(
                b"HTTP/1.1 %d .\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % (status, len(body)) + body
            )
            await writer.drain()
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", port)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    async with server:
        yield made
