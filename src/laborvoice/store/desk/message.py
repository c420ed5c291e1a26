"""Messages to watchdogs, still sealed to them. Rows tell a week, never an hour."""

from collections.abc import Sequence
from typing import Final, Literal
from uuid import UUID

from laborvoice.domain import Value
from laborvoice.store.database import Connection


class Message(Value, frozen=True):
    """One recipient's copy: ``place`` is which of the ``slots`` wraps is hers; ``voiced`` = it came with an invite."""

    id: UUID
    kid: bytes
    kind: Literal["urgent", "story"]
    suite: int
    slots: int
    place: int
    voiced: bool
    inner_message: bytes
    week: str


_PUT: Final = """-- desk.message.put
-- roles: vault, portal
INSERT INTO desk.message (id, kid, kind, suite, slots, place, voiced, inner_message, week)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"""


async def put(db: Connection, messages: Sequence[Message]) -> None:
    rows = [(m.id, m.kid, m.kind, m.suite, m.slots, m.place, m.voiced, m.inner_message, m.week) for m in messages]
    await db.many(_PUT, rows)
