"""Commands about people: the first operator, who then invites everybody else."""

import asyncio
import os
from pathlib import Path
from typing import Final

import click

from laborvoice import errors


@click.group()
def operator() -> None:
    """Those who host."""


@operator.command()
@click.argument("name")
@click.option("--organisation", default="Operator", show_default=True, help="Its name, where there is none yet.")
@click.option("--country", default="ZZ", show_default=True, help="Where it is, two letters.")
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="The home that `laborvoice up` serves.")
def create(name: str, organisation: str, country: str, home: Path | None) -> None:
    """Make NAME an operator and print a one-time link, good for a day: password and second factor are set there."""
    from laborvoice.chance import SystemChance
    from laborvoice.clock import SystemClock
    from laborvoice.embedded import Embedded
    from laborvoice.pipeline import appoint
    from laborvoice.settings import load
    from laborvoice.store.database import Connection, Database

    chosen = load("up", os.environ, {} if home is None else {"home": str(home.resolve())})
    if chosen.database_url is not None:
        address = chosen.database_url.reveal()
    elif (chosen.home / "pg").is_dir():
        address = Embedded(chosen.home, clock=SystemClock(), port=chosen.pg_port).dsn("laborvoice_portal")
    else:
        raise errors.BadSetting(f"{chosen.home} is not a home of laborvoice: run `laborvoice up` first.")

    async def made() -> appoint.Linked:
        first = appoint.First(name=name, organisation=organisation, country=country)
        now, chance = SystemClock().now(), SystemChance()

        async def step(db: Connection) -> appoint.Linked:
            return await appoint.operator_in(db, now, chance, first)

        async with Database.open(address, size=1) as database:
            return await database.run("operator create", step)

    linked = asyncio.run(made())
    origin = chosen.origin or f"http://{chosen.portal_bind}"
    click.echo(f"{origin}/welcome/{linked.link}")
    click.echo(f"Good once, until {linked.until:%Y-%m-%d %H:%M} UTC.", err=True)


COMMANDS: Final = (operator,)
