"""The command by which anybody checks an export: its files against the manifest, the manifest against its signature."""

import sys
from pathlib import Path
from typing import Final, NoReturn

import click

from laborvoice import errors

BAD: Final = 1


@click.command("verify-export")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--key", help="The key it must be signed with, as GET /.well-known/export-key has it.")
def verify_export(path: Path, key: str | None) -> None:
    """Name the first file of an export that is not as it was made, and exit 1.

    PATH: a directory with the files and manifest.json, or one of these files.
    """
    from laborvoice.crypto.signed_export import verified
    from laborvoice.domain.export import MANIFEST

    folder = path if path.is_dir() else path.parent
    manifest = folder / MANIFEST
    if not manifest.is_file():
        _bad(f"{MANIFEST} is missing.")
    try:
        found = verified(manifest.read_bytes())
    except errors.Malformed as error:
        _bad(f"{MANIFEST}: {error}")
    if key is not None and key.strip() != found.key:
        _bad(f"{MANIFEST} is signed with another key: {found.key}.")
    one = None if path.is_dir() or path.name == MANIFEST else path.name
    if one is not None and one not in {file.name for file in found.files}:
        _bad(f"{one} is no file of this export.")
    for file in found.files:
        if one in {None, file.name}:
            _check(folder / Path(file.name).name, file.sha256)
    click.echo(f"{found.kind} of {found.made_on}: every file is as it was made.")
    if key is None:
        click.echo(f"Signed with {found.key}: compare with /.well-known/export-key of the portal.")


def _check(path: Path, digest: str) -> None:
    import hashlib

    if not path.is_file():
        _bad(f"{path.name} is missing.")
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != digest:
            _bad(f"{path.name} was changed.")


def _bad(text: str) -> NoReturn:
    click.echo(f"laborvoice: {text}", err=True)
    sys.exit(BAD)


COMMANDS: Final = (verify_export,)
