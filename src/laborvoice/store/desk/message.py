"""Messages to watchdogs, still sealed to them. Rows tell a week, never an hour."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from laborvoice.domain import Value
from laborvoice.domain.ids import MessageId, UserId
from laborvoice.domain.message import MessageKind, MessageState
from laborvoice.store.database import Connection


class Message(Value, frozen=True):
    """One recipient's copy: ``place`` is which of the ``slots`` wraps is hers; ``voiced`` = it came with an invite.

    ``batch`` counts the mixes that brought its reader anything.
    """

    id: UUID
    kid: bytes
    kind: MessageKind
    suite: int
    slots: int
    place: int
    voiced: bool
    inner_message: bytes
    week: str
    batch: int = 0


_PUT: Final = """-- desk.message.put
-- roles: vault, portal
INSERT INTO desk.message (id, kid, kind, suite, slots, place, voiced, inner_message, week, batch)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"""


async def put(db: Connection, messages: Sequence[Message]) -> None:
    rows = [
        (m.id, m.kid, m.kind, m.suite, m.slots, m.place, m.voiced, m.inner_message, m.week, m.batch) for m in messages
    ]
    await db.many(_PUT, rows)


class Kept(Value, frozen=True):
    """A message in its reader's inbox, without its bytes, and how far it is.

    ``due``: the full hour until which an urgent one wants to be acknowledged; after that ``met`` says whether it was.
    """

    id: MessageId
    kid: bytes
    kind: MessageKind
    suite: int
    slots: int
    place: int
    voiced: bool
    week: str
    batch: int
    state: MessageState
    assigned_to: UserId | None
    due: datetime | None
    met: bool | None


_PAGE: Final = """-- desk.message.page
-- roles: portal
SELECT m.id, m.kid, m.kind, m.suite, m.slots, m.place, m.voiced, m.week, m.batch, coalesce(s.state, 'new') AS state,
    s.assigned_to, s.due, s.met
FROM desk.message m LEFT JOIN desk.message_state s ON s.message_id = m.id
WHERE m.kid = ANY ($1::bytea[]) AND ($2::text IS NULL OR m.kind = $2)
    AND ($3::text IS NULL OR coalesce(s.state, 'new') = $3) AND (m.batch, m.id) > ($4, $5::uuid)
ORDER BY m.batch, m.id LIMIT $6"""

After = tuple[int, MessageId]
"""Batch and id of the last one shown. Ids are random: inside a batch they are in no order."""


async def page(
    db: Connection,
    kids: Collection[bytes],
    chosen: tuple[MessageKind | None, MessageState | None],
    after: After,
    limit: int,
) -> list[Kept]:
    """Those sealed to ``kids``, batch by batch."""
    return await db.fetch(Kept, _PAGE, list(kids), *chosen, *after, limit)


_SOME: Final = """-- desk.message.some
-- roles: portal
SELECT m.id, m.kid, m.kind, m.suite, m.slots, m.place, m.voiced, m.week, m.batch, coalesce(s.state, 'new') AS state,
    s.assigned_to, s.due, s.met
FROM desk.message m LEFT JOIN desk.message_state s ON s.message_id = m.id
WHERE m.kid = ANY ($1::bytea[]) AND m.id = ANY ($2::uuid[]) ORDER BY m.id FOR UPDATE OF m"""


async def some(db: Connection, kids: Collection[bytes], messages: Sequence[MessageId]) -> list[Kept]:
    """Of these those sealed to ``kids``; nobody else acts on them until this transaction ends."""
    return await db.fetch(Kept, _SOME, list(kids), [one.uuid for one in messages])


class Sealed(Value, frozen=True):
    id: MessageId
    inner_message: bytes


_SEALED: Final = """-- desk.message.sealed
-- roles: portal
SELECT id, inner_message FROM desk.message WHERE kid = ANY ($1::bytea[]) AND id = ANY ($2::uuid[])"""


async def sealed(db: Connection, kids: Collection[bytes], messages: Sequence[MessageId]) -> list[Sealed]:
    """In no order."""
    return await db.fetch(Sealed, _SEALED, list(kids), [one.uuid for one in messages])
