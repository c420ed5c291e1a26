"""Commands about the form of things: the database's schema, the documents of the two APIs."""

import asyncio
import os
from typing import Final

import click

from laborvoice import errors


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; exit 1 if the schema is behind.")
def migrate(*, check: bool) -> None:
    """Bring the database of LABORVOICE_DATABASE_URL to the schema of this version."""
    from laborvoice.settings import load
    from laborvoice.store import migrations, schema

    url = load("up", os.environ, {}).database_url
    if url is None:
        raise errors.BadSetting("LABORVOICE_DATABASE_URL must be set: `up` migrates its own database by itself.")
    if check:
        asyncio.run(schema.require(url.reveal()))
    else:
        asyncio.run(migrations.upgrade(url.reveal()))
    click.echo(schema.HEAD)


@click.command()
@click.option("--app", type=click.Choice(("portal", "intake")), default="portal", help="Which of the two APIs.")
def openapi(*, app: str) -> None:
    """Print the OpenAPI document of an API."""
    from laborvoice.api.intake import contract
    from laborvoice.api.portal.app import document

    made = document() if app == "portal" else contract.document()
    click.echo(made.decode(), nl=False)


COMMANDS: Final = (migrate, openapi)
