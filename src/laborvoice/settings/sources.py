"""Where settings come from, and how text becomes a value. No message quotes a value: it may be a secret."""

import os
import pwd
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo

from laborvoice.domain import Value
from laborvoice.errors import BadSetting
from laborvoice.settings.kinds import Bind, Rate, Secret

PREFIX: Final = "LABORVOICE_"
CONFIG: Final = f"{PREFIX}CONFIG"
TEST_PREFIX: Final = f"{PREFIX}TEST_"
FILE_SUFFIX: Final = "_file"
LONGEST_HOME: Final = 80


class Given(Value, frozen=True):
    """What one source says: the text itself, or the path of a file that holds it."""

    text: str
    in_file: bool


class Known:
    """Which process has which settings."""

    def __init__(self, fields: Mapping[str, tuple[FieldInfo, ...]]) -> None:
        self.fields = fields
        self.every = frozenset(field.name for each in fields.values() for field in each)
        self.secrets = frozenset(
            field.name for each in fields.values() for field in each if _bare(field.type)[0] is Secret
        )

    def of(self, process: str, given: Mapping[str, Given]) -> dict[str, Given]:
        own = {field.name for field in self.fields[process]}
        return {name: one for name, one in given.items() if name in own}

    def refuse_secrets_of_others(self, process: str, given: Mapping[str, Given]) -> None:
        own = self.of(process, given)
        for name in sorted(given.keys() & self.secrets - own.keys()):
            raise BadSetting(f"{variable(name)} is a secret of another process and must not be given to {process}.")


def variable(name: str) -> str:
    return PREFIX + name.upper()


def gather(known: Known, environ: Mapping[str, str], flags: Mapping[str, str]) -> dict[str, Given]:
    """Later sources win: file, environment, flags. An empty text counts as not given."""
    ours = {
        name.removeprefix(PREFIX).lower(): text
        for name, text in environ.items()
        if name.startswith(PREFIX) and not name.startswith(TEST_PREFIX) and name != CONFIG
    }
    merged: dict[str, Given] = {}
    for source in (_toml(environ.get(CONFIG, "")), ours, flags):
        merged |= _recognised(known, source)
    return merged


def _recognised(known: Known, source: Mapping[str, str]) -> dict[str, Given]:
    found: dict[str, Given] = {}
    for key, text in source.items():
        name = key.removesuffix(FILE_SUFFIX)
        in_file = key not in known.every and name in known.secrets
        if not in_file and key not in known.every:
            raise BadSetting(f"{variable(key)} is no setting of laborvoice.")
        if not text:
            continue
        if (name if in_file else key) in found:
            raise BadSetting(f"{variable(name)} must be given either itself or as a file, not both.")
        found[name if in_file else key] = Given(text=text, in_file=in_file)
    return found


def _toml(path: str) -> dict[str, str]:
    if not path:
        return {}
    try:
        table = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        raise BadSetting(f"{CONFIG} must name a readable TOML file.") from None
    return {name: ",".join(_texts(name, value)) for name, value in table.items()}


def _texts(name: str, value: object) -> Iterator[str]:
    for one in value if isinstance(value, list) else (value,):  # pyright: ignore[reportUnknownVariableType] - of TOML
        if isinstance(one, bool) or not isinstance(one, str | int):
            raise BadSetting(f"{variable(name)} must be a text, a whole number or a list of them in the TOML file.")
        yield str(one)


def with_defaults(given: Mapping[str, Given], environ: Mapping[str, str]) -> dict[str, str]:
    """Read files, and fill in the two places that depend on others: the home, and the keyring in it."""
    values = {name: _read(name, one) if one.in_file else one.text for name, one in given.items()}
    values.setdefault("home", _default_home(environ))
    values.setdefault("keyring", f"{values['home']}/keyring")
    if len(values["home"]) > LONGEST_HOME:
        raise BadSetting(f"{variable('home')} must be at most {LONGEST_HOME} characters long.")
    return values


def _default_home(environ: Mapping[str, str]) -> str:
    if os.geteuid() == 0:
        return "/var/lib/laborvoice"
    return f"{environ.get('HOME') or pwd.getpwuid(os.geteuid()).pw_dir}/.local/share/laborvoice"


def _read(name: str, one: Given) -> str:
    try:
        return Path(one.text).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, ValueError):
        raise BadSetting(f"{variable(name + FILE_SUFFIX)} must name a readable file.") from None


def converted(fields: Iterable[FieldInfo], values: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields:
        if field.name in values:
            found[field.name] = _value(field, values[field.name])
        elif field.required:
            raise BadSetting(f"{variable(field.name)} must be set.")
    return found


def _value(field: FieldInfo, text: str) -> object:
    kind, wanted = _bare(field.type)
    try:
        return _converted(kind, field.type, text)
    except (ValueError, msgspec.ValidationError):
        raise BadSetting(f"{variable(field.name)} must be {wanted}.") from None


def _converted(kind: object, annotated: object, text: str) -> object:
    if kind is Secret:
        return Secret(text)
    if kind is Bind:
        return Bind.parse(text)
    if kind is Rate:
        return Rate.parse(text)
    if kind is Path:
        return _absolute(text)
    raw = [part.strip() for part in text.split(",")] if get_origin(kind) is tuple else text
    return msgspec.convert(raw, type=annotated, strict=False)


def _absolute(text: str) -> Path:
    if not Path(text).is_absolute():
        raise ValueError
    return Path(text)


def _bare(annotated: object) -> tuple[object, str]:
    """The type without None and annotations, and the words for what it must be."""
    for member in get_args(annotated) if get_origin(annotated) not in {Annotated, Literal, tuple} else ():
        if member is not type(None):
            return _bare(member)
    if get_origin(annotated) is Annotated:
        bare, *extras = get_args(annotated)
        return bare, " ".join(extra.description or "" for extra in extras if isinstance(extra, msgspec.Meta))
    return annotated, " or ".join(str(word) for word in get_args(annotated))


def as_environ(given: Mapping[str, Given]) -> dict[str, str]:
    """The paths of secrets stay paths."""
    return {variable(name) + (FILE_SUFFIX.upper() if one.in_file else ""): one.text for name, one in given.items()}
