"""Which parties have somebody who can let others in."""

from collections.abc import Collection, Sequence
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.ids import PartyId
from laborvoice.domain.party import Role
from laborvoice.store.database import Connection


class Led(Value, frozen=True):
    """``active``: one of its admins has set a password; else all are only invited."""

    party_id: PartyId
    active: bool


_OF: Final = """-- access.admin.of
-- roles: portal
SELECT party_id, bool_or(password IS NOT NULL) AS active FROM access.user
WHERE party_id = ANY ($1::uuid[]) AND role = ANY ($2::text[]) GROUP BY party_id"""


async def of(db: Connection, parties: Sequence[PartyId], roles: Collection[Role]) -> dict[PartyId, bool]:
    """By party, of those that have an admin: whether one is active."""
    rows = await db.fetch(Led, _OF, [one.uuid for one in parties], sorted(roles))
    return {row.party_id: row.active for row in rows}


_UNLED: Final = """-- access.admin.unled
-- roles: portal
SELECT p.name FROM registry.party p
WHERE NOT EXISTS (SELECT FROM access.user u
    WHERE u.party_id = p.id AND u.role = ANY ($1::text[]) AND u.password IS NOT NULL)
ORDER BY p.name LIMIT $2"""


async def unled(db: Connection, roles: Collection[Role], limit: int) -> list[str]:
    """Names of parties without an active admin."""
    return await db.values(str, _UNLED, sorted(roles), limit)
