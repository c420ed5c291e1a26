"""A small world that is backed up, goes on, and is restored beside its keyring into a database of its own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from laborvoice.backup import dump, restore
from laborvoice.backup.header import Header
from laborvoice.crypto import suites
from support.phone import CHANCE
from support.poll import World

PAIR = suites.key_pair(b"\x09" * 32, suites.OURS)


@dataclass
class Kept:
    """``world``: the one that goes on; ``other``: the database that is restored into."""

    world: World
    first: str
    other: str
    file: Path

    @property
    def means(self) -> restore.Means:
        return restore.Means(workers=self.world.workers, clock=self.world.clock, chance=CHANCE)

    @property
    def source(self) -> restore.Source:
        return restore.Source(file=self.file, pair=PAIR, keyring=self.world.settings.keyring)

    async def backup(self) -> Header:
        return await dump.backup(self.first, self.file, PAIR.public, CHANCE, lambda _: None)

    async def restore(self, *, replace: bool = False, keyring: bool = True) -> restore.Restored:
        source = self.source if keyring else restore.Source(file=self.file, pair=PAIR, keyring=None)
        header = restore.check(source, lambda _: None)
        return await restore.restore(self.other, source, header, self.means, replace=replace)


async def rows(dsn: str, sql: str, *args: object) -> list[tuple[Any, ...]]:
    connection = await asyncpg.connect(dsn)
    try:
        return [tuple(row) for row in await connection.fetch(sql, *args)]
    finally:
        await connection.close()
