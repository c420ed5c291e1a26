"""A real browser. Where there is none, its tests are left out, and the last lines of the run say so; in CI they fail.

One journey runs with every test; ``--all-browser`` brings the rest (``make browser``).
"""

import os
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from support.browsing import CHROMIUM, LOUDLY, browsing
from support.handset import Pocket, clock, pocket
from support.known import KnownNoise
from support.poll import playing
from support.scene import Roles

NEEDED = "CI" in os.environ  # noqa: TID251 - how every CI says that it is one
DRAFTS = {"intake_draft_languages": "on"}

collect_ignore_glob = [] if CHROMIUM or NEEDED else ["test_*.py"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all-browser", action="store_true", default=False, help="every line of the browser tests")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "all_browser: runs with --all-browser alone")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # Without tests/browser on the command line this file is read too late to add the option: then it is off.
    if config.getoption("all_browser", default=False):
        return
    rest = [item for item in items if item.get_closest_marker("all_browser")]
    config.hook.pytest_deselected(items=rest)
    items[:] = [item for item in items if item not in rest]


@pytest.fixture
async def chromium() -> AsyncGenerator[Browser]:
    assert CHROMIUM is not None, LOUDLY
    async with browsing() as browser:
        yield browser


@pytest.fixture
async def phones(database: Roles, tmp_path: Path) -> AsyncGenerator[Pocket]:
    """In front of a real intake and a real vault; the count's noise is known."""
    assert CHROMIUM is not None, LOUDLY
    async with playing(database.dsn, tmp_path, noise=KnownNoise(), clock=clock()) as world, pocket(world) as ready:
        yield ready


@pytest.fixture
async def drafts(database: Roles, tmp_path: Path) -> AsyncGenerator[Pocket]:
    """As ``phones``; languages that nobody reviewed are offered too."""
    async with playing(database.dsn, tmp_path, clock=clock(), page=DRAFTS) as world, pocket(world) as ready:
        yield ready
