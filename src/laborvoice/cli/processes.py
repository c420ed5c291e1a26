"""Commands that run processes: all of them, the demo, or one."""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from laborvoice import errors

if TYPE_CHECKING:
    from laborvoice.clock import Clock
    from laborvoice.roles import Served
    from laborvoice.settings import Process

ROLES: Final = ("intake", "vault", "portal", "courier")

_STOPS: Final = (signal.SIGINT, signal.SIGTERM)
_PR_SET_PDEATHSIG: Final = 1

_HOME = click.option(
    "--home", type=click.Path(file_okay=False, path_type=Path), help="The folder of data, keys and secrets."
)


def _flags(home: Path | None) -> dict[str, str]:
    return {} if home is None else {"home": str(home.resolve())}


@click.command()
@_HOME
def up(home: Path | None) -> None:
    """Run everything on this machine: database, vault, intake, portal, courier. Ctrl-C stops all in order."""
    from laborvoice import log, supervise

    text = sys.stderr.isatty()
    log.configure("up", text=text)

    async def run() -> None:
        stop = _stop_on(_STOPS)
        async with supervise.launch(os.environ, _flags(home), text=text) as running:
            click.echo(f"workers  {running.intake_url}")
            click.echo(f"portal   {running.portal_url}")
            click.echo("Ctrl-C stops it.")
            await stop.wait()

    asyncio.run(run())


@click.command()
@click.option("--check", is_flag=True, help="A small world, within a minute; exit 1 if a promise did not hold.")
@click.option(
    "--keep", type=click.Path(file_okay=False, path_type=Path), help="Leave the home here, for `up --home` to serve."
)
def demo(*, check: bool, keep: Path | None) -> None:
    """The whole road in a fresh home, from synthetic workers to verified webhooks."""
    from rich.console import Console

    from laborvoice import log, supervise
    from laborvoice.demo.run import run

    log.configure("demo", text=True, level="warning")
    launch = partial(supervise.launch_told, os.environ)
    sys.exit(asyncio.run(run(launch, Console(), check=check, keep=keep)))


@click.command()
@_HOME
def intake(home: Path | None) -> None:
    """Serve workers' phones. Holds no private key."""
    _role("intake", _flags(home))


@click.group(invoke_without_command=True)
@_HOME
@click.pass_context
def vault(context: click.Context, home: Path | None) -> None:
    """Sign, mix, count, burn. Holds the keys; opens no port but that for metrics."""
    if context.invoked_subcommand is None:
        _role("vault", _flags(home))


@vault.command("confirm-clock")
def confirm_clock() -> None:
    """Say that the clock is right, so that a close that was refused goes on."""
    from laborvoice.bootstrap.vault import clocks, confirm
    from laborvoice.clock import SystemClock
    from laborvoice.settings import load

    chosen = load("vault", os.environ, {})
    for name, moment in asyncio.run(clocks(chosen, SystemClock())):
        click.echo(f"{name:<12}{moment}")
    click.confirm("Is the vault's time right?", abort=True)
    confirm(chosen, SystemClock())


@click.command()
@_HOME
def portal(home: Path | None) -> None:
    """Serve brands, watchdogs, operators and their systems."""
    _role("portal", _flags(home))


@click.command()
@_HOME
def courier(home: Path | None) -> None:
    """Deliver webhooks. The only process that dials out."""
    _role("courier", _flags(home))


def _role(role: "Process", flags: Mapping[str, str]) -> None:
    from laborvoice import log
    from laborvoice.clock import SystemClock

    log.configure(role, text=sys.stderr.isatty())
    _serve(_settings(role, flags), SystemClock(), lambda _: log.write(log.Event.READY))


@click.command(hidden=True)
@click.argument("role", type=click.Choice(ROLES))
@click.argument("ready", type=int)
@click.argument("clock", type=int)
@click.option("--told", is_flag=True)
@click.option("--text", is_flag=True)
def child(role: "Process", ready: int, clock: int, *, told: bool, text: bool) -> None:
    """One process of `up` or `demo`: says when it is ready, takes the demo's time, ends with its parent."""
    from laborvoice import log
    from laborvoice.clock import HeardClock, SystemClock

    # Ctrl-C at a terminal goes to every process of the group; `up` alone heeds it, and stops the others in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    log.configure(role, text=text, level="warning" if told else "info")

    def say(fingerprint: str) -> None:
        with os.fdopen(ready, "wb") as pipe:
            pipe.write(b'{"fingerprint":"%s"}\n' % fingerprint.encode())

    _serve(_settings(role, {}), HeardClock(clock) if told else SystemClock(), say, (signal.SIGTERM,))


def _settings(role: "Process", flags: Mapping[str, str]) -> "Served":
    from laborvoice.settings import UpSettings, load

    chosen = load(role, os.environ, flags)
    if isinstance(chosen, UpSettings):
        raise errors.BadSetting("`up` is no process of its own.")
    return chosen


def _serve(
    chosen: "Served", clock: "Clock", on_ready: Callable[[str], None], stops: Sequence[signal.Signals] = _STOPS
) -> None:
    from laborvoice import log, roles, serve
    from laborvoice.clock import HeardClock

    async def run() -> None:
        if isinstance(clock, HeardClock):
            clock.listen()
        log.write(log.Event.STARTED)
        await roles.run(chosen, clock, _stop_on(stops), on_ready)
        log.write(log.Event.STOPPED)

    serve.run(run())


def _stop_on(numbers: Sequence[signal.Signals]) -> asyncio.Event:
    stop = asyncio.Event()
    for number in numbers:
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


COMMANDS: Final = (up, demo, intake, vault, portal, courier, child)
