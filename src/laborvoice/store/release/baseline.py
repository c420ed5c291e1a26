"""What was usual when a period began to be counted: kept so that several vaults use the same."""

from typing import Final

from laborvoice.store.database import Connection

_PUT: Final = """-- release.baseline.put
-- roles: vault
INSERT INTO release.baseline (period, body) VALUES ($1, $2) ON CONFLICT DO NOTHING"""


async def put(db: Connection, period: str, body: bytes) -> bool:
    """False if the period has one; then that one holds."""
    return bool(await db.changed(_PUT, period, body))


_GET: Final = """-- release.baseline.get
-- roles: vault
SELECT body FROM release.baseline WHERE period = $1"""


async def get(db: Connection, period: str) -> bytes | None:
    return await db.value(bytes, _GET, period)
