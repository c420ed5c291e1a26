"""Links between brands and suppliers."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.ids import LinkId, PartyId, SupplierKey
from laborvoice.domain.link import Link
from laborvoice.store.database import Connection


class _Pair(Value, frozen=True):
    supplier_id: SupplierKey
    party_id: PartyId


_PUT: Final = """-- registry.link.put
-- roles: portal
INSERT INTO registry.link (id, party_id, supplier_id, state, tier, role, from_day, to_day, source, disclosure,
    created_on)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"""


async def put(db: Connection, link: Link) -> None:
    what = (link.state, link.tier, link.role, link.from_day, link.to_day, link.source, link.disclosure)
    await db.execute(_PUT, link.id, link.party_id, link.supplier_id, *what, link.created_on)


_BY_ID: Final = """-- registry.link.by_id
-- roles: vault, portal
SELECT id, party_id, supplier_id, state, tier, role, from_day, to_day, source, disclosure, created_on
FROM registry.link WHERE id = $1"""


async def by_id(db: Connection, link: LinkId) -> Link:
    """Raises NotFound."""
    return await db.one(Link, _BY_ID, link)


_CONFIRM: Final = """-- registry.link.confirm
-- roles: portal
UPDATE registry.link SET state = 'confirmed' WHERE id = $1 AND state = 'claimed'"""


async def confirm(db: Connection, link: LinkId) -> bool:
    """False if the link was not claimed."""
    return bool(await db.changed(_CONFIRM, link))


_END: Final = """-- registry.link.end
-- roles: portal
UPDATE registry.link SET state = 'ended', to_day = least(coalesce(to_day, $2), $2) WHERE id = $1 AND state <> 'ended'"""


async def end(db: Connection, link: LinkId, day: date) -> bool:
    """False if the link was ended before."""
    return bool(await db.changed(_END, link, day))


_OF_PARTY: Final = """-- registry.link.of_party
-- roles: vault, portal
SELECT id, party_id, supplier_id, state, tier, role, from_day, to_day, source, disclosure, created_on
FROM registry.link WHERE supplier_id = ANY ($1::bigint[]) AND ($2::uuid IS NULL OR party_id = $2)
    AND state = 'confirmed' ORDER BY from_day, id"""


async def of_party(
    db: Connection, suppliers: Sequence[SupplierKey], party: PartyId | None
) -> dict[SupplierKey, list[Link]]:
    """Confirmed links to ``suppliers``: those of one party, or all."""
    by_supplier: defaultdict[SupplierKey, list[Link]] = defaultdict(list)
    for link in await db.fetch(Link, _OF_PARTY, suppliers, party):
        by_supplier[link.supplier_id].append(link)
    return by_supplier


_CONFIRMED: Final = """-- registry.link.brands_by_supplier
-- roles: vault, portal, courier
SELECT supplier_id, party_id FROM registry.link WHERE state = 'confirmed'"""


async def brands_by_supplier(db: Connection) -> dict[SupplierKey, frozenset[PartyId]]:
    """The brands with a confirmed link, of every supplier that has one."""
    brands: defaultdict[SupplierKey, set[PartyId]] = defaultdict(set)
    for pair in await db.fetch(_Pair, _CONFIRMED):
        brands[pair.supplier_id].add(pair.party_id)
    return {supplier: frozenset(parties) for supplier, parties in brands.items()}
