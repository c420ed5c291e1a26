"""All processes of ``up`` as children on a told clock, and ways to hurt them."""

import asyncio
import json
import os
import shutil
import signal
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote

import asyncpg

from laborvoice import supervise
from laborvoice.client.transport import Transport
from laborvoice.clock import SystemClock, ToldClock
from laborvoice.embedded import SUPERUSER
from laborvoice.embedded.sitters import recorded_pid
from laborvoice.errors import Unanswered
from support import faulty_trap
from support.faulty_pids import children_of, command_of, send
from support.faulty_ports import own_row
from support.upped import environ

PATIENCE = 120.0
"""Seconds until something that must happen is said not to: generous, since two cores carry all of it."""
PAUSE = 0.05
CLOCK = SystemClock()
AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
T = TypeVar("T")


async def until(reached: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Fails loudly where it does not come."""
    end = CLOCK.monotonic() + patience
    while not await asyncio.to_thread(reached):
        assert CLOCK.monotonic() < end, f"not within {patience:g} s: {what}"
        await asyncio.sleep(PAUSE)


class Trap(NamedTuple):
    """Dies at the ``line``-th line, from 0, that is run of these files once the function ``since`` is called there."""

    files: tuple[str, ...]
    line: int
    since: str


async def through(work: Callable[[], Awaitable[T]]) -> T:
    """Again, while the server goes away in between."""
    end = CLOCK.monotonic() + PATIENCE
    while True:
        try:
            return await work()
        except AWAY:
            if CLOCK.monotonic() > end:
                raise
            await asyncio.sleep(0.2)


@dataclass
class Stage:
    """A running deployment. ``clock`` is the phones'; ``extra`` vaults beside the first."""

    home: Path
    traps: Path
    settings: Mapping[str, str]
    running: supervise.Running
    clock: ToldClock
    extra: list[supervise.Child] = field(default_factory=list[supervise.Child])

    @property
    def keyring(self) -> Path:
        return self.home / "keyring"

    @property
    def master(self) -> bytes:
        return bytes.fromhex((self.home / "secrets" / "master_key").read_text())

    @property
    def data(self) -> Path:
        return next((self.home / "pg").glob("data*"))

    def set(self, day: date) -> None:
        self.tell(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))

    def tell(self, moment: datetime) -> None:
        self.clock.tell(moment.isoformat())
        self.running.set_clock(moment)
        for child in self.extra:
            child.tell()

    def pids(self, role: str) -> list[int]:
        """Of our children in this role, without their workers."""
        wanted = ["-m", "laborvoice", "child", role]
        return [pid for pid in children_of(os.getpid()) if command_of(pid)[1:5] == wanted]

    def pid(self, role: str) -> int:
        """The oldest; 0 while there is none."""
        return min(self.pids(role), default=0)

    def workers(self) -> list[int]:
        """Processes in which vaults open ballots."""
        return [
            pid
            for vault in self.pids("vault")
            for pid in children_of(vault)
            if any("spawn_main" in word for word in command_of(pid))
        ]

    @property
    def postmaster(self) -> int:
        return recorded_pid(self.data) or 0

    async def ready(self, role: str) -> None:
        """Until it says so on its metrics port: alone, what has started after a kill."""
        first = int(self.settings["LABORVOICE_METRICS_BIND"].rpartition(":")[2])
        transport = Transport(f"http://127.0.0.1:{first + supervise.METRICS_ORDER.index(role)}", patience=5)

        def says() -> bool:
            try:
                return transport.send("GET", "/readyz").status == 200
            except Unanswered:
                return False

        await until(says, f"{role} is ready")

    @asynccontextmanager
    async def admin(self) -> AsyncGenerator["asyncpg.Connection[asyncpg.Record]"]:
        """As superuser; waits while the server is away."""
        connection = await self._connected()
        try:
            yield connection
        finally:
            with suppress(*AWAY):
                await connection.close(timeout=5)

    async def _connected(self) -> "asyncpg.Connection[asyncpg.Record]":
        end = CLOCK.monotonic() + PATIENCE
        while True:
            try:
                return await asyncpg.connect(self.admin_dsn, timeout=5)
            except AWAY:
                assert CLOCK.monotonic() < end, "PostgreSQL did not come back"
                await asyncio.sleep(0.2)

    @property
    def admin_dsn(self) -> str:
        word = (self.home / "secrets" / SUPERUSER).read_text()
        return f"postgresql://{SUPERUSER}:{word}@/laborvoice?host={quote(str(self.home / 'pg' / 'run'), safe='')}"

    async def rows(self, sql: str, *args: object) -> list[tuple[Any, ...]]:
        async def read() -> list[tuple[Any, ...]]:
            async with self.admin() as connection:
                return [tuple(row) for row in await connection.fetch(sql, *args)]

        return await through(read)

    async def terminate(self, role: str, step: str = "") -> int:
        """End a role's connections, those alone that are in ``step`` if one is named; how many."""
        sql = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE usename = $1 AND ($2 = '' OR application_name = 'laborvoice ' || $2)"""
        return len(await self.rows(sql, f"laborvoice_{role}", step))

    async def backends(self, role: str) -> list[int]:
        sql = "SELECT pid FROM pg_stat_activity WHERE usename = $1"
        return [row[0] for row in await self.rows(sql, f"laborvoice_{role}")]

    async def in_step(self, step: str, patience: float) -> bool:
        """Wait until some process is in a transaction of this name."""
        end = CLOCK.monotonic() + patience

        async def look() -> bool:
            async with self.admin() as connection:
                while CLOCK.monotonic() < end:
                    sql = "SELECT 1 FROM pg_stat_activity WHERE application_name = $1"
                    if await connection.fetchval(sql, f"laborvoice {step}"):
                        return True
                    await asyncio.sleep(0.002)
            return False

        return await through(look)

    def trap(self, *traps: "Trap") -> None:
        """The vault will die in these, one after the other; with none, what waited is forgotten."""
        waiting = [{"role": "vault", **trap._asdict()} for trap in traps]
        new = self.traps.with_suffix(".tmp")
        new.write_text(json.dumps(waiting))
        new.rename(self.traps)
        for pid in self.pids("vault"):
            send(pid, signal.SIGUSR1)

    @property
    def fired(self) -> list[str]:
        """Where processes died in traps, in order."""
        path = self.traps.with_suffix(faulty_trap.FIRED)
        return path.read_text().splitlines() if path.exists() else []

    @property
    def server_pids(self) -> list[int]:
        return [self.postmaster, *children_of(self.postmaster)] if self.postmaster else []

    @asynccontextmanager
    async def second_vault(self) -> AsyncGenerator[supervise.Child]:
        """On the same keyring and database."""
        ours = {name: value for name, value in self.settings.items() if name in VAULTS or not name.startswith("LABOR")}
        settings = {
            **ours,
            "LABORVOICE_DATABASE_URL": self.running.dsn("vault"),
            "LABORVOICE_MASTER_KEY_FILE": str(self.home / "secrets" / "master_key"),
            "LABORVOICE_INTAKE_ORIGIN": self.running.intake_url,
            "LABORVOICE_METRICS_BIND": f"127.0.0.1:{own_row(1)}",
        }
        child = supervise.Child("vault", settings, self.clock, text=True)
        self.extra.append(child)
        await child.start()
        watch = asyncio.create_task(child.watch())
        try:
            yield child
        finally:
            self.extra.remove(child)
            watch.cancel()
            await child.stop()


VAULTS = {
    "LABORVOICE_HOME",
    "LABORVOICE_MIX_SECONDS",
    "LABORVOICE_POW_BITS",
    "LABORVOICE_VAULT_WORKERS",
}


def settings_of(home: Path, folder: Path) -> dict[str, str]:
    """Quick mixes and little work; the folder with the traps is on the path of every child."""
    shutil.copy(Path(faulty_trap.__file__), folder / "sitecustomize.py")
    plain, first = environ(home), own_row(2 + len(supervise.METRICS_ORDER))
    path = (str(folder), plain.get("PYTHONPATH", ""))
    more = {
        "LABORVOICE_INTAKE_BIND": f"127.0.0.1:{first}",
        "LABORVOICE_PORTAL_BIND": f"127.0.0.1:{first + 1}",
        "LABORVOICE_METRICS_BIND": f"127.0.0.1:{first + 2}",
        "LABORVOICE_MIX_SECONDS": "1",
        "LABORVOICE_POW_BITS": "1",
        "LABORVOICE_VAULT_WORKERS": "2",
        "LABORVOICE_INTAKE_TICK_MS": "100",
        "LABORVOICE_EGRESS_ALLOW": "127.0.0.1/32",
        "LABORVOICE_EVENT_DAYS": "366",
        "FAULTY_TRAPS": str(folder / "traps.json"),
        "PYTHONPATH": os.pathsep.join(filter(None, path)),
    }
    return plain | more


@asynccontextmanager
async def staged(home: Path, folder: Path, moment: datetime) -> AsyncGenerator[Stage]:
    """``home`` may have been used before."""
    traps = folder / "traps.json"
    traps.write_text("[]")
    settings = settings_of(home, folder)
    async with AsyncExitStack() as stack:
        launched = supervise.launch_told(settings, home, {}, moment)
        running = await stack.enter_async_context(launched)
        yield Stage(home, traps, settings, running, ToldClock(moment))
