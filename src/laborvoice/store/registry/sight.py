"""Sight: which suppliers a viewer may see, and of which days.

The rule itself is the function ``registry.sight``, written once in the schema, so that no statement can differ from it:
an operator sees all; a brand what it has a confirmed link to that has begun, for periods that ended on [from, to]; a
watchdog what lies in its jurisdiction.
"""

from datetime import date
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.ids import PartyId, SupplierId, SupplierKey
from laborvoice.domain.party import PartyKind
from laborvoice.store.database import Connection


class Sight(Value, frozen=True):
    """Who looks, and when."""

    kind: PartyKind
    party: PartyId
    today: date


class Found(Value, frozen=True):
    """``asked`` is the id that was asked for, ``public_id`` that of the survivor where the one asked for was merged."""

    asked: SupplierId
    supplier_id: SupplierKey
    public_id: SupplierId


_FIND: Final = """-- registry.sight.find
-- roles: portal
SELECT a.public_id AS asked, s.supplier_id, s.public_id
FROM registry.supplier a
JOIN registry.supplier s ON s.supplier_id = coalesce(a.merged_into, a.supplier_id)
CROSS JOIN LATERAL (SELECT FROM registry.sight($1, $2, $3) v WHERE v.supplier_id = s.supplier_id LIMIT 1) seen
WHERE a.public_id = ANY ($4::uuid[])"""


async def find(db: Connection, sight: Sight, suppliers: tuple[SupplierId, ...]) -> list[Found]:
    """Those of ``suppliers`` that the viewer may see; the others are left out. One look for each, not all links."""
    asked = [supplier.uuid for supplier in suppliers]
    return await db.fetch(Found, _FIND, sight.kind, sight.party, sight.today, asked)


_HOLDS: Final = """-- registry.sight.holds
-- roles: portal
SELECT EXISTS (SELECT FROM registry.sight($1, $2, '-infinity') v WHERE v.supplier_id = $3)"""


async def holds(db: Connection, kind: PartyKind, party: PartyId, supplier: SupplierKey) -> bool:
    """Whether a watchdog covers the supplier; an operator always does."""
    return bool(await db.value(bool, _HOLDS, kind, party, supplier))


_KEY: Final = """-- registry.sight.key
-- roles: portal
SELECT a.public_id AS asked, s.supplier_id, s.public_id
FROM registry.supplier a
JOIN registry.supplier s ON s.supplier_id = coalesce(a.merged_into, a.supplier_id)
WHERE a.public_id = $4 AND s.supplier_id IN (SELECT v.supplier_id FROM registry.sight($1, $2, $3) v)"""


async def key(db: Connection, sight: Sight, supplier: SupplierId) -> Found:
    """Raises NotFound where there is none or the viewer may not see it."""
    return await db.one(Found, _KEY, sight.kind, sight.party, sight.today, supplier)
