"""The command by which an operator looks whether what was promised holds on this host."""

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import click

from laborvoice import errors
from laborvoice.cli import where

if TYPE_CHECKING:
    from laborvoice.doctor import Finding
    from laborvoice.settings import Bind, UpSettings

RED: Final = 1
COLOURS: Final = {"red": "red", "amber": "yellow", "green": "green"}
INDENT: Final = " " * 9


@click.command()
@where.HOME
@click.option("--proxy", type=click.File("r"), help="The configuration of the proxy before our doors: nginx or Caddy.")
@click.option("--json", "lines", is_flag=True, help="One line of JSON a finding.")
def doctor(home: Path | None, proxy: IO[str] | None, *, lines: bool) -> None:
    """Look whether what was promised holds here: red, amber, green, whom it costs what, and what to do. Exit 1 on red.

    Of LABORVOICE_DATABASE_URL, best as its owner or superuser; else of the home that `laborvoice up` serves.
    """
    text = None if proxy is None else proxy.read()
    levels = asyncio.run(_examined(_address(where.chosen(home)), home, text, lines=lines))
    if not lines:
        click.echo(", ".join(f"{levels.count(level)} {level}" for level in COLOURS))
    if "red" in levels:
        sys.exit(RED)


def _address(chosen: "UpSettings") -> str:
    """Raises BadSetting where there is no database to look at."""
    from laborvoice.clock import SystemClock
    from laborvoice.embedded import Embedded

    if chosen.database_url is not None:
        return chosen.database_url.reveal()
    if not (chosen.home / "pg").is_dir():
        raise errors.BadSetting(f"{chosen.home} is not a home of laborvoice, and LABORVOICE_DATABASE_URL is not set.")
    return Embedded(chosen.home, clock=SystemClock(), port=chosen.pg_port).superuser_dsn


async def _examined(address: str, home: Path | None, proxy: str | None, *, lines: bool) -> list[str]:
    """The levels of all findings; each is said as soon as it is found."""
    from laborvoice.clock import SystemClock
    from laborvoice.doctor import Host, examine
    from laborvoice.store.database import Database

    chosen, given = where.chosen(home), _given(where.flags(home))
    levels: list[str] = []
    async with Database.open(address, size=1) as database:
        host = Host(
            given=given,
            home=chosen.home,
            keyring=where.keyring(home),
            vault=_port(chosen, given.get("LABORVOICE_METRICS_BIND")),
            database=database,
            clock=SystemClock(),
            proxy=proxy,
        )
        async for name, findings in examine(host):
            for one in findings:
                levels.append(one.level)
                _say(name, one, lines=lines)
    return levels


def _given(flags: Mapping[str, str]) -> dict[str, str]:
    """The settings of every process that are given here."""
    from laborvoice.settings import STRUCTS, for_child

    return {name: value for process in STRUCTS for name, value in for_child(process, os.environ, flags).items()}


def _port(chosen: "UpSettings", named: str | None) -> "Bind":
    """The vault's: its own where it was started alone, the second of four where ``up`` started it."""
    from laborvoice.settings import Bind
    from laborvoice.supervise import metrics_bind

    if chosen.database_url is not None and named is not None:
        return Bind.parse(named)
    return metrics_bind("vault", named)


def _say(name: str, one: "Finding", *, lines: bool) -> None:
    import msgspec

    if lines:
        click.echo(msgspec.json.encode({"check": name, **msgspec.structs.asdict(one)}).decode())
        return
    click.echo(f"{click.style(f'{one.level:<7}', fg=COLOURS[one.level])}{name}: {one.what}")
    for title, text in (("costs", one.costs), ("do", one.remedy)):
        if text:
            click.echo(f"{INDENT}{title:<6} {text}")


COMMANDS: Final = (doctor,)
