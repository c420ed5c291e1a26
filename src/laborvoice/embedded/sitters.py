"""Processes that sit in a data directory, and what ``postmaster.pid`` says."""

import subprocess
from pathlib import Path
from typing import Final

PROCESSES: Final = Path("/proc")
PID_FILE: Final = "postmaster.pid"
PROGRAMS: Final = frozenset({"postgres", "initdb"})
_STATUS_LINE: Final = 7


def sitting_in(data: Path, *more: Path) -> frozenset[int]:
    """Ids of PostgreSQL's processes whose working directory is one of these: the postmaster, backends, initdb.

    Where there is no /proc: of the postmaster of ``data`` alone, known by its command line.
    """
    if (PROCESSES / "self").exists():
        folders = {str(data), *map(str, more)}
        numbers = (path for path in PROCESSES.iterdir() if path.name.isdecimal())
        return frozenset(int(path.name) for path in numbers if _link(path / "cwd") in folders and _is_postgres(path))
    return by_command(data)


def by_command(data: Path) -> frozenset[int]:
    listed = subprocess.run(["ps", "-axww", "-o", "pid=,command="], capture_output=True, text=True, check=False)  # noqa: S607 - wherever the system keeps it
    lines = (line.split(maxsplit=1) for line in listed.stdout.splitlines())
    return frozenset(int(pid) for pid, command in lines if f"postgres -D {data} " in f"{command} ")


def _is_postgres(process: Path) -> bool:
    """Someone's shell may sit there too, and is left alone. A program replaced since it started is "... (deleted)"."""
    return _link(process / "exe").removesuffix(" (deleted)").rpartition("/")[2] in PROGRAMS


def _link(path: Path) -> str:
    """Empty for a process that has ended or is not ours to look at: our data directory is closed to others."""
    try:
        return str(path.readlink())
    except OSError:
        return ""


def recorded_pid(data: Path) -> int | None:
    lines = _lines(data)
    return int(lines[0]) if lines and lines[0].strip().isdecimal() else None


def is_ready(data: Path, pid: int) -> bool:
    """Whether the postmaster ``pid`` takes connections: the eighth line of its file says so."""
    lines = _lines(data)
    return len(lines) > _STATUS_LINE and recorded_pid(data) == pid and lines[_STATUS_LINE].strip() == "ready"


def _lines(data: Path) -> list[str]:
    try:
        return (data / PID_FILE).read_text().splitlines()
    except FileNotFoundError:
        return []
