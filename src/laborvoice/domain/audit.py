"""The audit log: who did what, each row bound to the one before by a hash (design, api 3 "Audit log").

Chain ``acts``: a row says its minute. What is done with messages and mailboxes goes into a chain of the party's own,
where a row says its ISO week and nothing finer. No row holds a word of anybody's: actions are a closed list, the rest
is ids, codes and whole numbers.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias, get_args

import msgspec

from laborvoice.domain import Value
from laborvoice.domain.ids import Id, PartyId

ActsAction = Literal[
    "login",
    "session.ended",
    "user.invited",
    "user.changed",
    "user.reset",
    "user.removed",
    "password.set",
    "totp.set",
    "totp.reset",
    "key.created",
    "key.revoked",
    "party.created",
    "jurisdiction.changed",
    "watchdog_keys.added",
    "help_numbers.changed",
    "supplier.created",
    "supplier.changed",
    "supplier.merged",
    "suppliers.imported",
    "link.claimed",
    "link.changed",
    "link.confirmed",
    "link.ended",
    "campaign.opened",
    "invites.printed",
    "case.opened",
    "case.changed",
    "case.moved",
    "case.shared",
    "approval.given",
    "approval.refused",
    "export.made",
    "statement.published",
    "statement.corrected",
    "statement.withdrawn",
    "petition.opened",
    "endpoint.created",
    "endpoint.changed",
    "endpoint.deleted",
    "secret.rotated",
    "policy.changed",
    "restored",
]
InboxAction = Literal["message.read", "message.acknowledged", "message.closed", "reply.sent"]
Action: TypeAlias = ActsAction | InboxAction

ACTS: Final = "acts"
CONSOLE: Final = "console"
"""Who acts where no party does: whoever runs commands on the server."""
FIRST: Final = "0" * 64
"""What the first row of a chain has before it."""
INBOX_ACTIONS: Final[frozenset[str]] = frozenset(get_args(InboxAction))

_NAME: Final = re.compile(r"[a-z][a-z_]{0,30}")
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}|")


class Actor(Value, frozen=True):
    """``by``: the user or key that acts for the party."""

    party: PartyId
    by: Id | None = None


class Act(Value, frozen=True):
    """Without an ``actor`` it is the console's. ``object``: the id of what it was done to, or nothing.

    ``facts`` are ids, codes and whole numbers. Raises ValueError for a text that is neither, or for an act with
    messages that is nobody's: its chain is the party's own.
    """

    action: Action
    actor: Actor | None
    object: str = ""
    facts: Mapping[str, str | int] = {}

    def __post_init__(self) -> None:
        texts = (self.object, *(value for value in self.facts.values() if isinstance(value, str)))
        if not all(_CODE.fullmatch(text) for text in texts) or not all(_NAME.fullmatch(name) for name in self.facts):
            raise ValueError("The audit log holds ids, codes and numbers.")
        if self.actor is None and self.action in INBOX_ACTIONS:
            raise ValueError("An act with messages is some party's.")

    @property
    def chain(self) -> str:
        """``acts``, or the party's id."""
        return str(self.actor.party) if self.actor is not None and self.action in INBOX_ACTIONS else ACTS


class Row(Value, frozen=True):
    """``prev`` and ``hash``: 64 hexadecimal digits. ``facts.by``: the user or key that acted for ``actor``."""

    seq: int
    at: str
    actor: str
    action: str
    object: str
    facts: dict[str, str | int]
    prev: str
    hash: str


class Head(Value, frozen=True):
    """The last row of a chain; 0 and ``FIRST`` of one that has none."""

    seq: int
    hash: str


EMPTY: Final = Head(seq=0, hash=FIRST)

Why = Literal["missing", "changed", "unbound", "not as anchored"]


class Bad(Value, frozen=True):
    """The first row that is not as it was written.

    It is missing or not in its place; its content does not make its hash; it does not name the hash of the row before;
    or it is not the row that was anchored.
    """

    seq: int
    why: Why


def moment(chain: str, now: datetime) -> str:
    """What a row of the chain says of when: a minute in ``acts``, an ISO week in all others."""
    if chain == ACTS:
        return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
    return week(now)


def week(now: datetime) -> str:
    year, number, _ = now.astimezone(UTC).isocalendar()
    return f"{year}-W{number:02}"


def next_row(head: Head, act: Act, now: datetime) -> Row:
    by = {} if act.actor is None or act.actor.by is None else {"by": str(act.actor.by)}
    row = Row(
        seq=head.seq + 1,
        at=moment(act.chain, now),
        actor=CONSOLE if act.actor is None else str(act.actor.party),
        action=act.action,
        object=str(act.object),
        facts={**{name: _plain(value) for name, value in act.facts.items()}, **by},
        prev=head.hash,
        hash="",
    )
    return msgspec.structs.replace(row, hash=digest(row))


def _plain(value: str | int) -> str | int:
    """An id is its text, a yes is 1."""
    return str(value) if isinstance(value, str) else int(value)


def digest(row: Row) -> str:
    """SHA-256 of the 32 bytes of ``prev`` and the canonical JSON of the rest, in hexadecimal."""
    return hashlib.sha256(bytes.fromhex(row.prev) + canonical(row)).hexdigest()


def canonical(row: Row) -> bytes:
    """The row without ``prev`` and ``hash``: names sorted, no blank, no character outside ASCII."""
    return json.dumps(_said(row), sort_keys=True, separators=(",", ":")).encode()


def _said(row: Row) -> dict[str, object]:
    return {
        "seq": row.seq,
        "at": row.at,
        "actor": row.actor,
        "action": row.action,
        "object": row.object,
        "facts": row.facts,
    }


class Verifier:
    """Takes the rows of a chain one after another, from ``after`` on, and finds the first bad one.

    ``anchors``: hashes of rows, by number, as they were told before. Rows after the last anchor can be cut off, or made
    anew with all that follow, and only a later anchor shows it.
    """

    def __init__(self, after: Head | None = EMPTY, anchors: Mapping[int, str] | None = None) -> None:
        """``after``: None where the rows begin somewhere, and what was before is not known."""
        self._last = after
        self._anchors = dict(anchors or {})

    def take(self, row: Row) -> Bad | None:
        expected = row.seq if self._last is None else self._last.seq + 1
        if row.seq != expected:
            return Bad(seq=expected, why="missing")
        if self._last is not None and row.prev != self._last.hash:
            return Bad(seq=row.seq, why="unbound")
        if not _is_hex(row.prev) or row.hash != digest(row):
            return Bad(seq=row.seq, why="changed")
        if self._anchors.get(row.seq, row.hash) != row.hash:
            return Bad(seq=row.seq, why="not as anchored")
        self._last = Head(seq=row.seq, hash=row.hash)
        return None

    def end(self) -> Bad | None:
        """After the last row: one that was anchored, or the first of all after it, may be missing."""
        last = 0 if self._last is None else self._last.seq
        return Bad(seq=last + 1, why="missing") if any(seq > last for seq in self._anchors) else None


def _is_hex(text: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{64}", text) is not None


def verify(rows: Iterable[Row], after: Head | None = EMPTY, anchors: Mapping[int, str] | None = None) -> Bad | None:
    """None where every row is as it was written."""
    verifier = Verifier(after, anchors)
    found = next((bad for row in rows if (bad := verifier.take(row)) is not None), None)
    return found or verifier.end()
