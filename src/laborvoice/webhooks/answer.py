"""What is kept of a receiver's answer. Its text is hostile: cut, masked, never more than shown as text."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from laborvoice.domain import Value, foreign
from laborvoice.errors import Malformed

KEPT_BODY: Final = 4_096
KEPT_HEADER: Final = 256
PLAIN_HEADERS: Final = frozenset({"content-length", "date", "retry-after"})
MASKED_HEADERS: Final = frozenset({"content-encoding", "content-type", "location", "server", "x-request-id"})

_EMAIL: Final = re.compile(r"[^\s@<>\"'(),;:/?&=]{1,64}@[^\s@<>\"'(),;:/?&=]{1,255}")
_PHONE: Final = re.compile(r"\+?\d(?:[ ()./-]{0,3}\d){6,16}")
_CONTROLS: Final = {code: "\ufffd" for code in (*range(32), 127) if chr(code) not in "\t\n\r"}


class _Echo(Value):
    challenge: str


def kept_headers(raw: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[str, str]]:
    """The allow-listed ones, names in lower case. Numbers and dates keep their digits."""
    for raw_name, raw_value in raw:
        name = raw_name.decode("ascii", "replace").lower()
        if name in PLAIN_HEADERS:
            yield name, _plain(raw_value)[:KEPT_HEADER]
        elif name in MASKED_HEADERS:
            yield name, mask(_plain(raw_value))[:KEPT_HEADER]


def readable(body: bytes, headers: Iterable[tuple[str, str]]) -> str:
    """What is kept of a body: text, masked, at most 4 KiB in UTF-8; of a compressed one nothing."""
    if dict(headers).get("content-encoding", "identity") != "identity":
        return ""
    return mask(_plain(body)).encode()[:KEPT_BODY].decode(errors="ignore")


def mask(text: str) -> str:
    """Without e-mail addresses and telephone numbers: a receiver's error page may name people."""
    return _PHONE.sub("[number]", _EMAIL.sub("[e-mail]", text))


def is_met(body: bytes, challenge: str) -> bool:
    """Whether the body is the challenge, or ``{"challenge": …}`` with it."""
    if body.strip() == challenge.encode():
        return True
    try:
        return foreign.read(body, _Echo).challenge == challenge
    except Malformed:
        return False


def _plain(raw: bytes) -> str:
    return raw.decode(errors="replace").translate(_CONTROLS)
