"""Static files of staff pages: named by what they hold, so that a browser may keep them for ever."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
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


def _read(name: str) -> File:
    body = files("laborvoice.web").joinpath("static", name).read_bytes()
    stem, _, kind = name.partition(".")
    return File(name=f"{stem}.{sha256(body).hex()[:_DIGITS]}.{kind}", body=body, media=_MEDIA[kind])
