"""The same schema on a Citus of one's own: collected only where ``LABORVOICE_TEST_CITUS_URL`` names one.

The address is a superuser's, on loopback (a tunnel will do), for example ``postgresql://postgres:…@127.0.0.1:5432/postgres``.
A database is made there and dropped again; the roles of laborvoice get new passwords.
"""

import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg
import pytest

from laborvoice.chance import SystemChance
from laborvoice.store import migrations

URL = "LABORVOICE_TEST_CITUS_URL"
ROLES = ("intake", "vault", "portal", "courier")
OFFERED = "SELECT count(*) > 0 FROM pg_available_extensions WHERE name = 'citus'"

Dsn = Callable[[str], str]


def _address() -> str:
    return os.environ.get(URL, "")  # noqa: TID251 - named by whoever runs the suite


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    return True if collection_path.suffix == ".py" and not _address() else None


async def _execute(dsn: str, *statements: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def _offered(dsn: str) -> bool:
    connection = await asyncpg.connect(dsn)
    try:
        return bool(await connection.fetchval(OFFERED))
    finally:
        await connection.close()


@pytest.fixture
async def migrated() -> AsyncIterator[Dsn]:
    """By role, the address of a database of the test's own."""
    admin, word = _address(), SystemChance().bytes(16).hex()
    name = f"laborvoice_test_{word[:8]}"
    parts = urlsplit(admin)

    def dsn(role: str) -> str:
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit(parts._replace(netloc=f"laborvoice_{role}:{quote(word)}@{host}", path=f"/{name}"))

    own = urlunsplit(parts._replace(path=f"/{name}"))
    await _execute(admin, f'CREATE DATABASE "{name}"')
    try:
        if await _offered(own):
            await _execute(own, "CREATE EXTENSION IF NOT EXISTS citus")
        await migrations.upgrade(own)
        await _execute(own, *(f"ALTER ROLE laborvoice_{role} LOGIN PASSWORD '{word}'" for role in ROLES))
        yield dsn
    finally:
        await _execute(admin, f'DROP DATABASE "{name}" WITH (FORCE)')
