"""A disk that can be filled: a small file system of its own where one may be mounted, else a bound on every file."""

import asyncio
import os
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from support.faulty_home import Stage
from support.faulty_pids import limit

SIZE = "320m"
CHUNK = bytes(1 << 20)
BOUND = 1 << 21
"""Below this the bound would meet PostgreSQL's shared memory too, which no full disk does."""


@contextmanager
def small_disk(home: Path) -> Generator[Path]:
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0700", "tmpfs", str(home)]
    mounted = os.geteuid() == 0 and subprocess.run(mount, check=False, capture_output=True).returncode == 0  # noqa: S603 - our own words
    try:
        yield home
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(home)], check=True)  # noqa: S603, S607 - wherever the system keeps it


async def full(stage: Stage, seconds: float) -> str:
    """No room for so long; which of the two ways it was."""
    if not stage.home.is_mount():
        limit(stage.server_pids, BOUND)
        await asyncio.sleep(seconds)
        limit(stage.server_pids, None)
        return f"no file beyond {BOUND} bytes, {seconds:.2f} s"
    ballast = stage.home / "ballast"
    try:
        await asyncio.to_thread(_load, ballast)
        await asyncio.sleep(seconds)
    finally:
        ballast.unlink(missing_ok=True)
    return f"no room on the disk, {seconds:.2f} s"


def _load(ballast: Path) -> None:
    """To the last page."""
    with ballast.open("wb", buffering=0) as file:
        piece = CHUNK
        while piece:
            try:
                file.write(piece)
            except OSError:
                piece = piece[: len(piece) // 2]
