"""Links between brands and suppliers."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.ids import LinkId, PartyId, SupplierKey
from laborvoice.domain.link import Disclosure, Link
from laborvoice.store.database import Connection


class _Pair(Value, frozen=True):
    supplier_id: SupplierKey
    party_id: PartyId


_PUT: Final = """-- registry.link.put
-- roles: portal
INSERT INTO registry.link (id, party_id, supplier_id, state, tier, role, from_day, to_day, source, disclosure,
    created_on, typed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"""


async def put(db: Connection, claims: Sequence[Link]) -> None:
    """As they are claimed: confirming and ending come later."""
    await db.many(_PUT, [_row(one) for one in claims])


def _row(one: Link) -> tuple[object, ...]:
    what = (one.state, one.tier, one.role, one.from_day, one.to_day, one.source, one.disclosure)
    return one.id, one.party_id, one.supplier_id, *what, one.created_on, one.typed


_BY_ID: Final = """-- registry.link.by_id
-- roles: vault, portal
SELECT id, party_id, supplier_id, state, tier, role, from_day, to_day, source, disclosure, created_on, typed,
    confirmed_on, reason
FROM registry.link WHERE id = $1"""


async def by_id(db: Connection, link: LinkId) -> Link:
    """Raises NotFound."""
    return await db.one(Link, _BY_ID, link)


_HOLD: Final = """-- registry.link.hold
-- roles: portal
SELECT id FROM registry.link WHERE id = $1 FOR UPDATE"""


async def hold(db: Connection, link: LinkId) -> None:
    """Until the transaction ends, acts on one link come one after the other."""
    await db.execute(_HOLD, link)


_CONFIRM: Final = """-- registry.link.confirm
-- roles: portal
UPDATE registry.link SET state = 'confirmed', supplier_id = $2, confirmed_on = $3 WHERE id = $1 AND state = 'claimed'"""


async def confirm(db: Connection, link: LinkId, supplier: SupplierKey, day: date) -> bool:
    """False if the link was not claimed."""
    return bool(await db.changed(_CONFIRM, link, supplier, day))


_END: Final = """-- registry.link.end
-- roles: portal
UPDATE registry.link SET state = 'ended', to_day = least(coalesce(to_day, $2), $2), reason = $3
WHERE id = $1 AND state <> 'ended'"""


async def end(db: Connection, link: LinkId, day: date, reason: str | None) -> bool:
    """False if the link was ended before."""
    return bool(await db.changed(_END, link, day, reason))


_CHANGE: Final = """-- registry.link.change
-- roles: portal
UPDATE registry.link SET tier = $2, role = $3, to_day = $4, disclosure = $5 WHERE id = $1"""


async def change(db: Connection, link: LinkId, deal: tuple[int, str, date | None, Disclosure]) -> None:
    """``deal``: tier, role, last day, disclosure."""
    await db.execute(_CHANGE, link, *deal)


_MOVE: Final = """-- registry.link.move
-- roles: portal
UPDATE registry.link SET supplier_id = $2 WHERE supplier_id = $1"""


async def move(db: Connection, supplier: SupplierKey, into: SupplierKey) -> None:
    await db.execute(_MOVE, supplier, into)


_OF_PARTY: Final = """-- registry.link.of_party
-- roles: vault, portal
SELECT id, party_id, supplier_id, state, tier, role, from_day, to_day, source, disclosure, created_on
FROM registry.link WHERE supplier_id = ANY ($1::bigint[]) AND ($2::uuid IS NULL OR party_id = $2)
    AND confirmed_on IS NOT NULL ORDER BY from_day, id"""


async def of_party(
    db: Connection, suppliers: Sequence[SupplierKey], party: PartyId | None
) -> dict[SupplierKey, list[Link]]:
    """Links to ``suppliers`` that are confirmed or were before they ended: those of one party, or all."""
    by_supplier: defaultdict[SupplierKey, list[Link]] = defaultdict(list)
    for link in await db.fetch(Link, _OF_PARTY, suppliers, party):
        if link.supplier_id is not None:
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
