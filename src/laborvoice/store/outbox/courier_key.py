"""The public key that endpoints' secrets are sealed to. One row, written by the courier when it starts."""

from typing import Final

from laborvoice.store.database import Connection

_PUT: Final = """-- outbox.courier_key.put
-- roles: courier
INSERT INTO outbox.courier_key AS k (only_row, suite, public_key) VALUES (true, $1, $2)
ON CONFLICT (only_row) DO UPDATE SET suite = excluded.suite, public_key = excluded.public_key
WHERE (k.suite, k.public_key) <> (excluded.suite, excluded.public_key)"""


async def put(db: Connection, suite: int, public: bytes) -> None:
    await db.execute(_PUT, suite, public)


_CURRENT: Final = """-- outbox.courier_key.current
-- roles: portal, courier
SELECT public_key FROM outbox.courier_key WHERE suite = $1"""


async def current(db: Connection, suite: int) -> bytes | None:
    """None where no courier ever started."""
    return await db.value(bytes, _CURRENT, suite)
