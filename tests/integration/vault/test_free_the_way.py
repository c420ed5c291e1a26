"""What a neighbour keeps open is ended by the vault, by the age of its transaction; nobody else's is."""

from typing import Any

import asyncpg
import pytest

from laborvoice.bootstrap.vault import OLD_SECONDS
from laborvoice.store.ballot import period_state
from laborvoice.store.database import AWAY, Connection, Database


async def free(database: Any, seconds: float) -> None:
    async def step(db: Connection) -> None:
        await period_state.end_old(db, seconds)

    async with Database.open(database.dsn("vault"), size=1) as vault:
        await vault.run("free the way", step)


async def opened(database: Any, role: str) -> "asyncpg.Connection[asyncpg.Record]":
    raw: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(database.dsn(role))
    await raw.execute("BEGIN; SELECT 1")
    return raw


@pytest.mark.parametrize("role", ["intake", "portal", "courier"])
async def test_an_old_transaction_of_a_neighbour_is_ended(role: str, database: Any) -> None:
    raw = await opened(database, role)
    await free(database, OLD_SECONDS)
    assert await raw.fetchval("SELECT 1") == 1
    await free(database, 0.0)
    with pytest.raises(AWAY):
        await raw.execute("SELECT pg_sleep(20)")
    raw.terminate()


async def test_one_of_the_vaults_own_is_not(database: Any) -> None:
    raw = await opened(database, "vault")
    await free(database, 0.0)
    assert await raw.fetchval("SELECT 1") == 1
    await raw.close()


async def test_a_neighbour_that_only_waits_for_work_is_not(database: Any) -> None:
    raw: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(database.dsn("portal"))
    await free(database, 0.0)
    assert await raw.fetchval("SELECT 1") == 1
    await raw.close()
