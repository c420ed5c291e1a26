"""Which home, database and keyring a command means, by flags and the environment."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import click

from laborvoice import errors

if TYPE_CHECKING:
    from laborvoice.settings import UpSettings

Role = Literal["intake", "vault", "portal", "courier"]

KEY_SIZE: Final = 32
HOME: Final = click.option(
    "--home", type=click.Path(file_okay=False, path_type=Path), help="The home that `laborvoice up` serves."
)


def flags(home: Path | None) -> dict[str, str]:
    return {} if home is None else {"home": str(home.resolve())}


def chosen(home: Path | None) -> "UpSettings":
    from laborvoice.settings import load

    return load("up", os.environ, flags(home))


def keyring(home: Path | None) -> Path:
    """LABORVOICE_KEYRING, or that of the home."""
    given = _given("vault", home).get("LABORVOICE_KEYRING")
    return chosen(home).home / "keyring" if given is None else Path(given)


def master_file(home: Path | None) -> Path:
    """LABORVOICE_MASTER_KEY_FILE, or that of the home. Raises BadSetting where it is in the environment itself."""
    given = _given("vault", home)
    if "LABORVOICE_MASTER_KEY" in given:
        raise errors.BadSetting("Give the master key by LABORVOICE_MASTER_KEY_FILE: a file can be written anew.")
    named = given.get("LABORVOICE_MASTER_KEY_FILE")
    return chosen(home).home / "secrets" / "master_key" if named is None else Path(named)


def secret(role: Role, name: str, home: Path | None) -> str | None:
    """As the process would find it, or in the home; None where there is none."""
    given, variable = _given(role, home), f"LABORVOICE_{name.upper()}"
    if variable in given:
        return given[variable]
    path = Path(given.get(f"{variable}_FILE", chosen(home).home / "secrets" / name))
    return path.read_text().strip() if path.is_file() else None


def hex_file(path: Path) -> bytes:
    """A key of 32 bytes, in hexadecimal. Raises BadSetting."""
    try:
        found = bytes.fromhex(path.read_text("ascii").strip())
    except ValueError:
        found = b""
    if len(found) != KEY_SIZE:
        raise errors.BadSetting(f"{path} holds no key of {2 * KEY_SIZE} hexadecimal digits.")
    return found


def _given(role: Role, home: Path | None) -> dict[str, str]:
    from laborvoice.settings import for_child

    return for_child(role, os.environ, flags(home))
