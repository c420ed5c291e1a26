"""Static files: how folders of them are read and named by what they hold, so that a browser may keep them for ever.

Those of staff pages have each its own name.
"""

from collections.abc import Container, Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from laborvoice.crypto.framing import sha256
from laborvoice.domain import Value

FOLDER: Final = "/static/"
_DIGITS: Final = 16
_MEDIA: Final[Mapping[str, str]] = {"css": "text/css", "mjs": "text/javascript", "svg": "image/svg+xml"}
TYPES: Final = tuple(_MEDIA.values())
NAMES: Final = ("portal.css", "partial.mjs", "icon.svg")


class File(Value, frozen=True):
    """``name`` holds 16 hex digits of the SHA-256 of ``body``; ``media`` is its type."""

    name: str
    body: bytes
    media: str


@cache
def by_name() -> Mapping[str, File]:
    """All files under the names they are served by."""
    return {one.name: one for one in map(_read, NAMES)}


@cache
def url(name: str) -> str:
    """Where ``portal.css`` is served."""
    return FOLDER + _read(name).name


def below(folder: str, kinds: Container[str]) -> Iterator[tuple[str, bytes]]:
    """Files of these kinds in a folder of ours, however deep, each with its path from there on: ``worker/sw.js``."""
    yield from _below(files("laborvoice.web").joinpath("static", folder), folder, kinds)


def digest(many: Mapping[str, bytes]) -> str:
    """Changes with any of these files, and with any path: hex of a SHA-256 over all."""
    return sha256(b"".join(path.encode() + b"\0" + sha256(body) for path, body in many.items())).hex()


def kind(path: str) -> str:
    return path.rpartition(".")[2]


def _below(folder: Traversable, path: str, kinds: Container[str]) -> Iterator[tuple[str, bytes]]:
    for one in folder.iterdir() if folder.is_dir() else ():
        name = f"{path}/{one.name}"
        if one.is_dir():
            yield from _below(one, name, kinds)
        elif kind(name) in kinds:
            yield name, one.read_bytes()


def _read(name: str) -> File:
    body = files("laborvoice.web").joinpath("static", name).read_bytes()
    stem, _, ending = name.partition(".")
    return File(name=f"{stem}.{sha256(body).hex()[:_DIGITS]}.{ending}", body=body, media=_MEDIA[ending])
