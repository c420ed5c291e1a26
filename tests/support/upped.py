"""``laborvoice up`` in a process of its own, watched through what it prints."""

import json
import os
import signal
import socket
import subprocess
import sys
import time  # noqa: TID251 - real processes need real patience
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection  # noqa: TID251 - a person's browser
from pathlib import Path
from typing import Any

PATIENCE = 60.0
PAUSE = 0.05


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def free_row(count: int) -> int:
    """The first of so many free ports in a row."""
    for _ in range(100):
        first = free_ports(1)[0]
        try:
            for port in range(first, first + count):
                socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return first
    raise AssertionError("no free ports in a row")


def environ(home: Path, **more: str) -> dict[str, str]:
    """Only what is named here, on ports of the test's own."""
    intake, portal = free_ports(2)
    clean = {
        name: value
        for name, value in os.environ.items()  # noqa: TID251 - all but what is ours
        if not name.startswith("LABORVOICE_")
    }
    return clean | {
        "LABORVOICE_HOME": str(home),
        "LABORVOICE_INTAKE_BIND": f"127.0.0.1:{intake}",
        "LABORVOICE_PORTAL_BIND": f"127.0.0.1:{portal}",
        "LABORVOICE_METRICS_BIND": f"127.0.0.1:{free_row(4)}",
        "LABORVOICE_VAULT_WORKERS": "1",
        **more,
    }


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "laborvoice", *words]


class Upped:
    """A running ``up``. ``children``: the newest process id of each role."""

    def __init__(self, environ: Mapping[str, str], log: Path) -> None:
        self.environ = environ
        self._log = log
        self.out = log.with_suffix(".out")
        with log.open("wb") as stderr, self.out.open("wb") as stdout:
            self.process = subprocess.Popen(  # noqa: S603 - our own program
                command("up"), env=dict(environ), stdout=stdout, stderr=stderr, stdin=subprocess.DEVNULL
            )

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What was logged, line by line; each is JSON."""
        return [json.loads(line) for line in self._log.read_text("utf-8").splitlines()]

    @property
    def children(self) -> dict[str, int]:
        return {line["child"]: line["pid"] for line in self.lines if line["event"] == "ready" and "child" in line}

    def wait_for(self, text: str) -> None:
        """Until the log holds ``text``; fails loudly where the process ends first."""
        deadline = time.monotonic() + PATIENCE
        while text not in self._log.read_text("utf-8"):
            assert self.process.poll() is None, self._log.read_text("utf-8")
            assert time.monotonic() < deadline, self._log.read_text("utf-8")
            time.sleep(PAUSE)

    def wait_ready(self) -> None:
        self.wait_for('"child":"courier"')

    def get(self, setting: str, path: str) -> int:
        """The status of a page of this server; 0 where nobody answers."""
        host, _, port = self.environ[setting].partition(":")
        connection = HTTPConnection(host, int(port), timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def stop(self, number: int = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and is not yet reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + PATIENCE
    while any(alive(pid) for pid in pids):
        assert time.monotonic() < deadline, [pid for pid in pids if alive(pid)]
        time.sleep(PAUSE)


@contextmanager
def upped(home: Path, log: Path, **more: str) -> Generator[Upped]:
    running = Upped(environ(home, **more), log)
    try:
        running.wait_ready()
        yield running
    finally:
        running.stop()
