"""A form whose session had ended when it was sent: it is carried through signing in, so that nothing typed is lost."""

from typing import Final
from urllib.parse import parse_qsl, quote, unquote_plus

import msgspec

from laborvoice.api.portal.pages import posted
from laborvoice.crypto.framing import b64, unb64
from laborvoice.domain import Value, foreign
from laborvoice.errors import Malformed

MOST: Final = 1 << 16
"""Bytes of a form that is kept."""
PATH_MOST: Final = 2000
_HIDDEN: Final = ("password", "old", "present", "code")


class Kept(Value, frozen=True):
    """Where the form goes, and its fields without those that belong to the session."""

    path: str
    fields: tuple[tuple[str, str], ...]

    @property
    def shown(self) -> tuple[tuple[str, str], ...]:
        """What a page may show of it."""
        return tuple((name, value) for name, value in self.fields if value and name not in _HIDDEN)


def packed(path: str, body: bytes) -> str:
    """Of a form that was sent to ``path``; nothing of one that is too long."""
    if not body or len(body) > MOST or not is_own(path):
        return ""
    pairs = parse_qsl(body.decode("latin-1"), keep_blank_values=True)
    return b64(msgspec.json.encode(Kept(path=path, fields=tuple(pair for pair in pairs if pair[0] != posted.CSRF))))


def unpacked(text: str) -> Kept | None:
    """None of nothing, and of what ``packed`` did not make."""
    try:
        found = foreign.read(unb64(text), Kept)
    except Malformed:
        return None
    return found if is_own(found.path) else None


def is_own(path: str) -> bool:
    """Whether a browser stays with us on its way there: no other host, nothing a browser reads as one."""
    plain = unquote_plus(path)
    return (
        path.startswith("/")
        and not path.startswith("//")
        and len(path) <= PATH_MOST
        and "\\" not in plain
        and path.isascii()
        and plain.isprintable()
    )


def login_at(target: str) -> str:
    """The way to sign in that leads to ``target`` afterwards."""
    return f"/login?next={quote(target, safe='/')}" if is_own(target) and target != "/" else "/login"
