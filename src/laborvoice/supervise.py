"""``up``: a database, its schema, a child per process; restarts who dies, stops all in order."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process  # noqa: TC003 - also an attribute, read at run time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from laborvoice import log, settings
from laborvoice.chance import SystemChance
from laborvoice.clock import SystemClock, ToldClock
from laborvoice.domain import Value
from laborvoice.embedded import Embedded
from laborvoice.errors import BadSetting, LaborvoiceError
from laborvoice.settings import Bind, UpSettings
from laborvoice.store import migrations, schema

ROLES: Final[tuple[settings.Process, ...]] = ("vault", "intake", "portal", "courier")
"""In this order they start: the vault makes the manifest that the others wait for. They stop in the opposite order."""

STOP_SECONDS: Final = 30.0
FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 30.0
METRICS_PORT: Final = 9464
METRICS_ORDER: Final[tuple[settings.Process, ...]] = ("intake", "vault", "portal", "courier")
_SECRET_BYTES: Final = 32
_PRIVATE: Final = 0o600
_PLACEHOLDERS: Final[Mapping[str, str]] = {
    "LABORVOICE_DATABASE_URL": "-",
    "LABORVOICE_INTAKE_ORIGIN": "http://127.0.0.1",
    "LABORVOICE_ORIGIN": "http://127.0.0.1",
    "LABORVOICE_CONTACT_URL": "http://127.0.0.1",
    "LABORVOICE_MASTER_KEY": "-",
    "LABORVOICE_SESSION_KEY": "-",
    "LABORVOICE_EXPORT_KEY": "-",
    "LABORVOICE_COURIER_KEYS": "-",
}
"""For what ``up`` supplies by itself, while the rest is checked."""

_SECRETS: Final[Mapping[settings.Process, tuple[str, ...]]] = {
    "vault": ("master_key",),
    "portal": ("session_key", "export_key"),
    "courier": ("courier_keys",),
}


class ChildFailed(LaborvoiceError):
    """A process ended before it was ready."""

    def __init__(self, role: str) -> None:
        super().__init__(f"The {role} ended before it was ready; what it said stands above.")


class Ready(Value, frozen=True):
    """What a child says when it serves; of the vault the fingerprint that cards carry, in hex."""

    fingerprint: str = ""


class Child:
    """One process, started again when it ends by itself. ``told``: its time comes from us, as in the demo."""

    def __init__(
        self, role: settings.Process, environ: Mapping[str, str], told: ToldClock | None, *, text: bool
    ) -> None:
        self._role: settings.Process = role
        self._environ = environ
        self._told = told
        self._text = text
        self._process: Process | None = None
        self._pipe: int | None = None
        self._stopping = False

    async def start(self) -> Ready:
        """Raises ChildFailed where it ends before it serves."""
        ready, ready_end = os.pipe()
        clock_end, clock = os.pipe()
        marks = (*(("--told",) if self._told else ()), *(("--text",) if self._text else ()))
        try:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "laborvoice", "child", self._role, str(ready_end), str(clock_end), *marks),
                env=self._environ,
                pass_fds=(ready_end, clock_end),
                stdin=asyncio.subprocess.DEVNULL,
            )
        finally:
            os.close(ready_end)
            os.close(clock_end)
        self._hold(clock)
        self.tell()
        line = await asyncio.to_thread(_line, ready)
        if not line:
            await self._process.wait()
            raise ChildFailed(self._role)
        log.write(log.Event.READY, child=self._role, pid=self._process.pid)
        return msgspec.json.decode(line, type=Ready)

    async def watch(self) -> None:
        """Start it again whenever it ends, with growing pauses."""
        pause = FIRST_PAUSE
        while self._process is not None:
            status = await self._process.wait()
            if self._stopping:
                return
            log.write(log.Event.RESTARTED, child=self._role, status=status)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            with suppress(ChildFailed):
                await self.start()
                pause = FIRST_PAUSE

    def tell(self) -> None:
        """Tell the child what time it is for us."""
        if self._pipe is not None and self._told is not None:
            with suppress(BrokenPipeError):
                os.write(self._pipe, f"{self._told.now().isoformat()}\n".encode())

    async def stop(self) -> None:
        """SIGTERM, and SIGKILL for one that does not heed it."""
        self._stopping = True
        self._hold(None)
        if self._process is None or self._process.returncode is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
        except TimeoutError:
            self._process.kill()
        log.write(log.Event.STOPPED, child=self._role, status=await self._process.wait())

    def _hold(self, pipe: int | None) -> None:
        if self._pipe is not None:
            os.close(self._pipe)
        self._pipe = pipe


class Running:
    """What ``launch`` runs, for those who want to use it."""

    def __init__(self, chosen: UpSettings, databases: Callable[[str], str], told: ToldClock | None) -> None:
        self.intake_url = chosen.intake_origin or f"http://{chosen.intake_bind}"
        self.portal_url = chosen.origin or f"http://{chosen.portal_bind}"
        self.fingerprint = b""
        self.dsn = databases
        self.children: list[Child] = []
        self._told = told

    def set_clock(self, moment: datetime) -> None:
        """Of a demo alone: from here on it is ``moment`` in every process."""
        if self._told is None:
            raise BadSetting("Only the demo has a clock of its own.")
        self._told.tell(moment.isoformat())
        for child in self.children:
            child.tell()


@asynccontextmanager
async def launch(
    environ: Mapping[str, str], flags: Mapping[str, str], *, told: ToldClock | None = None, text: bool = True
) -> AsyncGenerator[Running]:
    """Everything on one machine. On leaving all is stopped in order.

    Raises BadSetting, HomeInUse, DatabaseUnavailable, ChildFailed.
    """
    chosen = settings.load("up", environ, flags)
    _check(environ, flags)
    async with AsyncExitStack() as stack:
        databases = await stack.enter_async_context(_database(chosen))
        running = Running(chosen, databases, told)
        for role in ROLES:
            child = Child(role, _environ(role, chosen, running, environ, flags), told, text=text)
            stack.push_async_callback(child.stop)
            ready = await child.start()
            running.children.append(child)
            running.fingerprint = running.fingerprint or bytes.fromhex(ready.fingerprint)
            watch = asyncio.create_task(child.watch())
            stack.callback(watch.cancel)
        yield running


def launch_told(
    environ: Mapping[str, str], home: Path, flags: Mapping[str, str], moment: datetime
) -> AbstractAsyncContextManager[Running]:
    """For the demo alone: as ``launch``, on a clock that begins at ``moment`` and is set by ``Running.set_clock``."""
    return launch(environ, {"home": str(home), **flags}, told=ToldClock(moment))


@asynccontextmanager
async def _database(chosen: UpSettings) -> AsyncGenerator[Callable[[str], str]]:
    """A private server, or the one that was named; migrated. Yields the address for each role."""
    if chosen.database_url is not None:
        address = chosen.database_url.reveal()
        await _migrate(address)
        yield lambda _: address
        return
    server = Embedded(
        chosen.home,
        clock=SystemClock(),
        user=chosen.pg_user,
        port=chosen.pg_port,
        start_timeout=chosen.pg_start_timeout,
    )
    await server.start()
    watch = asyncio.create_task(server.watch())
    try:
        await _migrate(server.superuser_dsn)
        await server.grant_logins()
        yield lambda role: server.dsn(f"laborvoice_{role}")
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
        await server.stop()


async def _migrate(address: str) -> None:
    if await schema.present(address) != schema.HEAD:
        await migrations.upgrade(address)
        log.write(log.Event.MIGRATED, revision=schema.HEAD)


def _environ(
    role: settings.Process,
    chosen: UpSettings,
    running: Running,
    environ: Mapping[str, str],
    flags: Mapping[str, str],
) -> dict[str, str]:
    """The machine's own environment, and of ours what belongs to this process alone."""
    ours = settings.for_child(role, environ, flags)
    filled = {
        "LABORVOICE_HOME": str(chosen.home),
        "LABORVOICE_DATABASE_URL": running.dsn(role),
        "LABORVOICE_METRICS_BIND": str(metrics_bind(role, ours.get("LABORVOICE_METRICS_BIND"))),
    }
    missing = {
        "LABORVOICE_INTAKE_ORIGIN": running.intake_url,
        "LABORVOICE_ORIGIN": running.portal_url,
        "LABORVOICE_CONTACT_URL": running.portal_url,
        **_secrets(role, chosen.home),
    }
    known = settings.variables(role)
    others = {name: value for name, value in environ.items() if not name.startswith("LABORVOICE_")}
    given = {**ours, **filled}
    defaults = {
        name: value
        for name, value in missing.items()
        if name.removesuffix("_FILE") in known and name not in given and name.removesuffix("_FILE") not in given
    }
    return {**others, **given, **defaults}


