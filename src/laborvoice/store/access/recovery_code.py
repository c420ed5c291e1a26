"""Codes that stand in for a lost phone: of each only a digest, and it goes when it is used."""

from collections.abc import Iterable
from typing import Final

from laborvoice.domain.ids import UserId
from laborvoice.store.database import Connection

_CLEAR: Final = """-- access.recovery_code.clear
-- roles: portal
DELETE FROM access.recovery_code WHERE user_id = $1"""


async def clear(db: Connection, user: UserId) -> None:
    await db.execute(_CLEAR, user)


_PUT: Final = """-- access.recovery_code.put
-- roles: portal
INSERT INTO access.recovery_code (user_id, digest) VALUES ($1, $2)"""


async def put(db: Connection, user: UserId, digests: Iterable[bytes]) -> None:
    await db.many(_PUT, [(user, digest) for digest in digests])


_USE: Final = """-- access.recovery_code.use
-- roles: portal
DELETE FROM access.recovery_code WHERE user_id = $1 AND digest = $2"""


async def use(db: Connection, user: UserId, digest: bytes) -> bool:
    """False where she has no such code."""
    return bool(await db.changed(_USE, user, digest))


_LEFT: Final = """-- access.recovery_code.left
-- roles: portal
SELECT count(*) FROM access.recovery_code WHERE user_id = $1"""


async def left(db: Connection, user: UserId) -> int:
    return await db.one_value(int, _LEFT, user)
