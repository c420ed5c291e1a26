"""Admission: what new descriptions are compared with, and how entries change once they are in."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from laborvoice.domain.candidate import Candidate, Known, ids
from laborvoice.domain.ids import SupplierId, SupplierKey
from laborvoice.domain.supplier import Profile, Supplier
from laborvoice.store.database import Connection

OS_ID: Final = "os_id:"

_HOLD: Final = """-- registry.admission.hold
-- roles: portal
SELECT only_row FROM registry.admission FOR UPDATE"""


async def hold(db: Connection) -> None:
    """Until the transaction ends, nobody else admits a supplier."""
    await db.execute(_HOLD)


_KNOWN: Final = """-- registry.admission.known
-- roles: vault, portal
SELECT supplier_id, public_id, name, native_name, address, country, os_id, historical_os_ids, identifiers
FROM registry.supplier WHERE merged_into IS NULL
    AND (country = ANY ($1::text[]) OR os_id = ANY ($2::text[]) OR historical_os_ids && $2::text[]
        OR identifiers && $3::text[])
ORDER BY supplier_id"""


async def known(db: Connection, profiles: Iterable[Profile]) -> list[Known]:
    """All that one of ``profiles`` may mean: the sites of its country, and what has one of its numbers elsewhere."""
    said = [(one.country, ids(one.identifiers)) for one in profiles]
    numbers = frozenset[str]().union(*(found for _, found in said))
    os_ids = [number.removeprefix(OS_ID) for number in numbers if number.startswith(OS_ID)]
    countries = {country for country, _ in said}
    return await db.fetch(Known, _KNOWN, tuple(countries), tuple(os_ids), tuple(numbers))


_NAMED: Final = """-- registry.admission.named
-- roles: vault, portal
SELECT 1.0 AS match, name, address, country, public_id AS id FROM registry.supplier WHERE public_id = $1"""


async def named(db: Connection, supplier: SupplierId) -> Candidate:
    """One that was named by its number: there is no doubt. Raises NotFound."""
    return await db.one(Candidate, _NAMED, supplier)


_BY_OS_ID: Final = """-- registry.admission.by_os_id
-- roles: vault, portal
SELECT coalesce(merged_into, supplier_id) FROM registry.supplier WHERE os_id = $1 OR historical_os_ids @> ARRAY[$1]
ORDER BY merged_into NULLS FIRST LIMIT 1"""


async def by_os_id(db: Connection, os_id: str) -> SupplierKey | None:
    """The site that has or had it, or the survivor where it was merged."""
    found = await db.value(int, _BY_OS_ID, os_id)
    return None if found is None else SupplierKey(found)


_BY_ID: Final = """-- registry.admission.by_public_id
-- roles: vault, portal
SELECT coalesce(merged_into, supplier_id) FROM registry.supplier WHERE public_id = $1"""


async def by_public_id(db: Connection, supplier: SupplierId) -> SupplierKey | None:
    """The site, or the survivor where it was merged."""
    found = await db.value(int, _BY_ID, supplier)
    return None if found is None else SupplierKey(found)


_CHANGE: Final = """-- registry.admission.change
-- roles: portal
UPDATE registry.supplier SET os_id = $2, name = $3, native_name = $4, address = $5, country = $6, lat = $7, lng = $8,
    kind = $9, isic = $10, products = $11, identifiers = $12, workers_min = $13, workers_max = $14, min_age = $15,
    engagement = $16, closed = $17, parent = $18, historical_os_ids = $19, updated_on = $20
WHERE supplier_id = $1"""


async def change(db: Connection, one: Supplier) -> None:
    site = (one.os_id, one.name, one.native_name, one.address, one.country, one.lat, one.lng, one.kind)
    work = (one.isic, one.products, one.identifiers, one.workers_min, one.workers_max, one.min_age)
    about = (one.engagement, one.closed, one.parent, one.historical_os_ids, one.updated_on)
    await db.execute(_CHANGE, one.supplier_id, *site, *work, *about)


_ABSORBS: Final = """-- registry.admission.absorbs
-- roles: vault, portal
SELECT EXISTS (SELECT FROM registry.supplier WHERE merged_into = $1)"""


async def absorbs(db: Connection, supplier: SupplierKey) -> bool:
    """Whether others were merged into it."""
    return bool(await db.value(bool, _ABSORBS, supplier))


_MERGE: Final = """-- registry.admission.merge
-- roles: portal
UPDATE registry.supplier SET merged_into = $2, updated_on = $3 WHERE supplier_id = $1"""


async def merge(db: Connection, supplier: SupplierKey, into: SupplierKey, day: date) -> None:
    await db.execute(_MERGE, supplier, into, day)
