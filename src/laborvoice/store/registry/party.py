"""Parties, and what watchdogs are responsible for."""

from typing import Final

from laborvoice.domain.ids import PartyId
from laborvoice.domain.party import Party, PartyKind
from laborvoice.store.database import Connection

_PUT: Final = """-- registry.party.put
-- roles: portal
INSERT INTO registry.party (id, kind, name, country, created_on) VALUES ($1, $2, $3, $4, $5)"""


async def put(db: Connection, party: Party) -> None:
    await db.execute(_PUT, party.id, party.kind, party.name, party.country, party.created_on)


_BY_ID: Final = """-- registry.party.by_id
-- roles: vault, portal
SELECT id, kind, name, country, created_on FROM registry.party WHERE id = $1"""


async def by_id(db: Connection, party: PartyId) -> Party:
    """Raises NotFound."""
    return await db.one(Party, _BY_ID, party)


_PAGE: Final = """-- registry.party.page
-- roles: vault, portal
SELECT id, kind, name, country, created_on FROM registry.party
WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2"""


async def page(db: Connection, after: PartyId | None, limit: int) -> list[Party]:
    return await db.fetch(Party, _PAGE, after, limit)


_FIRST_OF: Final = """-- registry.party.first_of
-- roles: vault, portal
SELECT id, kind, name, country, created_on FROM registry.party WHERE kind = $1 ORDER BY created_on, id LIMIT 1"""


async def first_of(db: Connection, kind: PartyKind) -> Party | None:
    return await db.first(Party, _FIRST_OF, kind)
