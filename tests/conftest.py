"""A real PostgreSQL for the tests: one private server a run (a worker), a migrated template, a clone a test."""

import asyncio
import itertools
import os
import shutil
import tempfile
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import pytest

from laborvoice.clock import SystemClock
from laborvoice.embedded import DATABASE, SUPERUSER, Embedded
from laborvoice.store import migrations
from support.browsing import CHROMIUM, LOUDLY

ROOM = 1 << 30
CITUS = "LABORVOICE_TEST_CITUS_URL"
MEMORY = Path("/dev/shm")  # noqa: S108 - the folder is made by mkdtemp

Returned = TypeVar("Returned")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What this run could not try. Here, for with several workers no folder's own conftest is asked."""
    if CHROMIUM is None:
        terminalreporter.write_sep("!", LOUDLY)
    if not os.environ.get(CITUS):  # noqa: TID251 - of the tests, not of the program
        terminalreporter.write_line(f"Citus: not run, {CITUS} is not set.")


def run(work: Coroutine[Any, Any, Returned]) -> Returned:
    """Runs fixtures' own work without touching the loop of the test."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def short_folder() -> Path:
    """A home for a server: short for its socket, open to the user it drops to, in memory where programs may run there.

    The server's durable settings stay as they are; in memory they cost nothing.
    """
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM and os.access(MEMORY, os.W_OK)
    runs = roomy and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    return Path(tempfile.mkdtemp(prefix="lv", dir=MEMORY if runs else "/tmp"))  # noqa: S108 - as above


@dataclass(frozen=True)
class Database:
    """A database of one test's own."""

    server: Embedded
    name: str

    def dsn(self, role: str) -> str:
        """For ``laborvoice_intake`` or ``intake`` alike."""
        return self.server.dsn(role if role.startswith("laborvoice_") else f"laborvoice_{role}", self.name)

    @property
    def superuser(self) -> str:
        return self.server.dsn(SUPERUSER, self.name)


@pytest.fixture
def short_home() -> Iterator[Path]:
    folder = short_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def server() -> Iterator[Embedded]:
    folder = short_folder()
    started = Embedded(folder, clock=SystemClock(), extra_settings={"max_connections": "200"})
    run(started.start())
    yield started
    run(started.stop())
    shutil.rmtree(folder)


async def execute(dsn: str, *statements: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def template(server: Embedded) -> str:
    """The migrated database that tests are cloned from; nobody stays connected to it."""
    run(migrations.upgrade(server.superuser_dsn))
    run(server.grant_logins())
    return DATABASE


# A clone brings the tables and their grants along, but not what is granted on or set for the database itself.
_SETTINGS = """
SELECT format('ALTER %s SET %I TO %s',
         CASE WHEN setrole = 0 THEN format('DATABASE %I', $2::text)
              ELSE format('ROLE %s IN DATABASE %I', setrole::regrole, $2::text) END,
         split_part(one, '=', 1), substr(one, strpos(one, '=') + 1))
  FROM pg_db_role_setting, unnest(setconfig) AS one
 WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = $1)
UNION ALL
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', $2::text)
  FROM pg_database WHERE datname = $1 AND datacl IS NOT NULL
UNION ALL
SELECT format('GRANT %s ON DATABASE %I TO %s', privilege_type, $2::text,
         CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END)
  FROM pg_database, aclexplode(datacl) WHERE datname = $1
"""


async def clone(server: Embedded, template: str, name: str) -> None:
    connection = await asyncpg.connect(server.dsn(SUPERUSER, "postgres"))
    try:
        await connection.execute(
            f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER laborvoice_owner STRATEGY FILE_COPY'
        )
        for row in await connection.fetch(_SETTINGS, template, name):
            await connection.execute(row[0])
    finally:
        await connection.close()


_numbers = itertools.count(1)


@pytest.fixture
def database(server: Embedded, template: str) -> Iterator[Database]:
    name = f"test_{next(_numbers)}"
    run(clone(server, template, name))
    yield Database(server, name)
    run(execute(server.dsn(SUPERUSER, "postgres"), f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture
def empty_database(server: Embedded) -> Iterator[Database]:
    """Not migrated."""
    name = f"test_{next(_numbers)}"
    admin = server.dsn(SUPERUSER, "postgres")
    run(execute(admin, f'CREATE DATABASE "{name}"'))
    yield Database(server, name)
    run(execute(admin, f'DROP DATABASE "{name}" WITH (FORCE)'))
