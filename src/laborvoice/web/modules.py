"""Browser modules of staff pages: a tree that is served under one name, so that they find each other by its paths.

What phones run stands in it too: a watchdog's pages read and write the same bytes.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from laborvoice.crypto.framing import sha256
from laborvoice.web.files import FOLDER

FOLDERS: Final = ("vendor", "watchdog", "worker")
MEDIA: Final = "text/javascript"
_KIND: Final = ".mjs"
_DIGITS: Final = 16


@cache
def by_path() -> Mapping[str, bytes]:
    """``watchdog/keys.mjs`` and all others."""
    static = files("laborvoice.web").joinpath("static")
    return dict(sorted(pair for folder in FOLDERS for pair in _below(static.joinpath(folder), folder)))


@cache
def release() -> str:
    """Names this very set, and changes with any of them: 16 hex digits of a SHA-256 over all."""
    return sha256(b"".join(path.encode() + b"\0" + sha256(body) for path, body in by_path().items())).hex()[:_DIGITS]


def url(path: str) -> str:
    """Where ``watchdog/keys.mjs`` is served."""
    return f"{FOLDER}{release()}/{path}"


def _below(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for one in folder.iterdir():
        name = f"{path}/{one.name}"
        if one.is_dir():
            yield from _below(one, name)
        elif name.endswith(_KIND):
            yield name, one.read_bytes()
