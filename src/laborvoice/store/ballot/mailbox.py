"""Where replies wait for who holds the receipt: intake reads a bucket of it, and what fills the bucket up."""

from typing import Final

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
