"""Links as lists show them: each party those that are its business."""

from datetime import date
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.ids import LinkId, PartyId, SupplierId, SupplierKey
from laborvoice.domain.link import Disclosure, LinkState
from laborvoice.errors import NotFound
from laborvoice.store.database import Connection
from laborvoice.store.registry.sight import Sight


class Claimed(Value, frozen=True):
    """A link with the names of both ends. ``supplier`` while it is claimed: at most what was probably meant."""

    id: LinkId
    party_id: PartyId
    party_name: str
    supplier_id: SupplierKey | None
    supplier: SupplierId | None
    supplier_name: str | None
    state: LinkState
    tier: int
    role: str
    from_day: date
    to_day: date | None
    source: str
    disclosure: Disclosure
    created_on: date
    typed: str
    confirmed_on: date | None
    reason: str | None


_PAGE: Final = """-- registry.claim.page
-- roles: portal
SELECT l.id, l.party_id, p.name AS party_name, l.supplier_id, s.public_id AS supplier, s.name AS supplier_name, l.state,
    l.tier, l.role, l.from_day, l.to_day, l.source, l.disclosure, l.created_on, l.typed, l.confirmed_on, l.reason
FROM registry.link l
JOIN registry.party p ON p.id = l.party_id
LEFT JOIN registry.supplier s ON s.supplier_id = l.supplier_id
WHERE CASE $1::text
        WHEN 'operator' THEN true
        WHEN 'brand' THEN l.party_id = $2
        ELSE l.supplier_id IN (SELECT v.supplier_id FROM registry.sight($1, $2, $3) v)
            OR (l.supplier_id IS NULL AND EXISTS (SELECT FROM registry.jurisdiction j WHERE j.watchdog_id = $2
                AND j.scope IN ('all', l.typed::json #>> '{profile,country}'))) END
    AND ($4::uuid IS NULL OR l.id = $4)
    AND ($5::text IS NULL OR l.state = $5)
    AND ($6::date IS NULL OR (l.created_on, l.id) < ($6, $7::uuid))
ORDER BY l.created_on DESC, l.id DESC LIMIT $8"""


async def page(
    db: Connection,
    sight: Sight,
    state: LinkState | None,
    after: tuple[date, LinkId] | None,
    limit: int,
    only: LinkId | None = None,
) -> list[Claimed]:
    """The newest first."""
    day, link = after or (None, None)
    return await db.fetch(Claimed, _PAGE, sight.kind, sight.party, sight.today, only, state, day, link, limit)


async def one(db: Connection, sight: Sight, link: LinkId) -> Claimed:
    """Raises NotFound where there is none, or it is not the viewer's business."""
    found = await page(db, sight, None, None, 1, link)
    if not found:
        raise NotFound
    return found[0]
