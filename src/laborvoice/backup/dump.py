"""Backup: one consistent snapshot of all that outlives a day, sealed as it is read."""

import asyncio
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from laborvoice.backup import programs
from laborvoice.backup.header import PURPOSE, Header, before
from laborvoice.chance import Chance
from laborvoice.crypto import sealed_file
from laborvoice.embedded.home import private_file, sync_directory
from laborvoice.errors import BackupRefused, BadSetting
from laborvoice.store import whole
from laborvoice.store.database import Connection, Database

_UNFINISHED: Final = ".unfinished"


async def backup(dsn: str, file: Path, public: bytes, chance: Chance, told: Callable[[int], None]) -> Header:
    """Sealed to ``public``; the file is there when it is whole, and not before. ``told`` hears its bytes so far.

    ``dsn`` is the owner's. Raises BackupRefused, BadSetting, DatabaseUnavailable.
    """
    new = _new(file)

    async def step(db: Connection) -> Header:
        moment = await whole.moment(db)
        partitions = tuple(await whole.partitions(db))
        header = Header(revision=moment.revision, made_at=moment.at, partitions=partitions)
        rows = before(header, programs.dump(dsn, moment.snapshot))
        key = chance.bytes(sealed_file.CONTENT_KEY_SIZE)
        await asyncio.to_thread(_write, new, sealed_file.sealed(public, PURPOSE, key, rows), told)
        return header

    try:
        async with Database.open(dsn, size=1) as database:
            header = await database.run("backup", step)
        _finish(new, file)
    finally:
        new.unlink(missing_ok=True)
    return header


def _new(file: Path) -> Path:
    if file.exists():
        raise BadSetting(f"{file} is there already.")
    return file.absolute().with_name(file.name + _UNFINISHED)


def _finish(new: Path, file: Path) -> None:
    new.rename(file)
    sync_directory(new.parent)


def _write(path: Path, pieces: Iterable[bytes], told: Callable[[int], None]) -> None:
    size = 0
    try:
        path.unlink(missing_ok=True)
        with private_file(path) as handle:
            for piece in pieces:
                left = piece
                while left:
                    left = left[os.write(handle, left) :]
                size += len(piece)
                told(size)
    except OSError:
        raise BackupRefused(f"{path} cannot be written: is there room?") from None
