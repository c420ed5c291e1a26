"""Processes by their numbers: whose children they are, what they run, signals, limits. Linux alone has all of it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

LIMIT = """
import contextlib, os, resource, sys
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(int(sys.argv[3]))
    os.setuid(int(sys.argv[2]))
for pid in sys.argv[4:]:
    with contextlib.suppress(ProcessLookupError):
        resource.prlimit(int(pid), resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
"""


def children_of(pid: int) -> list[int]:
    found: list[int] = []
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += map(int, tasks.read_text("ascii").split())
    return sorted(found)


def command_of(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")[:-1]
    except OSError:
        return []


def send(pid: int, number: signal.Signals) -> None:
    """0 names no process of ours: to the system it would be all of our group."""
    if pid > 0:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def limit(pids: Iterable[int], size: int | None) -> None:
    """No file of these processes grows beyond ``size`` bytes: to them the disk is full. None: there is room.

    Said by a process of the user that they run as: a superuser without CAP_SYS_RESOURCE may not.
    """
    users: dict[int, tuple[int, int]] = {}
    for pid in pids:
        with suppress(OSError):
            status = Path(f"/proc/{pid}").stat()
            users[pid] = (status.st_uid, status.st_gid)
    if users:
        numbers = (-1 if size is None else size, *next(iter(users.values())), *users)
        subprocess.run([sys.executable, "-I", "-c", LIMIT, *map(str, numbers)], check=True)  # noqa: S603 - ours
