"""The commands for keys: the keyring's, and the operator's own."""

from pathlib import Path
from typing import Final

import click

from laborvoice.cli import where
from laborvoice.cli.audited import audit

_FILE: Final = click.Path(dir_okay=False, path_type=Path)
_THERE: Final = click.Path(dir_okay=False, exists=True, path_type=Path)


@click.group()
def keys() -> None:
    """Keys: the vault's keyring, the few that may be saved, the operator's backup key."""


@keys.command()
@click.option(
    "--manifest", type=_THERE, help="A manifest key that was saved, 64 hexadecimal digits; else one is drawn."
)
@click.option("--offline", type=_THERE, help="The public half of a manifest key that is kept elsewhere.")
@where.HOME
def init(manifest: Path | None, offline: Path | None, home: Path | None) -> None:
    """Make the keyring, its master key and its manifest key where they are missing; print the cards' fingerprint."""
    from laborvoice.bootstrap import custody
    from laborvoice.chance import SystemChance

    master, chance = where.master_file(home), SystemChance()
    master.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if offline is not None:
        made = custody.make_offline(where.keyring(home), master, chance, where.hex_file(offline))
    else:
        seed = None if manifest is None else where.hex_file(manifest)
        made = custody.make(where.keyring(home), master, chance, seed)
    click.echo(made.hex())


@keys.command("list")
@where.HOME
def list_keys(home: Path | None) -> None:
    """Show the names of the keys that are there."""
    from laborvoice.bootstrap import custody

    for room, names in custody.listed(where.keyring(home)).items():
        for name in names:
            click.echo(f"{room}/{name}")


@keys.command()
@where.HOME
def destroyed(home: Path | None) -> None:
    """Show the names of the keys that are gone, in the order in which they went."""
    from laborvoice.bootstrap import custody

    for name in custody.destroyed(where.keyring(home)):
        click.echo(name)


@keys.command()
@where.HOME
def rotate(home: Path | None) -> None:
    """Draw another master key and seal every key anew. Stop the vault first. If it is killed, run it again."""
    from laborvoice.bootstrap import custody
    from laborvoice.chance import SystemChance
    from laborvoice.embedded.home import in_use, take_lock

    place = where.chosen(home)
    if place.database_url is None and place.home.is_dir():
        try:
            take_lock(place.home)
        except BlockingIOError:
            raise in_use(place.home) from None
    count = custody.renew(where.keyring(home), where.master_file(home), SystemChance())
    click.echo(f"{count} keys are sealed under a new master key, in {where.master_file(home)}.")


@keys.command()
@click.argument("file", type=_FILE)
@click.option("--to", "public", type=_THERE, required=True, help="Your public backup key.")
@where.HOME
def backup(file: Path, public: Path, home: Path | None) -> None:
    """Save the keys of the manifest, the courier, sessions and exports into FILE, sealed to your backup key.

    Box, mix and token keys are saved nowhere: they are meant to die.
    """
    from laborvoice.backup import operator_key, secrets
    from laborvoice.bootstrap import custody
    from laborvoice.chance import SystemChance

    to, chance = operator_key.read_public(public), SystemChance()
    ring = where.keyring(home)
    seeds = custody.seeds(ring, where.master_file(home), chance) if ring.is_dir() else ()
    roles: dict[str, where.Role] = {"session_key": "portal", "export_key": "portal", "courier_keys": "courier"}
    found = {name: where.secret(role, name, home) for name, role in roles.items()}
    saved = {name: value for name, value in found.items() if value is not None}
    secrets.save(file, to, seeds, saved, chance)
    click.echo(f"{file}: {len(seeds)} of the manifest, {', '.join(saved) or 'no other'}.")


@keys.command()
@click.argument("file", type=_THERE)
@click.option("--key", type=_THERE, required=True, help="Your private backup key.")
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), required=True, help="A folder for them.")
def recover(file: Path, key: Path, into: Path) -> None:
    """Open FILE, which `keys backup` made, and write each key into a file of its own."""
    from laborvoice.backup import operator_key, secrets

    for path in secrets.recover(file, operator_key.read_private(key), into):
        click.echo(path)


@keys.command("backup-key")
@click.argument("private", type=_FILE)
@click.argument("public", type=_FILE)
def backup_key(private: Path, public: Path) -> None:
    """Make your backup key: PRIVATE, to be kept away from the server, and PUBLIC, for `backup --to`."""
    from laborvoice.backup import operator_key
    from laborvoice.chance import SystemChance

    pair = operator_key.make(private, public, SystemChance())
    click.echo(f"{pair.kid.hex()}: keep {private} elsewhere, on two media. Without it no backup can be opened.")


keys.add_command(audit)
COMMANDS: Final = (keys,)
