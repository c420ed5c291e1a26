"""Commands that have a portal make something, as its API does: an export, cards for a campaign."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import click

from laborvoice import errors
from laborvoice.cli import where

if TYPE_CHECKING:
    from laborvoice.client.brand import Brand

KINDS: Final = tuple(f"E{number}" for number in range(1, 11))
FORMATS: Final = ("csv", "json", "html")
ONCE_BYTES: Final = 16
TRIES: Final = 600
PAUSE: Final = 1.0

_URL: Final = click.option("--url", required=True, help="The portal, like https://portal.example.")
_KEY: Final = click.option(
    "--key-file", type=click.File("r"), required=True, help="A file that holds an API key; - for standard input."
)


@click.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), required=True, help="A folder for its files.")
@click.option("--format", "kind_of_file", type=click.Choice(FORMATS), default="csv", show_default=True)
@click.option(
    "--only", multiple=True, metavar="NAME=VALUE", help="Like period=2026-Q3 or supplier=sup_...; repeatable."
)
@_URL
@_KEY
def export(kind: str, into: Path, kind_of_file: str, only: tuple[str, ...], url: str, key_file: IO[str]) -> None:
    """Ask for an export of KIND, wait for it, and write its files and their signed manifest into a folder."""
    narrow: dict[str, object] = {name: value for name, mark, value in (one.partition("=") for one in only) if mark}
    if len(narrow) != len(only):
        raise errors.BadSetting("--only looks like period=2026-Q3, and names each thing once.")
    period = narrow.pop("period", None)
    given = {"kind": kind, "format": kind_of_file, "period": period, "filter": narrow or None}
    wanted = {name: value for name, value in given.items() if value is not None}
    for name, body in asyncio.run(_made(_portal(url, key_file), wanted)).items():
        into.mkdir(parents=True, exist_ok=True)
        path = into / Path(name).name
        path.write_bytes(body)
        click.echo(path)


async def _made(portal: "Brand", wanted: Mapping[str, object]) -> dict[str, bytes]:
    """Its files by name. Raises Busy where it is not ready in ten minutes."""
    from laborvoice.clock import SystemClock
    from laborvoice.domain.export import MANIFEST

    clock, asked = SystemClock(), portal.ask_export(wanted, _once())
    for _ in range(TRIES):
        found = portal.export(asked.id)
        if found.state == "ready":
            names = {*(one.name for one in found.files), MANIFEST}
            return {name: portal.export_file(asked.id, name) for name in sorted(names)}
        if found.state == "failed":
            raise errors.Conflict("The portal could not make it.")
        await clock.sleep(PAUSE)
    raise errors.Busy("It is not ready yet: ask the portal for it later.")


@click.group()
def invites() -> None:
    """Cards for campaigns, and what is held of them after a restore."""


@invites.command("print")
@click.argument("campaign")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--count", type=click.IntRange(1), required=True, help="How many cards.")
@click.option("--language", default="en", show_default=True, help="Of the first sentence on a card.")
@_URL
@_KEY
def print_invites(campaign: str, file: Path, count: int, language: str, url: str, key_file: IO[str]) -> None:
    """Print cards for CAMPAIGN into FILE, A4 sheets of eight as HTML. Their codes are nowhere else."""
    from urllib.parse import quote

    from laborvoice.backup.operator_key import write_new
    from laborvoice.client.portal import Portal

    if file.exists():
        raise errors.BadSetting(f"{file} is there already.")
    wanted = {"count": count, "format": "html", "language": language}
    headers = {"Idempotency-Key": _once(), "Accept": "text/html"}
    sheets = Portal(url, key_file.read().strip()).post(
        f"/v1/campaigns/{quote(campaign, safe='')}/invites", wanted, headers
    )
    write_new(file, sheets.body)
    click.echo(f"{count} cards in {file}. Print it, and delete it.")


@invites.command()
@where.HOME
def resume(home: Path | None) -> None:
    """Sign for invites again that a restore holds back, though some may have been exchanged before."""
    from laborvoice.bootstrap import custody

    held = custody.held(where.keyring(home))
    periods = held.periods()
    if not periods:
        click.echo("Nothing is held.")
        return
    click.echo(f"Held since a restore: {', '.join(sorted(periods))}. Whoever exchanged an invite between backup and")
    click.echo("restore can do so once more, and vote twice. Without this the campaigns go on with the next period.")
    click.confirm("Sign for them again?", abort=True)
    held.release()


def _portal(url: str, key_file: IO[str]) -> "Brand":
    from laborvoice.client.brand import Brand

    return Brand(url, key_file.read().strip())


def _once() -> str:
    from laborvoice.chance import SystemChance

    return SystemChance().bytes(ONCE_BYTES).hex()


COMMANDS: Final = (export, invites)
