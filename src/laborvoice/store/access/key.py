"""API keys: of each only a digest and its last four characters."""

from datetime import date
from typing import Final

from laborvoice.crypto.credential import Mode
from laborvoice.domain import Value
from laborvoice.domain.ids import KeyId, PartyId, UserId
from laborvoice.domain.party import PartyKind, Role, Scope
from laborvoice.store.database import Connection


class Key(Value, frozen=True):
    """``creator_id`` is nobody's where a command made it."""

    id: KeyId
    party_id: PartyId
    digest: bytes
    last4: str
    scopes: tuple[Scope, ...]
    expires_on: date
    created_on: date
    mode: Mode = "live"
    label: str = ""
    creator_id: UserId | None = None


class Listed(Value, frozen=True):
    id: KeyId
    label: str
    mode: Mode
    last4: str
    scopes: tuple[Scope, ...]
    expires_on: date
    used_on: date | None
    created_on: date
    creator_id: UserId | None


class Holder(Value, frozen=True):
    """Who holds a key, and what it may do. ``role`` is that of who made it, where a person did."""

    id: KeyId
    party_id: PartyId
    kind: PartyKind
    scopes: frozenset[Scope]
    used_on: date | None
    creator_id: UserId | None
    role: Role | None


_PUT: Final = """-- access.key.put
-- roles: portal
INSERT INTO access.key (id, party_id, digest, last4, scopes, expires_on, created_on, mode, label, creator_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"""


async def put(db: Connection, key: Key) -> None:
    secret, about = (key.digest, key.last4), (key.mode, key.label, key.creator_id)
    await db.execute(_PUT, key.id, key.party_id, *secret, key.scopes, key.expires_on, key.created_on, *about)


_HOLDER: Final = """-- access.key.holder
-- roles: portal
SELECT k.id, k.party_id, p.kind, k.scopes, k.used_on, k.creator_id, u.role
FROM access.key k JOIN registry.party p ON p.id = k.party_id LEFT JOIN access.user u ON u.id = k.creator_id
WHERE k.digest = $1 AND k.expires_on > $2"""


async def holder(db: Connection, digest: bytes, today: date) -> Holder | None:
    """None where there is no such key or it has expired."""
    return await db.first(Holder, _HOLDER, digest, today)


_HOLDER_OF: Final = """-- access.key.holder_of
-- roles: portal
SELECT k.id, k.party_id, p.kind, k.scopes, k.used_on, k.creator_id, u.role
FROM access.key k JOIN registry.party p ON p.id = k.party_id LEFT JOIN access.user u ON u.id = k.creator_id
WHERE k.id = $1 AND k.expires_on > $2"""


async def holder_of(db: Connection, key: KeyId, today: date) -> Holder | None:
    """The same, of a key that has been checked before."""
    return await db.first(Holder, _HOLDER_OF, key, today)


_PAGE: Final = """-- access.key.page
-- roles: portal
SELECT id, label, mode, last4, scopes, expires_on, used_on, created_on, creator_id FROM access.key
WHERE party_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3"""


async def page(db: Connection, party: PartyId, after: KeyId | None, limit: int) -> list[Listed]:
    return await db.fetch(Listed, _PAGE, party, after, limit)


_ONE: Final = """-- access.key.one
-- roles: portal
SELECT id, label, mode, last4, scopes, expires_on, used_on, created_on, creator_id FROM access.key
WHERE id = $1 AND party_id = $2"""


async def one(db: Connection, key: KeyId, party: PartyId) -> Listed:
    """Raises NotFound."""
    return await db.one(Listed, _ONE, key, party)


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
