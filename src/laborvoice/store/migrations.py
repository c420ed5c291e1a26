"""The schema: brings a database to the version this program needs, or says that it is not there."""

import asyncio
from pathlib import Path

import asyncpg
from alembic.command import upgrade as alembic_upgrade
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection as SyncConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

import laborvoice
from laborvoice.errors import Busy, DatabaseUnavailable
from laborvoice.store.database import AWAY

ATTEMPTS = 20
PAUSE = 0.5
LONGEST = 10
"""Seconds between two attempts: half a second, and half a second more each time, up to five."""

_WAITED = frozenset({"55P03", "40P01"})
"""lock_not_available, deadlock_detected."""
_LOCK = "SELECT pg_advisory_lock(hashtext('laborvoice migrations'))"
_LOCK_TIMEOUT = "SET lock_timeout = '3s'"


def _config() -> Config:
    package = Path(laborvoice.__file__).parent
    shipped, checkout = package / "alembic", package.parents[1] / "alembic"
    config = Config()
    config.set_main_option("script_location", str(shipped if shipped.is_dir() else checkout))
    return config


def head() -> str:
    """The revision this program needs."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def known() -> frozenset[str]:
    """Every revision this program can bring a database to."""
    return frozenset(one.revision for one in ScriptDirectory.from_config(_config()).walk_revisions())


async def upgrade(dsn: str, revision: str = "head") -> None:
    """Bring the database at ``dsn`` to ``revision``. One migration at a time, whoever else tries.

    It may be in use: a step that does not get its locks within three seconds gives way to those who wait behind it, and
    is tried again. The role of ``dsn`` must be able to create roles. Raises DatabaseUnavailable, Busy.
    """
    for attempt in range(ATTEMPTS):
        try:
            await _upgrade(dsn, revision)
        except DBAPIError as error:
            if not _in_the_way(error):
                raise
            await asyncio.sleep(PAUSE * min(attempt + 1, LONGEST))
        except AWAY as error:
            raise DatabaseUnavailable from error
        else:
            return
    raise Busy("The tables are too busy for the migration: try again when less is going on.")


async def _upgrade(dsn: str, revision: str) -> None:
    """What is done of it stays done: each migration is a transaction of its own."""

    def migrate(connection: SyncConnection) -> None:
        config = _config()
        config.attributes["connection"] = connection
        alembic_upgrade(config, revision)

    async def connect() -> "asyncpg.Connection[asyncpg.Record]":
        connection = await asyncpg.connect(dsn)
        await connection.execute(_LOCK)
        await connection.execute(_LOCK_TIMEOUT)
        return connection

    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(migrate)
            await connection.commit()
    finally:
        await engine.dispose()


def _in_the_way(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) in _WAITED
