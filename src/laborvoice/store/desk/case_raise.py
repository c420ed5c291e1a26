"""Cases that raise what their parties see of a supplier: at least the band high, while a critical one is open."""

from datetime import datetime
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.ids import CaseId, PartyId, SupplierId, SupplierKey
from laborvoice.domain.party import PartyKind
from laborvoice.store.database import Connection
from laborvoice.store.registry.sight import Sight


class Raise(Value, frozen=True):
    supplier_id: SupplierKey
    case_id: CaseId


_OF_WATCHDOG: Final = """-- desk.case_raise.of_watchdog
-- roles: portal
SELECT DISTINCT ON (c.supplier_id) c.supplier_id, c.id AS case_id FROM desk."case" c
WHERE c.raises AND EXISTS (
    SELECT FROM desk.case_party p WHERE p.case_id = c.id AND p.party_id = $1 AND p.kind = 'watchdog')
ORDER BY c.supplier_id, c.id"""

# A brand's copies begin at full hours that have begun, or on the first of a month: none begins later today.
_OF_BRAND: Final = """-- desk.case_raise.of_brand
-- roles: portal
SELECT DISTINCT ON (c.supplier_id) c.supplier_id, c.id AS case_id
FROM (SELECT DISTINCT s.case_id FROM desk.case_shown s WHERE s.party_id = $1 AND s.raises) one
JOIN desk."case" c ON c.id = one.case_id
JOIN LATERAL (
    SELECT s.raises FROM desk.case_shown s
    WHERE s.case_id = c.id AND s.party_id = $1 AND s.at < ($2::date + 1)::timestamp AT TIME ZONE 'UTC'
    ORDER BY s.at DESC LIMIT 1) last ON last.raises
ORDER BY c.supplier_id, c.id"""


async def of(db: Connection, sight: Sight) -> dict[SupplierKey, CaseId]:
    """By supplier, one of the viewer's cases that raise it: of a brand as it was shown them by today."""
    if sight.kind == "watchdog":
        rows = await db.fetch(Raise, _OF_WATCHDOG, sight.party)
    elif sight.kind == "brand":
        rows = await db.fetch(Raise, _OF_BRAND, sight.party, sight.today)
    else:
        rows = []
    return {row.supplier_id: row.case_id for row in rows}


class Turned(Value, frozen=True):
    """A party that was told otherwise. ``raises``: what it sees now."""

    case_id: CaseId
    party_id: PartyId
    kind: PartyKind
    supplier_id: SupplierKey
    supplier: SupplierId
    raises: bool


_TURNED: Final = """-- desk.case_raise.turned
-- roles: portal
SELECT p.case_id, p.party_id, p.kind, c.supplier_id, u.public_id AS supplier, last.raises
FROM desk.case_party p JOIN desk."case" c ON c.id = p.case_id JOIN registry.supplier u ON u.supplier_id = c.supplier_id
CROSS JOIN LATERAL (
    SELECT CASE p.kind WHEN 'watchdog' THEN c.raises ELSE coalesce((
        SELECT s.raises FROM desk.case_shown s WHERE s.case_id = p.case_id AND s.party_id = p.party_id AND s.at <= $1
        ORDER BY s.at DESC LIMIT 1), false) END AS raises) last
WHERE p.case_id IN (
        SELECT r.id FROM desk."case" r WHERE r.raises
        UNION SELECT s.case_id FROM desk.case_shown s WHERE s.raises
        UNION SELECT m.case_id FROM desk.case_party m WHERE m.raised)
    AND last.raises <> p.raised
ORDER BY p.case_id, p.party_id LIMIT $2 FOR UPDATE OF p SKIP LOCKED"""


async def turned(db: Connection, now: datetime, limit: int) -> list[Turned]:
    """Parties for which an override began or ended that they were not told of."""
    return await db.fetch(Turned, _TURNED, now, limit)


_TELL: Final = """-- desk.case_raise.tell
-- roles: portal
UPDATE desk.case_party SET raised = $3 WHERE case_id = $1 AND party_id = $2"""


async def tell(db: Connection, one: Turned) -> None:
    await db.execute(_TELL, one.case_id, one.party_id, one.raises)
