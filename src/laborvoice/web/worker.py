"""The workers' client as bytes: fixed when a process starts, gzip, each pinned by the page (design, web 1 and 7)."""

import base64
import gzip
import hashlib
import html
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from laborvoice.domain import Value
from laborvoice.domain.card import FINGERPRINT_CHARS, SPARE_BITS, encode
from laborvoice.web.files import below, digest, kind

PAGE: Final = "index.html"
SOURCE: Final = "page.html"
HTML: Final = "text/html"
MEDIA: Final[Mapping[str, str]] = {
    "css": "text/css",
    "js": "text/javascript",
    "json": "application/json",
    "mjs": "text/javascript",
    "svg": "image/svg+xml",
}
FOLDERS: Final = ("lang", "phone")
SCRIPTS: Final = frozenset({"js", "mjs"})
LEVEL: Final = 9
DIGITS: Final = 12

_MAP: Final = re.compile(r'<script type="importmap">(.*?)</script>', re.DOTALL)
_DRAFT: Final = re.compile(r"^<li>.*? data-draft=.*\n", re.MULTILINE)
_HOLE: Final = re.compile(r"\{\{([a-z]+)(?::([^}]+))?\}\}")


class File(Value, frozen=True):
    """``body`` is gzip; ``media`` its type; all text is UTF-8."""

    body: bytes
    media: str


@cache
def plain() -> Mapping[str, bytes]:
    """The files as they are served, by path: ``phone/first.mjs``."""
    return dict(sorted(pair for folder in FOLDERS for pair in below(folder, MEDIA)))


@cache
def release() -> str:
    """Names this very set of files: twelve hex digits of a SHA-256 over all of them."""
    return digest(plain())[:DIGITS]


def read_again() -> None:
    """Files were written since they were first read."""
    plain.cache_clear()
    release.cache_clear()


@cache
def served() -> Mapping[str, File]:
    """What ``/a/{release}/`` serves, by what follows."""
    return {
        path: File(body=gzip.compress(body, LEVEL, mtime=0), media=MEDIA[kind(path)]) for path, body in plain().items()
    }


def written(fragments: Mapping[str, str]) -> str:
    """The page, from its source: what stands in double braces is filled in. ``fragments``: what only others know."""
    known = {**fragments, "importmap": _import_map(), "release": release()}

    def fill(hole: re.Match[str]) -> str:
        name, path = hole.groups()
        return integrity(plain()[path]) if name == "sri" else known[name]

    return _HOLE.sub(fill, _read(f"worker/{SOURCE}"))


@cache
def page() -> str:
    """The page as it is committed: without a fingerprint, and nowhere to leave to."""
    return _read(PAGE)


class Told(Value, frozen=True):
    """What a deployment says to its page. ``fingerprint``: of the manifest key, for those whose card says none.

    ``drafts``: languages that nobody has checked stay in the list. ``audio``: there are spoken texts.
    """

    fingerprint: bytes | None
    exit_url: str
    drafts: bool
    audio: bool = False


def index(wanted: Told) -> File:
    return File(body=gzip.compress(told(wanted), LEVEL, mtime=0), media=HTML)


def told(wanted: Told) -> bytes:
    """The page as a phone has it."""
    named = wanted.fingerprint
    number = None if named is None else int.from_bytes(named, "big") << SPARE_BITS
    values = {
        "fp": "" if number is None else encode(number, FINGERPRINT_CHARS),
        "exit": html.escape(wanted.exit_url),
        "audio": "yes" if wanted.audio else "",
    }
    text = page() if wanted.drafts else _DRAFT.sub("", page())
    for name, value in values.items():
        text = text.replace(f'data-{name}=""', f'data-{name}="{value}"', 1)
    return text.encode()


@cache
def policy() -> str:
    """The Content-Security-Policy of the page: scripts of ours alone, and the import map by its hash."""
    found = _MAP.search(page())
    pinned = "" if found is None else f" '{_digest('sha256', found[1].encode())}'"
    return (
        f"default-src 'none'; script-src 'self'{pinned}; style-src 'self'; img-src 'self'; media-src 'self'; "
        "connect-src 'self'; worker-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types lv"
    )


def integrity(body: bytes) -> str:
    """As ``integrity`` attributes say it (W3C SRI)."""
    return _digest("sha384", body)


def _import_map() -> str:
    """First in the head; what it does not name does not run (Integrity-Policy)."""
    pinned = {f"/a/{release()}/{path}": integrity(body) for path, body in plain().items() if kind(path) in SCRIPTS}
    return f'<script type="importmap">{msgspec.json.encode({"integrity": pinned}).decode()}</script>'


def _digest(name: str, body: bytes) -> str:
    return f"{name}-{base64.b64encode(hashlib.new(name, body).digest()).decode()}"


def _read(path: str) -> str:
    return files("laborvoice.web").joinpath("static", *path.split("/")).read_text(encoding="utf-8")
