"""The world of support/poll.py on a database of the test's own, with noise that is known."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Protocol

import pytest

from laborvoice.store.database import Database
from support.known import KnownNoise
from support.poll import World, playing


class Cloned(Protocol):
    @property
    def superuser(self) -> str: ...

    def dsn(self, role: str) -> str: ...


@pytest.fixture
def noise() -> KnownNoise:
    return KnownNoise()


@pytest.fixture
async def world(database: Cloned, tmp_path: Path, noise: KnownNoise) -> AsyncGenerator[World]:
    async with playing(database.dsn, tmp_path, noise=noise, serves=False) as ready:
        yield ready


@pytest.fixture
async def superuser(database: Cloned) -> AsyncGenerator[Database]:
    async with Database.open(database.superuser, size=1) as opened:
        yield opened
