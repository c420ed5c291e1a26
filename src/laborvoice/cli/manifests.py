"""The commands for a manifest key that is kept away from the server: made, used and read where nothing is online."""

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from laborvoice import errors
from laborvoice.cli import where

if TYPE_CHECKING:
    from laborvoice.domain.manifest_words import Change

_FILE: Final = click.Path(dir_okay=False, path_type=Path)
_THERE: Final = click.Path(dir_okay=False, exists=True, path_type=Path)


@click.group()
def manifest() -> None:
    """The manifest, where its key is kept offline."""


@manifest.command()
@click.argument("private", type=_FILE)
@click.argument("public", type=_FILE)
def key(private: Path, public: Path) -> None:
    """Make a manifest key: PRIVATE stays on this machine, PUBLIC goes to the vault (`keys init --offline PUBLIC`)."""
    from laborvoice.backup.operator_key import write_new
    from laborvoice.chance import SystemChance
    from laborvoice.crypto import signing
    from laborvoice.crypto.manifest import fingerprint

    seed = SystemChance().bytes(signing.SEED_SIZE)
    write_new(private, seed.hex().encode())
    public.write_text(signing.public_of(seed).hex(), "ascii")
    click.echo(f"Cards will carry {fingerprint(signing.public_of(seed)).hex()}.")


@manifest.command()
@click.argument("draft", type=_THERE)
@click.argument("signed", type=_FILE)
@click.option("--key", "private", type=_THERE, required=True, help="The private manifest key.")
@click.option("--before", type=_THERE, help="The one you signed before; without it only number 1 is signed.")
def sign(draft: Path, signed: Path, private: Path, before: Path | None) -> None:
    """Show in words what DRAFT changes, ask, and write it signed to SIGNED. Needs no network.

    DRAFT is manifest.draft of the vault's keyring. Keep SIGNED: the next draft is compared with it.
    """
    from laborvoice.backup.operator_key import write_new
    from laborvoice.crypto import numbered, signing
    from laborvoice.domain.manifest_words import changes

    seed = where.hex_file(private)
    one = numbered.decode(draft.read_bytes())
    said = numbered.said(one)
    last = None if before is None else numbered.decode(before.read_bytes())
    if last is not None:
        numbered.verify(last, signing.public_of(seed))
    numbered.follows(one, last)
    told = changes(None if last is None else numbered.said(last), said)
    for change in told:
        click.echo(change.text)
    for change in told:
        _ask(change)
    click.confirm("Sign it?", abort=True)
    write_new(signed, numbered.encode(numbered.sign(one, (seed,))))
    click.echo(f"{signed}: take it to the vault, and there: laborvoice manifest put {signed.name}")


@manifest.command()
@click.argument("signed", type=_THERE)
def put(signed: Path) -> None:
    """Give SIGNED to the phones. Runs with the settings of the vault."""
    from laborvoice.bootstrap import custody
    from laborvoice.settings import load

    seq = asyncio.run(custody.arrive(load("vault", os.environ, {}), signed.read_bytes()))
    click.echo(f"Manifest {seq} is what phones get.")


def _ask(change: "Change") -> None:
    """What the signer knows from its owner, typed before it is shown. Raises ManifestRefused."""
    from laborvoice.domain.manifest_words import same

    if change.typed and not same(click.prompt(change.asked), change.typed):
        raise errors.ManifestRefused("That is not what the draft holds: nothing was signed.")


COMMANDS: Final = (manifest,)
