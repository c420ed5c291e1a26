"""With whom a case of a supplier can be shared: brands that buy from it, watchdogs who cover it."""

from datetime import date
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.ids import PartyId, SupplierKey
from laborvoice.domain.party import PartyKind
from laborvoice.store.database import Connection


class Reach(Value, frozen=True):
    id: PartyId
    kind: PartyKind
    name: str


_WHO: Final = """-- desk.case_reach.who
-- roles: portal
SELECT p.id, p.kind, p.name FROM registry.party p
WHERE (p.kind = 'watchdog' OR p.id IN (
        SELECT l.party_id FROM registry.link l WHERE l.supplier_id = $1 AND l.state = 'confirmed'))
    AND p.kind <> 'operator' AND $1 IN (SELECT v.supplier_id FROM registry.sight(p.kind, p.id, $2) v)
ORDER BY p.kind, p.name, p.id"""


async def who(db: Connection, supplier: SupplierKey, today: date) -> list[Reach]:
    """Brands first, by name."""
    return await db.fetch(Reach, _WHO, supplier, today)
