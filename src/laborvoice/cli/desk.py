"""Where a watchdog's commands find the portal, the yearly key files and their codes. No code is ever an argument."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import click

from laborvoice import errors

if TYPE_CHECKING:
    from laborvoice.client.portal import Portal
    from laborvoice.client.watchdog.keyfile import Keys

Command = Callable[..., None]

PRIVATE: Final = 0o600
FILE: Final = click.Path(dir_okay=False, path_type=Path)
_CODE: Final = click.option(
    "--code-file", type=click.File("r"), help="A file with the code, a line for each key file; - for standard input."
)
_PORTAL: Final = (
    click.option("--url", help="The portal, like https://portal.example."),
    click.option("--key-file", type=click.File("r"), help="A file that holds an API key; - for standard input."),
    click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="Instead: where a demo was kept."),
)
_YEARS: Final = click.option(
    "--year", "years", type=FILE, multiple=True, help="A yearly key file, that of now first; may be given repeatedly."
)


class Desk:
    """What the options say of portal, key files and codes."""

    def __init__(
        self,
        url: str | None = None,
        key_file: IO[str] | None = None,
        home: Path | None = None,
        years: tuple[Path, ...] = (),
        code_file: IO[str] | None = None,
    ) -> None:
        self._url = url
        self._key_file = key_file
        self._home = home
        self._years = years
        self._code_file = code_file

    @property
    def named(self) -> bool:
        """Whether a portal is to be asked at all."""
        return self._url is not None or self._home is not None

    def portal(self) -> "Portal":
        """Raises BadSetting."""
        from laborvoice.client.portal import Portal
        from laborvoice.demo.home import left

        if self._home is not None:
            kept = left(self._home)
            return Portal(kept.portal_url, kept.watchdog_api_key)
        if self._url is None or self._key_file is None:
            raise errors.BadSetting("Give --url and --key-file, or --home of a demo that was kept.")
        return Portal(self._url, self._key_file.read().strip())

    def keys(self) -> "tuple[Keys, ...]":
        """That of now first. Raises BadSetting, Malformed, Undecryptable."""
        from laborvoice.demo.home import left

        if self._years:
            return tuple(unlocked(path, self.code(path)) for path in self._years)
        if self._home is None:
            raise errors.BadSetting("Give --year with the key file: without it no message opens.")
        home, kept = self._home, left(self._home).watchdog_keys
        return tuple(unlocked(home / one.file, raw(home / one.code_file).decode("ascii")) for one in kept)

    def code(self, path: Path) -> str:
        """Of one file: the next line, else typed, and not shown."""
        if self._code_file is not None:
            return self._code_file.readline()
        typed: str = click.prompt(f"The code of {path.name}, 28 digits", hide_input=True, err=True)
        return typed


def portal_options(command: Command) -> Command:
    """The command gets a Desk first."""
    return _with(_PORTAL, command)


def code_option(command: Command) -> Command:
    """The command gets a Desk first."""
    return _with((_CODE,), command)


def code_options(command: Command) -> Command:
    """The command gets a Desk first."""
    return _with((_CODE, *_PORTAL), command)


def desk_options(command: Command) -> Command:
    """The command gets a Desk first."""
    return _with((_YEARS, _CODE, *_PORTAL), command)


def _with(options: tuple[Callable[[Command], Command], ...], command: Command) -> Command:
    names = ("url", "key_file", "home", "years", "code_file")

    @functools.wraps(command)
    def bundled(**given: object) -> None:
        desk = Desk(**{name: given.pop(name) for name in names if name in given})  # type: ignore[arg-type]  # click's
        command(desk, **given)

    made: Command = bundled
    for option in reversed(options):
        made = option(made)
    return made


def unlocked(path: Path, code: str) -> "Keys":
    """A quarter of a second of work. Raises BadSetting, Malformed, Undecryptable."""
    from laborvoice.client.watchdog import keyfile

    return keyfile.unlock(raw(path), code.strip())


def raw(path: Path) -> bytes:
    """Raises BadSetting."""
    try:
        return path.read_bytes()
    except OSError:
        raise errors.BadSetting(f"{path} cannot be read.") from None


def put(path: Path, content: bytes, *, fresh: bool) -> None:
    """For the owner alone, whole or not at all. Raises BadSetting; with ``fresh`` also where one is there already."""
    if fresh and path.exists():
        raise errors.BadSetting(f"{path} is there already, and is not written over.")
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.unlink(missing_ok=True)
        beside.touch(mode=PRIVATE, exist_ok=False)
        beside.write_bytes(content)
        beside.replace(path)
    except OSError:
        raise errors.BadSetting(f"{path} cannot be written.") from None
