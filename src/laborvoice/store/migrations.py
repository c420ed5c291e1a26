"""The schema: brings a database to the version this program needs, or says that it is not there."""

from pathlib import Path

import asyncpg
from alembic.command import upgrade as alembic_upgrade
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection as SyncConnection
from sqlalchemy.ext.asyncio import create_async_engine

import laborvoice
from laborvoice.errors import DatabaseUnavailable
from laborvoice.store.database import AWAY

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


async def upgrade(dsn: str, revision: str = "head") -> None:
    """Bring the database at ``dsn`` to ``revision``. One migration at a time, whoever else tries.

    The role of ``dsn`` must be able to create roles. Raises DatabaseUnavailable.
    """

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
    except AWAY as error:
        raise DatabaseUnavailable from error
    finally:
        await engine.dispose()
