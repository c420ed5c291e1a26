"""A restart of every process, one after another, while phones cast, brands ask and a stream is open."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from laborvoice.chance import SystemChance
from laborvoice.client.worker import envelope
from laborvoice.client.worker.trust import Trusted
from laborvoice.clock import SystemClock
from laborvoice.domain.manifest import ANY
from laborvoice.store.database import Database
from laborvoice.views import manifest
from support import phone
from support.registry_world import World
from support.staff import CLOCK, Client, Member, Staff, request

CASTING = 4
READING = 2
PAUSE = 0.05
OCTETS = "application/octet-stream"


class Load:
    """``accepted``: envelopes that were answered 202."""

    def __init__(self, staff: Staff, trusted: Trusted, key: str) -> None:
        self.accepted = 0
        self.phones = Client([one.port for one in staff.of("intake")])
        self.brands = Client([one.port for one in staff.of("portal")])
        self._trusted = trusted
        self._key = key
        self._over = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def begin(self) -> None:
        self._tasks += [asyncio.create_task(self._cast(number)) for number in range(CASTING)]
        self._tasks += [asyncio.create_task(self._read(number)) for number in range(READING)]

    async def flows(self) -> None:
        """Until something was answered to everybody."""
        casts, reads = self.accepted + CASTING, len(self.brands.statuses) + READING
        while self.accepted < casts or len(self.brands.statuses) < reads:  # noqa: ASYNC110 - other processes do it
            await asyncio.sleep(0.02)

    async def end(self) -> None:
        """And none of it was refused, or failed."""
        self._over.set()
        await asyncio.gather(*self._tasks)
        assert (self.phones.failed, self.brands.failed) == (0, 0)
        assert (set(self.phones.statuses), set(self.brands.statuses)) == ({202}, {200})

    async def _cast(self, turn: int) -> None:
        while not self._over.is_set():
            turn += 1
            body = await asyncio.to_thread(envelope.seal, self._trusted, None, None, phone.BITS, SystemChance())
            self.accepted += (
                await self.phones.send(request("POST", "/v1/envelopes", body, content_type=OCTETS), turn) == 202
            )
            await asyncio.sleep(PAUSE)

    async def _read(self, turn: int) -> None:
        asked = request("GET", "/v1/suppliers", authorization=f"Bearer {self._key}")
        while not self._over.is_set():
            turn += 1
            await self.brands.send(asked, turn)
            await asyncio.sleep(PAUSE)


async def streamed(port: int, key: str) -> bytes:
    """A stream of events until the portal ends it; one that is broken off says so."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request("GET", "/v1/events/stream", authorization=f"Bearer {key}"))
    try:
        return await reader.read()
    finally:
        writer.close()


async def opened(database: Any) -> tuple[Trusted, str]:
    """What phones trust, and a brand's API key."""
    async with (
        Database.open(database.dsn("intake"), size=1) as intake,
        Database.open(database.dsn("portal"), size=1) as portal,
        Database.open(database.dsn("vault"), size=1) as vault,
    ):
        today = CLOCK.now().date()
        fingerprint = await manifest.fingerprint(intake, today)
        assert fingerprint is not None
        trusted = await phone.trusted(intake, fingerprint, ANY, today)
        world: Any = World(portal, vault, database.superuser)
        world.clock, world.chance = SystemClock(), SystemChance()
        return trusted, await world.secret(await world.party("brand"), "brand")


async def seen(database: Any) -> int:
    """Envelopes that were ever taken, each counted once."""
    async with Database.open(database.superuser, size=1) as opened:
        return await opened.run("test", lambda db: db.one_value(int, "SELECT count(*) FROM ballot.seen"))


async def rolled(members: Sequence[Member]) -> None:
    """One after another: stopped, and started again."""
    for one in members:
        assert await one.stop() == 0, one.role
        assert await one.ask("/readyz") == 0
        await one.start()


def logs(folder: Path) -> Path:
    made = folder / "logs"
    made.mkdir()
    return made
