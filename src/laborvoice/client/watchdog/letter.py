"""A message opened by the watchdog it is sealed to: nothing in it is believed before it has its shape."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

from msgspec import UNSET, UnsetType

from laborvoice.client.watchdog.keyfile import Keys, find
from laborvoice.crypto import parcel
from laborvoice.crypto.framing import b64, unb64
from laborvoice.domain import Value, foreign
from laborvoice.errors import Malformed, Undecryptable

VERSION: Final = 1
FOLLOW_UP: Final = "more"
CONVERSATION_SIZE: Final = 32

Why = Literal["key", "sealed", "words", "repeated"]
"""Why a message stays shut: no key of ours, it does not open, its words have no shape, another one is the same."""


class Row(Value, frozen=True):
    """As the portal lists it: it can read none. ``due``: of an urgent one until somebody acknowledges it."""

    id: str
    kind: Literal["urgent", "story"]
    voiced: bool
    week: str
    kid: str
    suite: int
    slots: int
    place: int
    state: Literal["new", "acknowledged", "closed"]
    assigned_to: str | UnsetType = UNSET
    due: datetime | UnsetType = UNSET
    met: bool | UnsetType = UNSET


class Said(Value, frozen=True):
    """The JSON that was sealed (design, privacy 3). Fields that are not known here are left alone."""

    v: int
    k: str
    t: str
    l: str  # noqa: E741 - the wire's name
    p: str
    act: str
    cv: str
    n: int
    s: str | None = None
    c: tuple[str, ...] = ()
    f: tuple[int, ...] = ()
    may: tuple[str, ...] = ()


class Letter(Value, frozen=True):
    """``digest`` names the message to all it is sealed to. ``conversation``: None where nobody can be answered."""

    row: Row
    digest: str
    said: Said
    conversation: bytes | None

    def __repr__(self) -> str:
        return f"Letter({self.row.id})"

    @property
    def odd(self) -> bool:
        """It says another kind of itself than it was sent as."""
        return self.said.k not in {self.row.kind, FOLLOW_UP}


class Shut(Value, frozen=True):
    row: Row
    why: Why


def open_letter(years: Sequence[Keys], row: Row, inner: bytes) -> Letter | Shut:
    """The key inside must be the one that is committed to, or two watchdogs could be shown two texts."""
    try:
        pair = find(years, unb64(row.kid))
        if pair is None or pair.suite != row.suite:
            return Shut(row=row, why="key")
        opened = parcel.open_message(pair, row.slots, row.place, inner)
    except (Malformed, Undecryptable):
        return Shut(row=row, why="sealed")
    try:
        said = foreign.read(opened.text, Said)
    except Malformed:
        return Shut(row=row, why="words")
    if said.v != VERSION:
        return Shut(row=row, why="words")
    return Letter(row=row, digest=b64(opened.digest), said=said, conversation=_conversation(said.cv))


def _conversation(text: str) -> bytes | None:
    try:
        raw = unb64(text)
    except Malformed:
        return None
    return raw if len(raw) == CONVERSATION_SIZE else None
