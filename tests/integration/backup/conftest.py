"""A world to back up, and an empty database to restore into."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from support.kept import Kept
from support.known import KnownNoise
from support.poll import playing


@pytest.fixture
def noise() -> KnownNoise:
    return KnownNoise(40)


@pytest.fixture
async def kept(database: Any, empty_database: Any, tmp_path: Path, noise: KnownNoise) -> AsyncGenerator[Kept]:
    async with playing(database.dsn, tmp_path, noise=lambda _: noise, serves=False) as world:
        yield Kept(world, database.superuser, empty_database.superuser, tmp_path / "backup")
