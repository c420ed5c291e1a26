"""The public halves of the keys that endpoints' messages are signed with: derived, and published, by the courier."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.ids import EndpointId
from laborvoice.store.database import Connection


class Version(Value, frozen=True):
    endpoint_id: EndpointId
    version: int


_MISSING: Final = """-- outbox.endpoint_key.missing
-- roles: portal, courier
SELECT e.id AS endpoint_id, e.version FROM outbox.endpoint e
WHERE NOT EXISTS (SELECT FROM outbox.endpoint_key k WHERE k.endpoint_id = e.id AND k.version = e.version)"""


async def missing(db: Connection) -> list[Version]:
    return await db.fetch(Version, _MISSING)


_PUT: Final = """-- outbox.endpoint_key.put
-- roles: courier
INSERT INTO outbox.endpoint_key (endpoint_id, version, public_key, not_before)
SELECT endpoint_id, version, public_key, $4
FROM unnest($1::uuid[], $2::integer[], $3::bytea[]) AS t (endpoint_id, version, public_key)
ON CONFLICT DO NOTHING"""


async def put(db: Connection, versions: Sequence[Version], public: Sequence[bytes], today: date) -> None:
    await db.execute(_PUT, [one.endpoint_id.uuid for one in versions], [one.version for one in versions], public, today)


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
