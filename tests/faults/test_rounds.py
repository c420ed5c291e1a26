"""Blows drawn from a seed, two quarters in a home: after each, every acknowledged ballot is counted once or carried."""

from pathlib import Path

import pytest

from support.faulty_season import season, seeded

QUARTERS = 2


@pytest.mark.timeout(600)
async def test_rounds(seed: int, disk: Path, tmp_path: Path) -> None:
    async with season(disk, tmp_path, seeded(seed)) as running:
        for _ in range(QUARTERS):
            await running.quarter()
