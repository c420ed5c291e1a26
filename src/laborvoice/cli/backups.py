"""The commands that save the database and bring it back."""

import asyncio
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from laborvoice.cli import where

if TYPE_CHECKING:
    from laborvoice.backup.header import Header
    from laborvoice.backup.restore import Restored, Source

BAD: Final = 1
_MEGA: Final = 1_000_000
_FILE: Final = click.Path(dir_okay=False, path_type=Path)
_THERE: Final = click.Path(dir_okay=False, exists=True, path_type=Path)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--to", "public", type=_THERE, required=True, help="Your public backup key, from `keys backup-key`.")
@where.HOME
def backup(file: Path, public: Path, home: Path | None) -> None:
    """Save the database into FILE, sealed to your backup key. It may be in use.

    Left out is what ends in a day: the spool, exchanges, replies under way, sessions, idempotency keys. Keys are in no
    database.
    """
    from laborvoice.backup import dump, operator_key, place
    from laborvoice.chance import SystemChance

    key, chosen = operator_key.read_public(public), where.chosen(home)

    async def run() -> str:
        async with place.database(chosen, alone=False) as dsn:
            with _progress("saved") as told:
                made = await dump.backup(dsn, file, key, SystemChance(), told)
        return f"{made.made_at:%Y-%m-%d %H:%M} UTC, schema {made.revision}"

    click.echo(f"{file}: as of {asyncio.run(run())}.")


@click.command()
@click.argument("file", type=_THERE)
@click.option("--key", type=_THERE, required=True, help="Your private backup key.")
@click.option("--replace", is_flag=True, help="What is in the database now may go.")
@click.option("--keyring-lost", is_flag=True, help="There is no keyring any more: its open periods are given up.")
@where.HOME
def restore(file: Path, key: Path, home: Path | None, *, replace: bool, keyring_lost: bool) -> None:
    """Bring the database back from FILE, beside the keyring as it is now. Nothing of laborvoice may be running.

    The file is read to its end before anything is changed. What the keyring says was burned stays burned, and releases
    come from its journal.
    """
    from laborvoice.backup import operator_key
    from laborvoice.backup.restore import Source, check

    source = Source(
        file=file, pair=operator_key.read_private(key), keyring=None if keyring_lost else where.keyring(home)
    )
    with _progress("checked") as told:
        header = check(source, told)
    click.echo(f"A backup of {header.made_at:%Y-%m-%d %H:%M} UTC, schema {header.revision}, whole and unaltered.")
    told_of = asyncio.run(_restored(source, header, home, replace=replace))
    _say(told_of)
    if told_of.bad is not None:
        chain, bad = told_of.bad
        click.echo(f"laborvoice: Chain {chain} of the audit log, row {bad.seq} is {bad.why}.", err=True)
        sys.exit(BAD)


async def _restored(source: "Source", header: "Header", home: Path | None, *, replace: bool) -> "Restored":
    from laborvoice.backup import place, restore
    from laborvoice.chance import SystemChance
    from laborvoice.clock import SystemClock
    from laborvoice.workers import processes

    async with place.database(where.chosen(home), alone=True) as dsn:
        with processes(1) as workers:
            means = restore.Means(workers=workers, clock=SystemClock(), chance=SystemChance())
            return await restore.restore(dsn, source, header, means, replace=replace)


def _say(told: "Restored") -> None:
    burned, releases = ", ".join(told.burned) or "none", told.releases
    click.echo(f"Burned periods, whose boxes stay gone: {burned}.")
    click.echo(f"Releases from the journal: {releases.put} put again, {releases.there} were in the backup.")
    if releases.unknown:
        click.echo(
            f"{releases.unknown} releases are of suppliers that the backup does not know: they stay in the journal."
        )
    click.echo("All sessions have ended.")
    if told.held:
        click.echo(
            f"Invites that were exchanged from {told.made_at:%Y-%m-%d %H:%M} to {told.now:%Y-%m-%d %H:%M} UTC could be"
            f" exchanged a second time. So nothing is signed for {', '.join(told.held)} until you say so:"
            " laborvoice invites resume"
        )


@contextmanager
def _progress(word: str) -> Generator[Callable[[int], None]]:
    """How many megabytes so far, on one line of a terminal; elsewhere nothing."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    shown = -1

    def told(size: int) -> None:
        nonlocal shown
        if size // _MEGA != shown:
            shown = size // _MEGA
            click.echo(f"\r{shown} MB {word}", nl=False, err=True)

    yield told
    click.echo(err=True)


COMMANDS: Final = (backup, restore)
