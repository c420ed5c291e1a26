"""A superuser's look at the migrated schema."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest


@pytest.fixture
async def superuser(database: Any) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    opened = await asyncpg.connect(database.superuser)
    yield opened
    await opened.close()
