"""The small world of ``support.registry_world`` in a database of the test's own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from laborvoice.store.database import Database
from support.registry_world import Plug, World


@pytest.fixture
async def world(database: Any) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        portal = await stack.enter_async_context(Database.open(database.dsn("portal"), size=4))
        vault = await stack.enter_async_context(Database.open(database.dsn("vault"), size=2))
        yield World(portal, vault, database.superuser)


@pytest.fixture
def plug(short_home: Path, database: Any) -> Plug:
    return Plug(short_home, database.dsn("portal"), database.superuser)
