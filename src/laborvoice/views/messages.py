"""Messages as their readers see them: sealed, without supplier or time. Reading their bytes is an act, written down."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import UNSET, UnsetType

from laborvoice.crypto.framing import b64, unb64
from laborvoice.domain import Value
from laborvoice.domain.audit import Act, Actor
from laborvoice.domain.ids import MessageId, PartyId, UserId
from laborvoice.domain.message import MessageKind, MessageState
from laborvoice.errors import NotFound
from laborvoice.store.access import audit
from laborvoice.store.database import Connection
from laborvoice.store.desk import message
from laborvoice.store.desk.message import Kept
from laborvoice.store.registry import watchdog_key
from laborvoice.views import given

After = tuple[int, MessageId]
"""Where a page begins: behind this message of this batch."""

Chosen = tuple[MessageKind | None, MessageState | None]


class MessageView(Value, frozen=True):
    """``due``: of an urgent one that nobody has acknowledged; afterwards ``met``."""

    id: MessageId
    kind: MessageKind
    voiced: bool
    week: str
    kid: str
    suite: int
    slots: int
    place: int
    state: MessageState
    assigned_to: UserId | UnsetType = UNSET
    due: datetime | UnsetType = UNSET
    met: bool | UnsetType = UNSET


async def kids(db: Connection, party: PartyId) -> tuple[bytes, ...]:
    """Key ids of a watchdog, past and replaced ones too."""
    return tuple(sorted(map(unb64, await watchdog_key.kids(db, party))))


async def page(
    db: Connection, own: Sequence[bytes], chosen: Chosen, after: After, limit: int
) -> tuple[tuple[MessageView, After], ...]:
    """Each with where the next page would begin."""
    return tuple((view(row), (row.batch, row.id)) for row in await message.page(db, own, chosen, after, limit))


async def one(db: Connection, party: PartyId, named: MessageId) -> MessageView:
    """Of this watchdog. Raises NotFound."""
    found = await message.some(db, await kids(db, party), [named])
    if not found:
        raise NotFound
    return view(found[0])


async def read_message(db: Connection, now: datetime, actor: Actor, named: Sequence[MessageId]) -> tuple[bytes, ...]:
    """The bytes as they were sealed, in the order asked for; each reading is in the party's own chain.

    Raises NotFound where one of them is not the party's.
    """
    rows = await message.sealed(db, await kids(db, actor.party), named)
    found = {row.id: row.inner_message for row in rows}
    if found.keys() != set(named):
        raise NotFound
    for one_read in named:
        await audit.record(db, now, Act(action="message.read", actor=actor, object=one_read))
    return tuple(found[one_read] for one_read in named)


def view(row: Kept) -> MessageView:
    return MessageView(
        id=row.id,
        kind=row.kind,
        voiced=row.voiced,
        week=row.week,
        kid=b64(row.kid),
        suite=row.suite,
        slots=row.slots,
        place=row.place,
        state=row.state,
        assigned_to=given(row.assigned_to),
        due=given(row.due),
        met=given(row.met),
    )
