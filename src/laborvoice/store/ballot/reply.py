"""Replies on their way: each waits for the next mix, which puts all of them into the mailbox at once."""

from collections.abc import Sequence
from typing import Final

from laborvoice.store.database import Connection

_POST: Final = """-- ballot.reply.post
-- roles: portal
SELECT ballot.post_item($1)"""


async def post(db: Connection, item: bytes) -> bool:
    """False where other bytes have its address; the same bytes may come any number of times."""
    return await db.one_value(bool, _POST, item)


_LOCK: Final = "LOCK TABLE ballot.reply IN ACCESS EXCLUSIVE MODE"
_CLEAR: Final = "TRUNCATE ballot.reply"

_MOVE: Final = """-- ballot.reply.move
-- roles: vault
INSERT INTO ballot.mailbox (week, tag, item)
SELECT $1, one.tag, one.item FROM (
    SELECT tag, item FROM ballot.reply UNION ALL SELECT substr(cover, 1, 16), cover FROM unnest($2::bytea[]) cover
) one ORDER BY one.tag"""


async def move(db: Connection, week: str, covers: Sequence[bytes]) -> None:
    """All that wait, into the mailbox, with what only looks like it. By address: the order of coming is gone."""
    await db.execute(_LOCK)
    await db.execute(_MOVE, week, covers)
    await db.execute(_CLEAR)
