"""API keys: of each only a digest and its last four characters."""

from datetime import date
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.ids import KeyId, PartyId
from laborvoice.domain.party import PartyKind, Scope
from laborvoice.store.database import Connection


class Key(Value, frozen=True):
    id: KeyId
    party_id: PartyId
    digest: bytes
    last4: str
    scopes: tuple[Scope, ...]
    expires_on: date
    created_on: date


class Holder(Value, frozen=True):
    """Who holds a key, and what it may do."""

    id: KeyId
    party_id: PartyId
    kind: PartyKind
    scopes: frozenset[Scope]
    used_on: date | None


_PUT: Final = """-- access.key.put
-- roles: portal
INSERT INTO access.key (id, party_id, digest, last4, scopes, expires_on, created_on)
VALUES ($1, $2, $3, $4, $5, $6, $7)"""


async def put(db: Connection, key: Key) -> None:
    secret = (key.digest, key.last4)
    await db.execute(_PUT, key.id, key.party_id, *secret, key.scopes, key.expires_on, key.created_on)


_HOLDER: Final = """-- access.key.holder
-- roles: portal
SELECT k.id, k.party_id, p.kind, k.scopes, k.used_on
FROM access.key k JOIN registry.party p ON p.id = k.party_id WHERE k.digest = $1 AND k.expires_on > $2"""


async def holder(db: Connection, digest: bytes, today: date) -> Holder | None:
    """None where there is no such key or it has expired."""
    return await db.first(Holder, _HOLDER, digest, today)


_USED: Final = """-- access.key.used
-- roles: portal
UPDATE access.key SET used_on = $2 WHERE id = $1 AND used_on IS DISTINCT FROM $2"""


async def used(db: Connection, key: KeyId, day: date) -> None:
    """A day, not a time."""
    await db.execute(_USED, key, day)


_REMOVE: Final = """-- access.key.remove
-- roles: portal
DELETE FROM access.key WHERE id = $1 AND party_id = $2"""


async def remove(db: Connection, key: KeyId, party: PartyId) -> bool:
    """False if the party has no such key."""
    return bool(await db.changed(_REMOVE, key, party))
