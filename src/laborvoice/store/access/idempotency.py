"""What a request that comes again is answered with, under the party and the key that it named."""

from datetime import datetime
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.ids import PartyId
from laborvoice.store.database import Connection


class Kept(Value, frozen=True):
    """An answer. ``headers`` is JSON; ``secret_at`` the path of the resource whose secret is not kept, or nothing."""

    fingerprint: bytes
    status: int
    media: str
    headers: str
    body: bytes
    secret_at: str
    gone_at: datetime


_HOLD: Final = """-- access.idempotency.hold
-- roles: portal
SELECT access.hold($1, $2)"""


async def hold(db: Connection, party: PartyId, key: str) -> bool:
    """False where another transaction holds them. Held until the end of this one."""
    return await db.one_value(bool, _HOLD, party, key)


_FIND: Final = """-- access.idempotency.find
-- roles: portal
SELECT fingerprint, status, media, headers, body, secret_at, gone_at
FROM access.idempotency WHERE party_id = $1 AND key = $2 AND gone_at > $3"""


async def find(db: Connection, party: PartyId, key: str, now: datetime) -> Kept | None:
    return await db.first(Kept, _FIND, party, key, now)


_PUT: Final = """-- access.idempotency.put
-- roles: portal
INSERT INTO access.idempotency (party_id, key, fingerprint, status, media, headers, body, secret_at, gone_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (party_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, status = excluded.status,
    media = excluded.media, headers = excluded.headers, body = excluded.body, secret_at = excluded.secret_at,
    gone_at = excluded.gone_at"""


async def put(db: Connection, party: PartyId, key: str, kept: Kept) -> None:
    """For who holds them: what is there already is too old to count."""
    answer = (kept.status, kept.media, kept.headers, kept.body, kept.secret_at)
    await db.execute(_PUT, party, key, kept.fingerprint, *answer, kept.gone_at)


_PURGE: Final = """-- access.idempotency.purge
-- roles: portal
WITH old AS (SELECT party_id, key FROM access.idempotency WHERE gone_at <= $1 ORDER BY gone_at LIMIT $2)
DELETE FROM access.idempotency i USING old WHERE i.party_id = old.party_id AND i.key = old.key"""


async def purge(db: Connection, now: datetime, limit: int) -> int:
    return await db.changed(_PURGE, now, limit)