def _check(environ: Mapping[str, str], flags: Mapping[str, str]) -> None:
    """A wrong setting of any process is named before anything is started."""
    for role in ROLES:
        wanted = settings.variables(role)
        placeholders = {name: value for name, value in _PLACEHOLDERS.items() if name in wanted}
        given = settings.for_child(role, environ, flags)
        absent = {name: value for name, value in placeholders.items() if not {name, f"{name}_FILE"} & given.keys()}
        settings.load(role, {**given, **absent}, {})


def metrics_bind(role: settings.Process, first: str | None) -> Bind:
    """One port after another from the one that is named, in the order of the design's table."""
    base = Bind(host="127.0.0.1", port=METRICS_PORT) if first is None else Bind.parse(first)
    return Bind(host=base.host, port=base.port + METRICS_ORDER.index(role))


def _secrets(role: settings.Process, home: Path) -> dict[str, str]:
    """The files of the process's own secrets, made at the first start; no argument, nothing in the environment."""
    return {f"LABORVOICE_{name.upper()}_FILE": str(_secret(name, home)) for name in _SECRETS.get(role, ())}


def _secret(name: str, home: Path) -> Path:
    path = home / "secrets" / name
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        new = path.with_name(f".{name}.new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE), "w") as file:
            file.write(SystemChance().bytes(_SECRET_BYTES).hex())
            file.flush()
            os.fsync(file.fileno())
        new.rename(path)
    return path


def _line(descriptor: int) -> bytes:
    with os.fdopen(descriptor, "rb") as pipe:
        return pipe.readline()
