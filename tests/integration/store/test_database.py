"""The pool: what counts as a database that is away."""

from typing import Protocol

import asyncpg
import pytest

from laborvoice.errors import DatabaseUnavailable
from laborvoice.store import schema
from laborvoice.store.database import Connection, Database

_FAIL = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$"
_BREAK = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '22012'; END $$"


class Cloned(Protocol):
    def dsn(self, role: str) -> str: ...


async def full(db: Connection) -> None:
    """As the server says it when its disk is full."""
    await db.execute(_FAIL)


async def broken(db: Connection) -> None:
    await db.execute(_BREAK)


async def test_a_full_disk_is_a_database_that_is_away(database: Cloned) -> None:
    """A line for each batch that failed would tell when envelopes came."""
    async with Database.open(database.dsn("intake")) as intake:
        with pytest.raises(DatabaseUnavailable):
            await intake.run("test", full)
        assert await schema.served(intake)


async def test_a_step_that_is_wrong_says_so(database: Cloned) -> None:
    async with Database.open(database.dsn("intake")) as intake:
        with pytest.raises(asyncpg.DivisionByZeroError):
            await intake.run("test", broken)


async def test_nobody_listening_is_a_database_that_is_away() -> None:
    with pytest.raises(DatabaseUnavailable):
        async with Database.open("postgresql://nobody@127.0.0.1:1/none"):
            pass
