"""A disk without room, in a cast and in a close: nothing acknowledged is lost, all goes on when there is room again.

Where a small file system may be mounted, the home lies on one and all of it is taken; elsewhere no file of the database
may grow beyond a bound. Which of the two it was, the report says.
"""

import asyncio
from pathlib import Path

import pytest

from support.faulty_disk import full
from support.faulty_season import season, seeded

FULL_SECONDS = 6.0


@pytest.mark.timeout(300)
async def test_a_disk_without_room_loses_nothing(disk: Path, tmp_path: Path) -> None:
    async with season(disk, tmp_path, seeded(6)) as running:
        casting = asyncio.create_task(running.phones.cast(await running.redeem(), running.draw))
        running.say(await full(running.stage, FULL_SECONDS))
        await casting
        await running.truth.pending(running.period.label)
        running.stage.set(running.period.close)
        running.say(await full(running.stage, FULL_SECONDS))
        await running.close([])
