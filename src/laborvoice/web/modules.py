"""Browser modules of staff pages: a tree that is served under one name, so that they find each other by its paths.

What phones run stands in it too: a watchdog's pages read and write the same bytes.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from laborvoice.web.files import FOLDER, below, digest

FOLDERS: Final = ("vendor", "watchdog", "worker")
MEDIA: Final = "text/javascript"
_KINDS: Final = frozenset({"mjs"})
_DIGITS: Final = 16


@cache
def by_path() -> Mapping[str, bytes]:
    """``watchdog/keys.mjs`` and all others."""
    return dict(sorted(pair for folder in FOLDERS for pair in below(folder, _KINDS)))


@cache
def release() -> str:
    """Names this very set, and changes with any of them: 16 hex digits of a SHA-256 over all."""
    return digest(by_path())[:_DIGITS]


def url(path: str) -> str:
    """Where ``watchdog/keys.mjs`` is served."""
    return f"{FOLDER}{release()}/{path}"
