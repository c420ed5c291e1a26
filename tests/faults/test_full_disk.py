"""A disk without room, in a cast and in a close: nothing acknowledged is lost, all goes on when there is room again.

Where a small file system may be mounted, the home lies on one, and a ballast takes all of it; elsewhere the processes
of the database may not let any file grow. Which of the two it was, the report says.
"""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.faulty_home import Stage
from support.faulty_pids import limit
from support.faulty_season import Season, season, seeded

SIZE = "320m"
CHUNK = bytes(1 << 20)
FULL_SECONDS = 6.0


@pytest.fixture
def small_disk(short_home: Path) -> Iterator[Path]:
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0700", "tmpfs", str(short_home)]
    mounted = os.geteuid() == 0 and subprocess.run(mount, check=False, capture_output=True).returncode == 0  # noqa: S603 - fixed words
    yield short_home
    if mounted:
        subprocess.run(["umount", "--lazy", str(short_home)], check=True)  # noqa: S603, S607 - fixed words


class Ballast:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._file = stage.home / "ballast"
        self.mounted = stage.home.is_mount()

    def load(self) -> None:
        if not self.mounted:
            limit(self._stage.server_pids, 0)
            return
        try:
            with self._file.open("wb", buffering=0) as file:
                while True:
                    file.write(CHUNK)
        except OSError:
            return

    def unload(self) -> None:
        self._file.unlink(missing_ok=True)
        if not self.mounted:
            limit(self._stage.server_pids, None)


async def cast_on_a_full_disk(running: Season, ballast: Ballast) -> None:
    voices = await running.redeem()
    ballast.load()
    casting = asyncio.create_task(running.phones.cast(voices, running.draw))
    await asyncio.sleep(FULL_SECONDS)
    ballast.unload()
    await casting
    await running.truth.pending(running.period.label)


@pytest.mark.timeout(300)
async def test_a_disk_without_room_loses_nothing(small_disk: Path, tmp_path: Path) -> None:
    async with season(small_disk, tmp_path, seeded(6)) as running:
        ballast = Ballast(running.stage)
        running.say("a file system of its own" if ballast.mounted else "no file may grow")
        await cast_on_a_full_disk(running, ballast)
        running.stage.set(running.period.close)
        ballast.load()
        await asyncio.sleep(FULL_SECONDS)
        ballast.unload()
        await running.close([])
