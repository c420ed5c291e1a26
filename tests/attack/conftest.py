"""Attacks. The quick ones run with every test; ``--all-attacks`` brings the rest (``make attack``)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from laborvoice.clock import SystemClock
from laborvoice.embedded import Embedded
from laborvoice.store import migrations
from support.scene import Roles, Scene, playing


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all-attacks", action="store_true", default=False, help="the slow attacks too")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow_attack: runs with --all-attacks alone")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # Without tests/attack on the command line this file is read too late to add the option: then it is off.
    if config.getoption("all_attacks", default=False):
        return
    slow = [item for item in items if item.get_closest_marker("slow_attack")]
    config.hook.pytest_deselected(items=slow)
    items[:] = [item for item in items if item not in slow]


@pytest.fixture
async def scene(database: Roles, tmp_path: Path) -> AsyncIterator[Scene]:
    async with playing(database.dsn, database.superuser, tmp_path) as ready:
        yield ready


@pytest.fixture
async def scene_alone(short_home: Path) -> AsyncIterator[Scene]:
    """On a server of its own: every byte of ``home.parent`` is this test's."""
    server = Embedded(short_home, clock=SystemClock())

    def dsn(role: str) -> str:
        return server.dsn(f"laborvoice_{role}")

    await server.start()
    try:
        await migrations.upgrade(server.superuser_dsn)
        await server.grant_logins()
        async with playing(dsn, server.superuser_dsn, short_home / "vault") as ready:
            yield ready
    finally:
        await server.stop()
