"""Migrations go up, down and up again, one at a time, and end in the same schema."""

from pathlib import Path
from typing import Any

import asyncpg
import pytest
from alembic.command import downgrade
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from laborvoice.errors import SchemaBehind
from laborvoice.store import migrations, schema

ALEMBIC = Path(__file__).parents[3] / "alembic"

_SHAPE = """
SELECT 'column ' || table_schema || '.' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
       || coalesce(' ' || column_default, '') AS line
  FROM information_schema.columns WHERE table_schema = ANY ($1)
UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = ANY ($1)
UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
  WHERE connamespace = ANY (SELECT oid FROM pg_namespace WHERE nspname = ANY ($1)) AND conrelid <> 0
UNION ALL SELECT format('options %s %s %s', oid::regclass, reloptions, relacl) FROM pg_class
  WHERE relnamespace = ANY (SELECT oid FROM pg_namespace WHERE nspname = ANY ($1)) AND relkind IN ('r', 'p')
UNION ALL SELECT 'function ' || pg_get_functiondef(oid) || ' ' || coalesce(proacl::text, '') FROM pg_proc
  WHERE pronamespace = ANY (SELECT oid FROM pg_namespace WHERE nspname = ANY ($1))
UNION ALL SELECT 'schema ' || nspname || ' ' || coalesce(nspacl::text, '') FROM pg_namespace WHERE nspname = ANY ($1)"""
_SCHEMAS = ("ballot", "registry", "release", "desk", "access", "outbox")


async def shape(dsn: str) -> list[str]:
    connection = await asyncpg.connect(dsn)
    try:
        return sorted(row["line"] for row in await connection.fetch(_SHAPE, _SCHEMAS))
    finally:
        await connection.close()


async def down(dsn: str, revision: str) -> None:
    def migrate(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(ALEMBIC))
        config.attributes["connection"] = connection
        downgrade(config, revision)

    async def connect() -> "asyncpg.Connection[asyncpg.Record]":
        return await asyncpg.connect(dsn)

    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
        await connection.commit()
    await engine.dispose()


def revisions() -> list[str]:
    """From the first to the head."""
    script = ScriptDirectory(str(ALEMBIC))
    return [one.revision for one in reversed(list(script.walk_revisions()))]


def test_revisions_are_one_line() -> None:
    script = ScriptDirectory(str(ALEMBIC))
    assert script.get_heads() == [migrations.head()] == [schema.HEAD]
    assert revisions() == sorted(revisions())


async def test_up_down_up(empty_database: Any) -> None:
    dsn = empty_database.superuser
    await migrations.upgrade(dsn)
    first = await shape(dsn)
    await down(dsn, "base")
    assert await shape(dsn) == []
    await migrations.upgrade(dsn)
    assert await shape(dsn) == first


async def test_each_step_can_be_taken_back(empty_database: Any) -> None:
    dsn = empty_database.superuser
    before: list[list[str]] = []
    for revision in revisions():
        before.append(await shape(dsn))
        await migrations.upgrade(dsn, revision)
    for revision, was in zip(reversed(["base", *revisions()[:-1]]), reversed(before), strict=True):
        await down(dsn, revision)
        assert await shape(dsn) == was, f"down to {revision}"


async def test_the_way_back_gives_nobody_the_files_of_the_server(empty_database: Any) -> None:
    """What 0009 closed to all is opened again, but for what was never open: lo_export writes any file."""
    await migrations.upgrade(empty_database.superuser)
    await down(empty_database.superuser, "0008")
    connection = await asyncpg.connect(empty_database.superuser)
    may = "SELECT has_function_privilege('laborvoice_intake', $1::regprocedure::oid, 'EXECUTE')"
    try:
        assert not await connection.fetchval(may, "lo_export(oid, text)")
        assert await connection.fetchval(may, "lo_create(oid)")
    finally:
        await connection.close()


async def test_a_schema_that_is_behind_is_refused(empty_database: Any) -> None:
    await migrations.upgrade(empty_database.superuser, revisions()[0])
    with pytest.raises(SchemaBehind, match=r"not at \d{4}: run laborvoice migrate"):
        await schema.require(empty_database.superuser)
    await migrations.upgrade(empty_database.superuser)
    await schema.require(empty_database.superuser)
