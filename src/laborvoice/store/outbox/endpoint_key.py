"""The public halves of the keys that endpoints' messages are signed with: derived, and published, by the courier."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.ids import EndpointId
from laborvoice.store.database import Connection


class Wanted(Value, frozen=True):
    """A version whose public key is not listed yet. ``first``: the endpoint has none at all, so it is used at once."""

    endpoint_id: EndpointId
    version: int
    first: bool


_MISSING: Final = """-- outbox.endpoint_key.missing
-- roles: portal, courier
SELECT e.id AS endpoint_id, n.version, n.version = e.version AND NOT EXISTS (
    SELECT FROM outbox.endpoint_key k WHERE k.endpoint_id = e.id) AS first
FROM outbox.endpoint e CROSS JOIN LATERAL (VALUES (e.version), (e.version + 1)) AS n (version)
WHERE NOT EXISTS (SELECT FROM outbox.endpoint_key k WHERE k.endpoint_id = e.id AND k.version = n.version)"""


async def missing(db: Connection) -> list[Wanted]:
    """Of every endpoint the current version and the next one."""
    return await db.fetch(Wanted, _MISSING)


_PUT: Final = """-- outbox.endpoint_key.put
-- roles: courier
INSERT INTO outbox.endpoint_key (endpoint_id, version, public_key, not_before)
SELECT endpoint_id, version, public_key, not_before
FROM unnest($1::uuid[], $2::integer[], $3::bytea[], $4::date[]) AS t (endpoint_id, version, public_key, not_before)
ON CONFLICT DO NOTHING"""


async def put(db: Connection, versions: Sequence[Wanted], public: Sequence[bytes], since: Sequence[date]) -> None:
    """``since``: from when each may be signed with."""
    await db.execute(_PUT, [one.endpoint_id.uuid for one in versions], [one.version for one in versions], public, since)


_FADE: Final = """-- outbox.endpoint_key.fade
-- roles: courier
UPDATE outbox.endpoint_key k
SET not_after = greatest(n.not_before, coalesce((
    SELECT (s.not_after AT TIME ZONE 'UTC')::date FROM outbox.endpoint_secret s
    WHERE s.endpoint_id = k.endpoint_id AND s.version = k.version), $1))
FROM outbox.endpoint e, outbox.endpoint_key n
WHERE k.not_after IS NULL AND e.id = k.endpoint_id AND k.version < e.version
    AND n.endpoint_id = k.endpoint_id AND n.version = k.version + 1"""


async def fade(db: Connection, today: date) -> None:
    """A key that was replaced ends with its secret, but never before its successor may be signed with."""
    await db.execute(_FADE, today)


_THIN: Final = """-- outbox.endpoint_key.thin
-- roles: courier
DELETE FROM outbox.endpoint_key WHERE not_after < $1"""


async def thin(db: Connection, day: date) -> None:
    """Keys that ended before that day are listed no more."""
    await db.execute(_THIN, day)


class PublicKey(Value, frozen=True):
    version: int
    public_key: bytes
    not_before: date
    not_after: date | None


_OF: Final = """-- outbox.endpoint_key.keys_of
-- roles: portal, courier
SELECT version, public_key, not_before, not_after FROM outbox.endpoint_key
WHERE endpoint_id = $1 ORDER BY version DESC"""


async def keys_of(db: Connection, endpoint: EndpointId) -> list[PublicKey]:
    """The newest first."""
    return await db.fetch(PublicKey, _OF, endpoint)
