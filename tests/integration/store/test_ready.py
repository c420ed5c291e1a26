"""Ready: the database is there, and its schema is not behind. And what the courier sees of the server."""

from typing import Any

from laborvoice.store import schema
from laborvoice.store.database import Database
from laborvoice.store.outbox import server


async def at(database: Any, revision: str) -> bool:
    async with Database.open(database.superuser, size=1) as admin, Database.open(database.dsn("intake"), size=1) as one:
        await admin.run("test", lambda db: db.execute("UPDATE public.alembic_version SET version_num = $1", revision))
        return await schema.served(one)


async def test_a_schema_behind_is_not_served_and_one_ahead_is(database: Any) -> None:
    assert await at(database, schema.HEAD)
    assert not await at(database, "0001")
    assert await at(database, "9999")


async def test_no_schema_is_not_served(empty_database: Any) -> None:
    async with Database.open(empty_database.superuser, size=1) as one:
        assert not await schema.served(one)


async def test_the_courier_sees_how_the_server_cleans_up(database: Any) -> None:
    async with Database.open(database.dsn("courier"), size=2) as courier:
        found = await courier.run("test", server.health)
    assert (found.oldest_minutes, found.dead_rows) == (0, 0)
