"""Restore: an old database beside a keyring that has gone on. The keyring is right (design, operations 7).

The four roles stay outside until all is done; a restore that fails leaves them there, and may be run again.
"""

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from laborvoice.backup import programs
from laborvoice.backup.header import PURPOSE, Header, split
from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.crypto import sealed_file
from laborvoice.crypto.suites import KeyPair
from laborvoice.domain import Value
from laborvoice.domain.audit import Act, Bad
from laborvoice.domain.period import Period
from laborvoice.errors import BackupRefused, BadSetting, Conflict
from laborvoice.keyring import past
from laborvoice.keyring.directory import LOG
from laborvoice.keyring.hold import Held
from laborvoice.keyring.journal import FileJournal
from laborvoice.pipeline.count import again
from laborvoice.store import migrations, whole
from laborvoice.store.access import audit as audit_rows
from laborvoice.store.ballot import partition, period_state
from laborvoice.store.database import Connection, Database
from laborvoice.views import audit
from laborvoice.workers import Workers

SEEN_OVER: Final = timedelta(weeks=5)
"""A mix key is made two weeks ahead of its own, and dies a week after it."""
_PIECE: Final = 1 << 20


class Source(Value, frozen=True):
    """The file, the key that opens it, and the directory of the keyring that has gone on: None where it is lost."""

    file: Path
    pair: KeyPair
    keyring: Path | None


class Means(Value, frozen=True):
    workers: Workers
    clock: Clock
    chance: Chance


class Restored(Value, frozen=True):
    """``held``: open periods whose invites may have been exchanged between ``made_at`` and ``now``."""

    made_at: datetime
    now: datetime
    burned: tuple[str, ...]
    releases: again.Replayed
    bad: tuple[str, Bad] | None
    held: tuple[str, ...]


def check(source: Source, told: Callable[[int], None]) -> Header:
    """Reads the file to its end. Raises Malformed and Undecryptable for one that was cut or altered."""
    header, rows = split(_plain(source))
    size = 0
    for piece in rows:
        size += len(piece)
        told(size)
    if header.revision not in migrations.known():
        raise BackupRefused(f"The backup is of the schema {header.revision}, which this version does not know.")
    return header


async def restore(dsn: str, source: Source, header: Header, means: Means, *, replace: bool) -> Restored:
    """After ``check``. ``dsn`` is the owner's; ``replace``: what is in the database now may go.

    Raises Conflict before anything is changed: somebody is connected, or the database is not empty.
    """
    if source.keyring is not None and not (source.keyring / LOG).is_file():
        raise BadSetting(f"{source.keyring} is no keyring: without its log, what was burned would come back.")
    await _seize(dsn, replace=replace)
    await migrations.upgrade(dsn, header.revision)
    async with Database.open(dsn, size=2) as database:
        await database.run("prepare", lambda db: _prepare(db, header))
    await asyncio.to_thread(_load, dsn, source)
    # Where a newer version restores: the schema first, then what this version knows how to do.
    await migrations.upgrade(dsn)
    async with Database.open(dsn, size=2) as database:
        return await _catch_up(database, source.keyring, header, means)


async def _seize(dsn: str, *, replace: bool) -> None:
    async def step(db: Connection) -> None:
        if await whole.in_use(db):
            raise Conflict("A process of laborvoice is connected to the database: stop them all first.")
        if not replace and not await whole.is_empty(db):
            raise Conflict("The database is not empty: give --replace where what is in it may go.")
        await whole.lock_out(db)
        await whole.clear(db)

    async with Database.open(dsn, size=1) as database:
        await database.run("lock out", step)


async def _prepare(db: Connection, header: Header) -> None:
    await whole.lock_out(db)
    await whole.empty(db)
    for one in header.partitions:
        await whole.make_partition(db, one)


def _load(dsn: str, source: Source) -> None:
    _, rows = split(_plain(source))
    programs.load(dsn, rows)


async def _catch_up(database: Database, keyring: Path | None, header: Header, means: Means) -> Restored:
    """To where the keyring is. Then the roles may come in."""
    now = means.clock.now()
    gone, lines = await _past(database, keyring)
    for label in gone:
        await database.run("burn again", partial(_burn, label=label))
    if now - header.made_at > SEEN_OVER:
        await database.run("forget", partial(_forget, header=header))
    releases = await again.replay(database, means.workers, means.chance, lines, now)
    bad = await audit.first_bad(database)
    held = tuple(one.period for one in await _states(database) if one.state == "open")
    if keyring is not None:
        Held(keyring).hold(frozenset(held))

    async def end(db: Connection) -> None:
        for label in gone:
            await period_state.move(db, label, "burning", "burned")
        if bad is None:
            await audit_rows.record(db, now, Act(action="restored", actor=None))
        await whole.let_in(db)

    await database.run("let in", end)
    return Restored(made_at=header.made_at, now=now, burned=gone, releases=releases, bad=bad, held=held)


async def _past(database: Database, keyring: Path | None) -> tuple[tuple[str, ...], list[again.Line]]:
    """The periods that are burned, and their releases. Without a keyring none of the boxes can be opened."""
    if keyring is None:
        return tuple(one.period for one in await _states(database)), []
    gone = past.burned(keyring)
    journal = FileJournal(keyring)
    try:
        return gone, [line for line in journal.entries() if line[0] in gone]
    finally:
        journal.close()


async def _states(database: Database) -> list[period_state.PeriodState]:
    return await database.run("states", period_state.all_states)


async def _forget(db: Connection, header: Header) -> None:
    """Who was seen under keys that have all died since."""
    for one in header.partitions:
        if one.family == "seen":
            await partition.drop(db, "seen", one.bound.removeprefix("\\x"))


async def _burn(db: Connection, label: str) -> None:
    period = Period.parse(label)
    await whole.burning(db, label, "quarter" if period.months > 1 else "month")
    for family in partition.OF_PERIOD:
        await partition.drop(db, family, label)


def _plain(source: Source) -> Iterator[bytes]:
    return sealed_file.opened(source.pair, PURPOSE, _read(source.file))


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
