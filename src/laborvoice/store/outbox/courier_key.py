"""The public key that endpoints' secrets are sealed to. One row, written by the courier when it starts."""

from typing import Final

from laborvoice.store.database import Connection

_PUT: Final = """-- outbox.courier_key.put
-- roles: courier
INSERT INTO outbox.courier_key AS k (only_row, suite, public_key, mails) VALUES (true, $1, $2, $3)
ON CONFLICT (only_row) DO UPDATE
SET suite = excluded.suite, public_key = excluded.public_key, mails = excluded.mails
WHERE (k.suite, k.public_key, k.mails) <> (excluded.suite, excluded.public_key, excluded.mails)"""


async def put(db: Connection, suite: int, public: bytes, *, mails: bool = False) -> None:
    await db.execute(_PUT, suite, public, mails)


_CURRENT: Final = """-- outbox.courier_key.current
-- roles: portal, courier
SELECT public_key FROM outbox.courier_key WHERE suite = $1"""


async def current(db: Connection, suite: int) -> bytes | None:
    """None where no courier ever started."""
    return await db.value(bytes, _CURRENT, suite)


_MAILS: Final = """-- outbox.courier_key.mails
-- roles: portal, courier
SELECT mails FROM outbox.courier_key"""


async def mails(db: Connection) -> bool:
    """Whether the courier has a relay, so that somebody can be sent a notice."""
    return bool(await db.value(bool, _MAILS))
