"""Servers in processes of their own: ours as the command line starts them, the others under plain uvicorn."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from laborvoice.domain import Value

PATIENCE: Final = 60.0
PAUSE: Final = 0.05
BASELINE: Final = Path(__file__).parent / "baseline"
STUBBED: Final = BASELINE / "courier.py"
RECEIVER: Final = BASELINE / "receiver.py"
LOOPBACK: Final = "127.0.0.1"


def free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as one:
        port: int = one.getsockname()[1]
    return port


class Served(Value, frozen=True):
    port: int
    pid: int


@contextmanager
def role(name: str, settings: Mapping[str, str]) -> Generator[int]:
    """``laborvoice intake`` or ``portal``; the port it serves. ``settings`` without their prefix, in lower case."""
    with started(name, settings) as one:
        yield one.port


@contextmanager
def started(name: str, settings: Mapping[str, str]) -> Generator[Served]:
    """The same, and its process id."""
    port = free_port()
    environ = _environ({**settings, f"{name}_bind": f"{LOOPBACK}:{port}"}, free_port())
    with _running((sys.executable, "-m", "laborvoice", name), environ, port) as process:
        yield Served(port=port, pid=process.pid)


def vault(settings: Mapping[str, str]) -> AbstractContextManager[int]:
    """``laborvoice vault``; its process id."""
    return _doorless(("-m", "laborvoice", "vault"), settings)


def courier(settings: Mapping[str, str], *, stubbed: bool = False) -> AbstractContextManager[int]:
    """``laborvoice courier``, or the same with its HTTP call left out; its process id."""
    return _doorless((str(STUBBED),) if stubbed else ("-m", "laborvoice", "courier"), settings)


@contextmanager
def _doorless(command: tuple[str, ...], settings: Mapping[str, str]) -> Generator[int]:
    port = free_port()
    with _running((sys.executable, *command), _environ(settings, port), port) as process:
        yield process.pid


def _environ(settings: Mapping[str, str], metrics: int) -> dict[str, str]:
    ours = {**settings, "metrics_bind": f"{LOOPBACK}:{metrics}", "log_level": "error"}
    return {f"LABORVOICE_{key.upper()}": value for key, value in ours.items()}


@contextmanager
def receiver() -> Generator[int]:
    """The port, at every address of this machine, of what answers webhooks."""
    port = free_port()
    with _running((sys.executable, str(RECEIVER), str(port)), {}, port):
        yield port


@contextmanager
def uvicorn(app: str, environ: Mapping[str, str]) -> Generator[int]:
    """An app of ``baseline``: one process, the fast loop and parser, no access log."""
    port = free_port()
    command = (
        *(sys.executable, "-m", "uvicorn", app, "--app-dir", str(BASELINE), "--host", LOOPBACK, "--port", str(port)),
        *("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"),
    )
    with _running(command, environ, port):
        yield port


@contextmanager
def _running(command: tuple[str, ...], environ: Mapping[str, str], port: int) -> Generator["subprocess.Popen[bytes]"]:
    others = {name: value for name, value in os.environ.items() if not name.startswith("LABORVOICE_")}
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, env={**others, **environ}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said
        )
        try:
            _wait(process, port)
            yield process
        except BaseException:
            said.seek(0)
            sys.stderr.write(said.read().decode())
            raise
        finally:
            _stop(process)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = monotonic() + PATIENCE
    while process.poll() is None and monotonic() < deadline:
        try:
            socket.create_connection((LOOPBACK, port)).close()
        except OSError:
            sleep(PAUSE)
        else:
            return
    raise RuntimeError(f"{process.args!r} does not serve.")
