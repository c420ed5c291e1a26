"""Which schema a process needs, and whether the database has it. Migrating is ``migrations``' business."""

from typing import Final

import asyncpg

from laborvoice.errors import DatabaseUnavailable, SchemaBehind
from laborvoice.store.database import AWAY, Connection, Database

HEAD: Final = "0019"
"""The newest revision in alembic/versions."""

_VERSION: Final = "SELECT version_num FROM public.alembic_version"


async def present(dsn: str) -> str:
    """The revision the database is at; empty before the first. Raises DatabaseUnavailable."""
    try:
        connection = await asyncpg.connect(dsn)
    except AWAY as error:
        raise DatabaseUnavailable from error
    try:
        return str(await connection.fetchval(_VERSION))
    except (asyncpg.UndefinedTableError, asyncpg.InsufficientPrivilegeError):
        return ""
    finally:
        await connection.close()


async def require(dsn: str) -> None:
    """Raises SchemaBehind unless the database is at the revision this program needs."""
    found = await present(dsn)
    if found != HEAD:
        raise SchemaBehind(f"The schema is at {found or 'nothing'}, not at {HEAD}: run laborvoice migrate.")


async def served(database: Database) -> bool:
    """Whether the database is there and its schema is not behind: one ahead serves the release before it, too."""

    async def step(db: Connection) -> str | None:
        return await db.value(str, _VERSION)

    try:
        found = await database.run("ready", step)
    except (DatabaseUnavailable, asyncpg.UndefinedTableError):
        return False
    return found is not None and found >= HEAD
