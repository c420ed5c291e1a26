"""An intake on a real socket, and a client that says exactly what it is told to."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from laborvoice import loop
from laborvoice.api.intake.app import create_intake_app
from laborvoice.bootstrap.intake import IntakeParts, open_intake
from laborvoice.chance import SystemChance
from laborvoice.serve import Bounds, serve
from laborvoice.settings import IntakeSettings
from laborvoice.settings.kinds import Bind, Secret

CHANCE = SystemChance()
OCTETS = (("content-type", "application/octet-stream"),)


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        found = [value for one, value in self.headers if one == name]
        assert len(found) <= 1
        return found[0] if found else None


def head(method: str, path: str, headers: Any = ()) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "host: voice.example", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join((*lines, "", "")).encode()


async def read_answer(reader: asyncio.StreamReader, *, bodiless: bool = False) -> Answer:
    raw = (await reader.readuntil(b"\r\n\r\n")).decode()
    status, *lines = raw.rstrip().split("\r\n")
    pairs = [(name.lower(), value) for name, _, value in (line.partition(": ") for line in lines)]
    size = int(dict(pairs)["content-length"])
    return Answer(int(status.split()[1]), pairs, b"" if bodiless else await reader.readexactly(size))


@dataclass
class Door:
    """An intake on a socket."""

    port: int
    parts: IntakeParts

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield reader, writer
        finally:
            writer.close()

    async def raw(self, sent: bytes, *, bodiless: bool = False) -> Answer:
        async with self.connection() as (reader, writer):
            writer.write(sent)
            return await read_answer(reader, bodiless=bodiless)

    async def get(self, path: str, method: str = "GET", headers: Any = ()) -> Answer:
        return await self.raw(head(method, path, headers), bodiless=method == "HEAD")

    async def post(self, path: str, body: bytes, headers: Any = OCTETS) -> Answer:
        return await self.raw(head("POST", path, (*headers, ("content-length", str(len(body))))) + body)

    async def cast(self, body: bytes) -> Answer:
        return await self.post("/v1/envelopes", body)


Opener = Callable[..., AbstractAsyncContextManager[Door]]


@asynccontextmanager
async def open_door(dsn: str, clock: Any, *, listens: bool = False, **settings: Any) -> AsyncGenerator[Door]:
    chosen = IntakeSettings(home=Path("/"), database_url=Secret(dsn), intake_origin="https://voice.example", **settings)
    stop, beats_stop = asyncio.Event(), asyncio.Event()
    ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    async with open_intake(chosen, clock, CHANCE) as parts:
        serving = asyncio.create_task(
            serve(
                create_intake_app(parts),
                Bind(host="127.0.0.1", port=0),
                bounds=Bounds(head_seconds=5, body_seconds=60),
                stop=stop,
                on_ready=ready.set_result,
            )
        )
        beating = asyncio.create_task(loop.run(parts.beats[: 2 if listens else 1], clock, beats_stop))
        try:
            yield Door(await ready, parts)
        finally:
            stop.set()
            await serving
            beats_stop.set()
            await beating


@pytest.fixture
async def open_intake_door(booth: Any, quick_clock: Any) -> Opener:
    """Opens an intake with other settings than the usual."""

    def opened(**settings: Any) -> AbstractAsyncContextManager[Door]:
        return open_door(booth.cluster.dsn("intake"), quick_clock, **settings)

    return opened


@pytest.fixture
def open_bare_door() -> Any:
    """As above, of another database."""
    return open_door


@pytest.fixture
def cast_at() -> Any:
    """Casts into another process."""

    async def cast(port: int, body: bytes) -> Answer:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head("POST", "/v1/envelopes", (*OCTETS, ("content-length", str(len(body))))) + body)
        try:
            return await read_answer(reader)
        finally:
            writer.close()

    return cast


@pytest.fixture
async def door(open_intake_door: Opener) -> AsyncGenerator[Door]:
    async with open_intake_door() as opened:
        yield opened
