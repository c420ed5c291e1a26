"""Replies on their way: each waits for the next mix, which puts all of them into the mailbox at once."""

from typing import Final

from laborvoice.store.ballot import partition
from laborvoice.store.database import Connection

_POST: Final = """-- ballot.reply.post
-- roles: portal
SELECT ballot.post_item($1)"""


async def post(db: Connection, item: bytes) -> bool:
    """False where other bytes have its address; the same bytes may come any number of times."""
    return await db.one_value(bool, _POST, item)


_WAITING: Final = """-- ballot.reply.waiting
-- roles: vault
SELECT EXISTS (SELECT FROM ballot.reply)"""

_LOCK: Final = "LOCK TABLE ballot.reply IN ACCESS EXCLUSIVE MODE"
_CLEAR: Final = "TRUNCATE ballot.reply"

_MOVE: Final = """-- ballot.reply.move
-- roles: vault
INSERT INTO ballot.mailbox (week, tag, item) SELECT $1, tag, item FROM ballot.reply ORDER BY tag"""


async def move(db: Connection, week: str) -> None:
    """All that wait, into the mailbox. By address, which is as good as random: their order is gone."""
    if await db.value(bool, _WAITING):
        await partition.make(db, "mailbox", week)
        await db.execute(_LOCK)
        await db.execute(_MOVE, week)
        await db.execute(_CLEAR)
