"""Where replies wait for who holds the receipt: intake reads a bucket of it, and what fills the bucket up.

The vault begins and ends its weeks.
"""

from typing import Final

from laborvoice.store.ballot import partition
from laborvoice.store.database import Connection

_BUCKET: Final = """-- ballot.mailbox.bucket
-- roles: intake
SELECT ballot.mailbox_bucket($1, $2)"""


async def bucket(db: Connection, low: bytes, high: bytes) -> list[bytes]:
    """The items of all weeks whose addresses lie between these two, both included; in no order."""
    return await db.values(bytes, _BUCKET, low, high)


_SEED: Final = """-- ballot.mailbox.seed
-- roles: intake
SELECT ballot.mailbox_seed()"""


async def seed(db: Connection) -> bytes:
    """Of the newest week: the same filler for all who ask, until the next."""
    return await db.one_value(bytes, _SEED)


_BEGIN: Final = """-- ballot.mailbox.begin
-- roles: vault
INSERT INTO ballot.mailbox_filler (week, seed) VALUES ($1, $2) ON CONFLICT DO NOTHING"""


async def begin(db: Connection, week: str, seed: bytes) -> None:
    """The first seed of a week stays its seed."""
    await db.execute(_BEGIN, week, seed)


_ROWS: Final = """-- ballot.mailbox.rows
-- roles: vault
SELECT count(*) FROM ballot.mailbox"""


async def rows(db: Connection) -> int:
    """Replies, and what only looks like one."""
    return await db.one_value(int, _ROWS)


_END: Final = """-- ballot.mailbox.end
-- roles: vault
DELETE FROM ballot.mailbox_filler WHERE week < $1 RETURNING week"""


async def end(db: Connection, oldest: str) -> None:
    """Weeks before the ``oldest`` that is kept go, with all that lies in them."""
    for week in await db.values(str, _END, oldest):
        await partition.drop(db, "mailbox", week)
