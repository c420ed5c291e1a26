"""A host for the doctor: a database of the test's own, as its superuser, and a home whose vault has been there."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from laborvoice.doctor import Host
from laborvoice.settings import Bind
from laborvoice.store.ballot import period_state
from laborvoice.store.database import Database
from support.known import KnownNoise, TrueClock
from support.poll import World, playing
from support.upped import free_ports


async def found(check: Any, host: Host) -> dict[str, list[str]]:
    """What a check said, by level."""
    told: dict[str, list[str]] = {"red": [], "amber": [], "green": []}
    for one in await check(host):
        assert one.level == "green" or (one.costs and one.remedy)
        told[one.level].append(one.what)
    return {level: texts for level, texts in told.items() if texts}


class Consulted:
    """The host, and ways to change what the doctor finds there."""

    def __init__(self, host: Host, dsn: Any) -> None:
        self.host = host
        self.dsn = dsn

    async def says(self, check: Any, **changed: Any) -> dict[str, list[str]]:
        return await found(check, msgspec.structs.replace(self.host, **changed))

    async def sql(self, *statements: str) -> None:
        async def step(db: Any) -> None:
            for statement in statements:
                await db.execute(statement)

        await self.host.database.run("test", step)

    async def red(self, check: Any, **changed: Any) -> str:
        """The one thing that is red."""
        told = await self.says(check, **changed)
        assert list(told) == ["red"], told
        (what,) = told["red"]
        return what


@pytest.fixture
async def consulted(database: Any, tmp_path: Path) -> AsyncGenerator[Consulted]:
    """Nobody ever ran here."""
    (port,) = free_ports(1)
    async with Database.open(database.superuser, size=2) as opened:
        host = Host(
            given={},
            home=tmp_path,
            keyring=tmp_path / "keyring",
            vault=Bind(host="127.0.0.1", port=port),
            database=opened,
            clock=TrueClock(await _now(opened)),
        )
        yield Consulted(host, database.dsn)


async def _now(opened: Database) -> Any:
    return await opened.run("test", period_state.now)


@pytest.fixture
async def world(database: Any, consulted: Consulted, tmp_path: Path) -> AsyncGenerator[World]:
    """A vault that has begun, and mixed both lanes, by the clock of the host."""
    async with playing(database.dsn, tmp_path, noise=KnownNoise(), serves=False) as ready:
        ready.clock.tell(consulted.host.clock.now().isoformat())
        ready.vault = await ready.another(KnownNoise())
        for _ in range(2):
            await ready.vault.mix()
        await ready.vault.rotate()
        yield ready
