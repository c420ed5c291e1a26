"""A cast that hangs while its period closes is waited for: its voice is never forgotten in the spool."""

import asyncio
from typing import Protocol

import asyncpg

from laborvoice.pipeline import count
from laborvoice.store.ballot import cast, partition, period_state, spool
from laborvoice.store.ballot.cast import Cast
from laborvoice.store.database import Connection, Database

PERIOD = "2026-Q1"
WAIT = 0.02
LOOKS = 500


class Cloned(Protocol):
    @property
    def superuser(self) -> str: ...
    def dsn(self, role: str) -> str: ...


ROW = Cast(mix_kid=b"m" * 8, digest=b"d" * 32, period=PERIOD, tag=b"t" * 16, worked=True, body=b"b" * 9216)


async def begin(db: Connection) -> None:
    await period_state.add(db, PERIOD, "quarter")
    for family in ("box", "tray", "spent", "invite_use"):
        await partition.make(db, family, PERIOD)


async def mix(vault: Database) -> None:
    """What a mix does to its lane; it waits for those who write there."""
    lane = await vault.run("flip", spool.flip)

    async def empty(db: Connection) -> None:
        await spool.lock(db, lane)
        await spool.clear(db, lane)
        await period_state.mixed(db, lane)

    await vault.run("mix", empty)


async def waits(admin: "asyncpg.Connection[asyncpg.Record]", step: str) -> None:
    for _ in range(LOOKS):
        sql = "SELECT 1 FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock'"
        if await admin.fetchval(sql, f"laborvoice {step}"):
            return
        await asyncio.sleep(WAIT)
    raise AssertionError(f"{step} does not wait")


async def test_a_cast_that_hangs_is_waited_for(database: Cloned) -> None:
    admin, holder = await asyncpg.connect(database.superuser), await asyncpg.connect(database.superuser)
    async with Database.open(database.dsn("vault")) as vault, Database.open(database.dsn("intake")) as intake:
        await vault.run("begin", begin)
        # Someone holds up the first table that a cast writes to, after it has seen that the period is open.
        held = holder.transaction()
        await held.start()
        await holder.execute("LOCK TABLE ballot.seen_default IN ACCESS EXCLUSIVE MODE")
        casting = asyncio.create_task(intake.run("receive", lambda db: cast.cast_in(db, [ROW], 0)))
        await waits(admin, "receive")
        await vault.run("close", lambda db: period_state.move(db, PERIOD, "open", "closing"))
        mixing = asyncio.create_task(twice(vault))
        done, _ = await asyncio.wait([mixing], timeout=1)
        ready = await count.ready(vault)
        await held.rollback()
        await casting
        await mixing
        left = await admin.fetchval("SELECT count(*) FROM ballot.spool WHERE voiced")
        assert not left, "counted without a voice that was cast while the period was open"
        assert ready is None
        assert not done
    await admin.close()
    await holder.close()


async def twice(vault: Database) -> None:
    for _ in range(2):
        await mix(vault)
