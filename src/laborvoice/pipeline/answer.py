"""Answer: what a watchdog does with its messages, and its replies. The server reads neither.

A reply carries nothing that ties it to a message: it comes alone, waits for the next mix with all others, and of its
sending is written down no more than that there was one, that week.
"""

from collections.abc import Sequence
from datetime import datetime

from laborvoice.domain import message as messages
from laborvoice.domain.audit import Act, Actor
from laborvoice.domain.ids import MessageId, UserId
from laborvoice.domain.message import CloseReason
from laborvoice.errors import NotFound, TagTaken, TransitionRefused
from laborvoice.store.access import audit
from laborvoice.store.ballot import reply
from laborvoice.store.database import Connection
from laborvoice.store.desk import inbox, message, message_state
from laborvoice.store.desk.message import Kept


async def show_in(db: Connection, now: datetime, kids: Sequence[bytes]) -> None:
    """An inbox is looked at: the clocks of its urgent messages begin, where they have not."""
    await message_state.show(db, kids, messages.due(now))


async def acknowledge_in(
    db: Connection, now: datetime, by: tuple[Actor, UserId | None], kids: Sequence[bytes], named: MessageId
) -> None:
    """It is hers now. Once more changes nothing. Raises NotFound; TransitionRefused for one that is closed."""
    actor, user = by
    (found,) = await _own(db, kids, [named])
    if found.state == "closed":
        raise TransitionRefused("The message is closed.")
    if found.state == "acknowledged":
        return
    await message_state.acknowledge(db, named, user, now)
    if found.kind == "urgent":
        await inbox.answered(db, actor.party, 1)
    await audit.record(db, now, Act(action="message.acknowledged", actor=actor, object=named))


async def close_in(
    db: Connection, now: datetime, actor: Actor, kids: Sequence[bytes], closed: tuple[MessageId, CloseReason]
) -> None:
    """Raises NotFound; TransitionRefused for an urgent one that nobody has acknowledged."""
    named, reason = closed
    (found,) = await _own(db, kids, [named])
    if found.kind == "urgent" and found.state == "new":
        raise TransitionRefused("An urgent message is acknowledged before it is closed.")
    await _close(db, now, actor, [found], reason)


async def close_all_in(
    db: Connection, now: datetime, actor: Actor, kids: Sequence[bytes], closed: tuple[Sequence[MessageId], CloseReason]
) -> int:
    """All or none; how many. Raises NotFound where one is not there, TransitionRefused where one is urgent."""
    named, reason = closed
    found = await _own(db, kids, named)
    if any(one.kind == "urgent" for one in found):
        raise TransitionRefused("Urgent messages are closed one by one: none of these was closed.")
    await _close(db, now, actor, found, reason)
    return len(found)


async def post_in(db: Connection, now: datetime, actor: Actor, item: bytes) -> None:
    """The same bytes any number of times. Raises TagTaken where others have the address."""
    if not await reply.post(db, item):
        raise TagTaken
    await audit.record(db, now, Act(action="reply.sent", actor=actor))


async def _own(db: Connection, kids: Sequence[bytes], named: Sequence[MessageId]) -> list[Kept]:
    found = await message.some(db, kids, named)
    if len(found) != len(set(named)):
        raise NotFound
    return found


async def _close(db: Connection, now: datetime, actor: Actor, found: Sequence[Kept], reason: CloseReason) -> None:
    still = [one.id for one in found if one.state != "closed"]
    await message_state.close(db, still, reason)
    for one in still:
        await audit.record(db, now, Act(action="message.closed", actor=actor, object=one, facts={"reason": reason}))
