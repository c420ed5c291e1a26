"""The commands of single processes, run side by side on one database as in production, and clients with two doors."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from laborvoice.clock import SystemClock
from support.upped import free_ports

CLOCK = SystemClock()
PATIENCE = 60.0
STOP_SECONDS = 30.0
HEX = "5a" * 32
ORIGIN = "https://voice.test"
SECRETS = {
    "intake": {},
    "vault": {"MASTER_KEY": HEX, "POW_BITS": "1", "MIX_SECONDS": "1", "VAULT_WORKERS": "1"},
    "portal": {"SESSION_KEY": HEX, "EXPORT_KEY": HEX, "ORIGIN": ORIGIN, "RATE": "100000/1"},
    "courier": {"COURIER_KEYS": HEX, "ORIGIN": ORIGIN, "CONTACT_URL": ORIGIN, "EGRESS_ALLOW": "127.0.0.0/8"},
}
DOORS = {"intake": "INTAKE_BIND", "portal": "PORTAL_BIND"}


@dataclass
class Member:
    """One process, listening on ``port`` where it has a door."""

    role: str
    port: int
    metrics: int
    environ: dict[str, str]
    log: Path
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "laborvoice", self.role), env=self.environ, stderr=log, stdout=log
            )
        end = CLOCK.monotonic() + PATIENCE
        while await self.ask("/readyz") != 200:
            assert self.process.returncode is None, self.log.read_text("utf-8")
            assert CLOCK.monotonic() < end, self.log.read_text("utf-8")
            await asyncio.sleep(0.05)

    async def stop(self) -> int:
        """Its status; fails where it takes more than 30 s."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), STOP_SECONDS)

    async def ask(self, path: str) -> int:
        """Of its metrics port; 0 where nobody answers."""
        try:
            answer = await exchange(self.metrics, f"GET {path} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
        except OSError:
            return 0
        return status_of(answer)


def status_of(answer: bytes) -> int:
    """0 where it never began."""
    found = re.match(rb"HTTP/1\.1 (\d{3}) ", answer)
    return int(found[1]) if found else 0


async def exchange(port: int, request: bytes) -> bytes:
    """All that comes back until the other side closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        return await reader.read()
    finally:
        writer.close()


def request(method: str, path: str, body: bytes = b"", /, **headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "host: x", "connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += [f"content-length: {len(body)}"] if method == "POST" else []
    return "\r\n".join((*lines, "", "")).encode() + body


@dataclass
class Client:
    """Like a proxy with two doors behind it: where one gives no answer at all, the other is asked."""

    ports: Sequence[int]
    failed: int = 0
    again: int = 0
    statuses: list[int] = field(default_factory=list[int])

    async def send(self, sent: bytes, turn: int) -> int:
        for number in range(len(self.ports) * 4):
            try:
                status = status_of(await exchange(self.ports[(turn + number) % len(self.ports)], sent))
            except OSError:
                status = 0
            if status:
                self.statuses.append(status)
                return status
            self.again += 1
        self.failed += 1
        return 0


class Staff:
    def __init__(self, home: Path, dsn: object, logs: Path) -> None:
        self.home = home
        self.logs = logs
        self.members: list[Member] = []
        self._dsn = dsn

    async def begin(self, *roles: str) -> None:
        """The vault first: it makes the manifest that the others wait for."""
        await (self.add("vault")).start()
        await asyncio.gather(*(self.add(role).start() for role in roles))

    async def end(self) -> None:
        """All at once, and each with status 0."""
        assert set(await asyncio.gather(*(one.stop() for one in self.members))) == {0}

    def add(self, role: str, **more: str) -> Member:
        """Not yet started."""
        port, metrics = free_ports(2)
        assert callable(self._dsn)
        own = {**SECRETS[role], **more}
        own |= {DOORS[role]: f"127.0.0.1:{port}"} if role in DOORS else {}
        ours = {
            "LABORVOICE_HOME": str(self.home),
            "LABORVOICE_DATABASE_URL": str(self._dsn(role)),
            "LABORVOICE_METRICS_BIND": f"127.0.0.1:{metrics}",
            **({} if role == "courier" else {"LABORVOICE_INTAKE_ORIGIN": ORIGIN}),
            **{f"LABORVOICE_{name}": value for name, value in own.items()},
        }
        clean = {name: value for name, value in os.environ.items() if not name.startswith("LABORVOICE_")}  # noqa: TID251 - all but ours
        one = Member(role, port, metrics, clean | ours, self.logs / f"{role}-{len(self.members)}.log")
        self.members.append(one)
        return one

    def of(self, role: str) -> list[Member]:
        return [one for one in self.members if one.role == role]

    def logged(self) -> str:
        return "".join(path.read_text("utf-8") for path in sorted(self.logs.glob("*.log")))


@asynccontextmanager
async def staff(home: Path, dsn: object, logs: Path) -> AsyncGenerator[Staff]:
    """Whoever is left at the end is stopped, vault last."""
    made = Staff(home, dsn, logs)
    try:
        yield made
    finally:
        for one in reversed(made.members):
            if one.process is not None and one.process.returncode is None:
                await one.stop()
