"""A migration in the midst of traffic: what asked the schema of the last release goes on asking, and is answered."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from laborvoice.errors import Busy
from laborvoice.store import migrations, schema

BEFORE = "0017"
STATEMENTS = json.loads((Path(__file__).parents[2] / "vectors" / f"statements_{BEFORE}.json").read_text())
"""What the store of the last release asked, by name and role. A new release freezes its own."""
ROLES = ("intake", "vault", "portal", "courier")
UTILITY = ("TRUNCATE", "LOCK", "CHECKPOINT")
DATA = (
    "INSERT INTO ballot.period_state (period, kind, state) VALUES ('2026-Q1', 'quarter', 'open')",
    """INSERT INTO registry.party (id, kind, name, country, created_on)
    SELECT gen_random_uuid(), 'brand', 'B' || i, 'DE', '2026-01-01' FROM generate_series(1, 50) i""",
    """INSERT INTO registry.supplier (supplier_id, public_id, name, address, country, kind, isic, products, engagement,
        created_on, updated_on)
    SELECT i, gen_random_uuid(), 'S' || i, 'Road', 'BD', 'factory', '{1410}', '{}', 'ok', '2026-01-01', '2026-01-01'
    FROM generate_series(1, 500) i""",
    "INSERT INTO ballot.invite SELECT sha256(i::text::bytea), i % 500 + 1 FROM generate_series(1, 5000) i",
    """INSERT INTO release.ledger
    SELECT i, '2025-Q4', 0.5, 1, 0, 0.5, 1e-4, '{}', '0', '0' FROM generate_series(1, 500) i""",
    """INSERT INTO release.release (supplier_id, period, id, ended, covers, state, policy, questionnaire, method)
    SELECT i, '2025-Q4', gen_random_uuid(), '2025-12-31', '{2025-Q4}', 'withheld', 'standard', 'core/1', '1'
    FROM generate_series(1, 500) i""",
)
PATIENCE = 3000
CAST = "SELECT ballot.cast_in($1, $2, $3, $4, $5, $6)"


@dataclass
class Traffic:
    """``asked``: how many statements were answered; ``failed``: those that were not, with what was said."""

    dsn: str
    role: str
    asked: int = 0
    failed: list[str] = field(default_factory=list[str])
    over: bool = False

    async def run(self, statements: Sequence[Any]) -> None:
        connection = await asyncpg.connect(self.dsn)
        try:
            while not self.over:
                for one in statements:
                    await self.ask(connection, one["name"], one["sql"])
                if self.role == "intake":
                    await self.cast(connection)
        finally:
            await connection.close()

    async def ask(self, connection: Any, name: str, sql: str) -> None:
        try:
            async with connection.transaction():
                await connection.execute(f"SET LOCAL ROLE laborvoice_{self.role}")
                await connection.execute(f"EXPLAIN (GENERIC_PLAN) {sql}")
            self.asked += 1
        except asyncpg.PostgresError as error:
            self.failed.append(f"{self.role} {name}: {error}")

    async def cast(self, connection: Any) -> None:
        """An envelope with its work done: the spool must have each."""
        digest = self.asked.to_bytes(32, "big")
        try:
            async with connection.transaction():
                await connection.execute("SET LOCAL ROLE laborvoice_intake")
                arrays = ([b"k" * 8], [digest], ["2026-Q1"], [None], [True], [bytes(9216)])
                await connection.execute(CAST, *arrays)
        except asyncpg.PostgresError as error:
            self.failed.append(f"cast: {error}")


def of(role: str) -> list[Any]:
    return [one for one in STATEMENTS if role in one["roles"] and not one["sql"].startswith(UTILITY)]


@pytest.fixture
async def before(empty_database: Any) -> str:
    """The schema of the last release, with data."""
    await migrations.upgrade(empty_database.superuser, BEFORE)
    connection = await asyncpg.connect(empty_database.superuser)
    for statement in DATA:
        await connection.execute(statement)
    await connection.close()
    return str(empty_database.superuser)


async def test_the_last_release_goes_on_while_the_schema_is_brought_forward(before: str) -> None:
    traffic = [Traffic(before, role) for role in ROLES]
    running = [asyncio.create_task(one.run(of(one.role))) for one in traffic]
    await until(lambda: all(one.asked >= len(of(one.role)) for one in traffic))
    assert [failed for one in traffic for failed in one.failed] == []
    await migrations.upgrade(before)
    await schema.require(before)
    rounds = [one.asked + 2 * len(of(one.role)) for one in traffic]
    await until(lambda: all(one.asked >= wanted for one, wanted in zip(traffic, rounds, strict=True)))
    for one in traffic:
        one.over = True
    await asyncio.gather(*running)
    assert failing(traffic) == []


def failing(traffic: Sequence[Traffic]) -> list[str]:
    return sorted({failed for one in traffic for failed in one.failed})


async def until(reached: Callable[[], bool]) -> None:
    for _ in range(PATIENCE):
        if reached():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the traffic does not go on")


async def test_a_step_that_does_not_get_its_locks_gives_way_and_comes_back(
    before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "_LOCK_TIMEOUT", "SET lock_timeout = '50ms'")
    monkeypatch.setattr(migrations, "PAUSE", 0.01)
    waits, waited, judge = 0, asyncio.Event(), migrations._in_the_way  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - asked at each failure
    connection = await asyncpg.connect(before)
    await connection.execute("BEGIN")
    await connection.execute("LOCK TABLE public.alembic_version IN EXCLUSIVE MODE")

    def judged(error: Any) -> bool:
        nonlocal waits
        waits += 1
        if waits > 1:
            waited.set()
        return judge(error)

    monkeypatch.setattr(migrations, "_in_the_way", judged)
    upgrading = asyncio.create_task(migrations.upgrade(before))
    await waited.wait()
    await connection.execute("ROLLBACK")
    await upgrading
    await connection.close()
    assert waits >= 2
    await schema.require(before)


async def test_one_that_never_gets_them_says_so(before: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("_LOCK_TIMEOUT", "SET lock_timeout = '20ms'"), ("PAUSE", 0.0), ("ATTEMPTS", 2)):
        monkeypatch.setattr(migrations, name, value)
    connection = await asyncpg.connect(before)
    await connection.execute("BEGIN")
    await connection.execute("LOCK TABLE public.alembic_version IN EXCLUSIVE MODE")
    with pytest.raises(Busy, match="too busy"):
        await migrations.upgrade(before)
    await connection.close()
