"""What the tests of the private PostgreSQL share: starting one here, or in a process of its own."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from laborvoice.clock import SystemClock
from laborvoice.embedded import Embedded

CHILD = """
import asyncio, concurrent.futures.thread, os, sys
from pathlib import Path
from laborvoice.clock import SystemClock
from laborvoice.embedded import Embedded
from laborvoice.errors import HomeInUse

if len(sys.argv) > 2:
    # Root's own interpreter may be closed to others; what is imported stays, and the shim gets one that is not.
    os.setgroups([])
    os.setgid(int(sys.argv[3]))
    os.setuid(int(sys.argv[2]))
    sys.executable = sys.argv[4]

async def main():
    server = Embedded(Path(sys.argv[1]), clock=SystemClock())
    try:
        await server.start()
    except HomeInUse as error:
        print("used", error, flush=True)
        return
    print("ready", server.pid, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    await server.stop()

asyncio.run(main())
"""


class HastyClock(SystemClock):
    """A hundred seconds in one, so that patience of minutes can be seen to end."""

    FACTOR = 100.0

    def monotonic(self) -> float:
        return super().monotonic() * self.FACTOR

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / self.FACTOR)


@asynccontextmanager
async def running(
    folder: Path, *, hasty: bool = False, port: int | None = None, extra: Mapping[str, str] = {}
) -> AsyncGenerator[Embedded]:
    clock = HastyClock() if hasty else SystemClock()
    server = Embedded(folder, clock=clock, port=port, extra_settings=extra)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@asynccontextmanager
async def connected(server: Embedded, database: str = "laborvoice") -> AsyncGenerator["asyncpg.Connection[Any]"]:
    connection = await asyncpg.connect(server.dsn("postgres", database))
    try:
        yield connection
    finally:
        await connection.close()


async def until(reached: Callable[[], bool]) -> None:
    """Ends with the test's own time limit if it never comes."""
    while not reached():  # noqa: ASYNC110 - it is a file or a process that changes
        await asyncio.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def child(folder: Path, *who: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, str(folder), *who]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ourselves


def sleeper(place: str | Path = "/") -> subprocess.Popen[bytes]:
    return subprocess.Popen(["/bin/sleep", "600"], cwd=place)


def open_interpreter(uid: int) -> str:
    """An interpreter that the user may run."""
    for candidate in (sys.executable, "/usr/bin/python3"):
        with suppress(OSError):
            if subprocess.run([candidate, "-c", ""], user=uid, cwd="/", check=False).returncode == 0:  # noqa: S603 - no input
                return candidate
    raise AssertionError("no interpreter of this machine is open to other users")


def commands() -> bytes:
    """The arguments of every process, where there is /proc."""
    seen = b""
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            seen += line.read_bytes()
    return seen


def owner_of(pid: int | None, otherwise: Path) -> int:
    process = Path(f"/proc/{pid}")
    return (process if process.exists() else otherwise).stat().st_uid


def matching(folder: Path, pattern: str) -> list[Path]:
    return list(folder.glob(pattern))


def line_of(child: subprocess.Popen[str]) -> str:
    assert child.stdout is not None
    return child.stdout.readline()


def end(child: subprocess.Popen[str]) -> None:
    child.communicate("\n")


class Launch:
    """The functions above, for tests: a conftest cannot be imported."""

    running = staticmethod(running)
    connected = staticmethod(connected)
    until = staticmethod(until)
    alive = staticmethod(alive)
    child = staticmethod(child)
    line_of = staticmethod(line_of)
    end = staticmethod(end)
    sleeper = staticmethod(sleeper)
    open_interpreter = staticmethod(open_interpreter)
    commands = staticmethod(commands)
    owner_of = staticmethod(owner_of)
    matching = staticmethod(matching)


@pytest.fixture
def launch() -> type[Launch]:
    return Launch
