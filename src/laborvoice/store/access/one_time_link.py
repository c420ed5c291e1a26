"""One-time links: of each only a digest, one a user."""

from datetime import datetime
from typing import Final

from laborvoice.domain.ids import UserId
from laborvoice.store.database import Connection

_PUT: Final = """-- access.one_time_link.put
-- roles: portal
INSERT INTO access.one_time_link (user_id, digest, until) VALUES ($1, $2, $3)
ON CONFLICT (user_id) DO UPDATE SET digest = excluded.digest, until = excluded.until"""


async def put(db: Connection, user: UserId, digest: bytes, until: datetime) -> None:
    """A new one voids the old."""
    await db.execute(_PUT, user, digest, until)


_HOLDER: Final = """-- access.one_time_link.holder
-- roles: portal
SELECT user_id FROM access.one_time_link WHERE digest = $1 AND until > $2"""


async def holder(db: Connection, digest: bytes, moment: datetime) -> UserId | None:
    """None for what was used, has expired or never was. Nothing is used up."""
    return await db.value(UserId, _HOLDER, digest, moment)


_USE: Final = """-- access.one_time_link.use
-- roles: portal
DELETE FROM access.one_time_link WHERE digest = $1 AND until > $2 RETURNING user_id"""


async def use(db: Connection, digest: bytes, moment: datetime) -> UserId | None:
    """Whose it was: of two at once one gets it."""
    return await db.value(UserId, _USE, digest, moment)
