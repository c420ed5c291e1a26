"""A bucket of the mailbox: the same many bytes, whether anything lies in it or not (design, privacy 10)."""

from laborvoice.crypto import mailbox as buckets
from laborvoice.store.ballot import mailbox
from laborvoice.store.database import Connection, Database


async def bucket(database: Database, prefix: str, bits: int) -> bytes:
    """64 items or the next multiple, sorted. Raises Malformed for a prefix that names no bucket of ``bits`` bits."""
    low, high = buckets.bounds(prefix, bits)

    async def step(db: Connection) -> tuple[list[bytes], bytes]:
        return await mailbox.bucket(db, low, high), await mailbox.seed(db)

    items, seed = await database.run("mailbox", step)
    return buckets.fill(items, prefix, bits, seed)
