"""The whole line between a phone and a watchdog."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from support.desk_line import Line, line


@pytest.fixture
async def desk(database: Any, tmp_path: Path) -> AsyncIterator[Line]:
    async with line(database, tmp_path) as opened:
        yield opened
