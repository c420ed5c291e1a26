"""Suppliers."""

from collections.abc import Sequence
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.ids import SupplierId, SupplierKey
from laborvoice.domain.supplier import Filter, Supplier, workforce
from laborvoice.store.database import Connection
from laborvoice.store.registry.sight import Sight


class Place(Value, frozen=True):
    """What the count needs to know of a supplier. ``isic`` are classes; the first two digits are the division."""

    supplier_id: SupplierKey
    public_id: SupplierId
    name: str
    country: str
    isic: tuple[str, ...]
    workers_min: int | None
    workers_max: int | None

    @property
    def workforce(self) -> int | None:
        return workforce(self.workers_min, self.workers_max)


class _Locator(Value, frozen=True):
    locator: str


_PUT: Final = """-- registry.supplier.put
-- roles: portal
INSERT INTO registry.supplier (supplier_id, public_id, os_id, name, native_name, address, country, lat, lng, kind, isic,
    products, identifiers, workers_min, workers_max, min_age, engagement, closed, synthetic, created_on, updated_on,
    parent)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
ON CONFLICT DO NOTHING"""


async def put(db: Connection, one: Supplier) -> bool:
    """A new row; a locator comes with the first campaign. False where another has its OS ID."""
    return bool(await db.changed(_PUT, *_row(one)))


_PUT_MANY: Final = _PUT.replace("registry.supplier.put", "registry.supplier.put_many", 1)


async def put_many(db: Connection, rows: Sequence[Supplier]) -> None:
    """Those whose OS ID another has are left out."""
    await db.many(_PUT_MANY, [_row(one) for one in rows])


def _row(one: Supplier) -> tuple[object, ...]:
    site = (one.os_id, one.name, one.native_name, one.address, one.country, one.lat, one.lng, one.kind)
    work = (one.isic, one.products, one.identifiers, one.workers_min, one.workers_max, one.min_age)
    about = (one.engagement, one.closed, one.synthetic, one.created_on, one.updated_on, one.parent)
    return one.supplier_id, one.public_id, *site, *work, *about


_BY_ID: Final = """-- registry.supplier.by_id
-- roles: vault, portal
SELECT supplier_id, public_id, os_id, name, native_name, address, country, lat, lng, kind, isic, products, identifiers,
    workers_min, workers_max, min_age, engagement, closed, merged_into, synthetic, created_on, updated_on, parent,
    historical_os_ids
FROM registry.supplier WHERE public_id = $1"""


async def by_id(db: Connection, supplier: SupplierId) -> Supplier:
    """Whoever asks: for acts whose right was checked already. Raises NotFound."""
    return await db.one(Supplier, _BY_ID, supplier)


_HOLD: Final = """-- registry.supplier.hold
-- roles: portal
SELECT supplier_id FROM registry.supplier WHERE supplier_id = $1 FOR UPDATE"""


async def hold(db: Connection, supplier: SupplierKey) -> None:
    """Until the transaction ends, acts on one supplier come one after the other."""
    await db.execute(_HOLD, supplier)


_PAGE: Final = """-- registry.supplier.page
-- roles: portal
SELECT supplier_id, public_id, os_id, name, native_name, address, country, lat, lng, kind, isic, products, identifiers,
    workers_min, workers_max, min_age, engagement, closed, merged_into, synthetic, created_on, updated_on, parent,
    historical_os_ids
FROM registry.supplier s
WHERE supplier_id IN (SELECT v.supplier_id FROM registry.sight($1, $2, $3) v) AND merged_into IS NULL
    AND ($4::text IS NULL OR country = $4) AND ($5::text IS NULL OR kind = $5)
    AND ($6::text IS NULL OR EXISTS (SELECT FROM unnest(isic) code WHERE starts_with(code, $6)))
    AND ($7::text IS NULL OR strpos(lower(name), $7) > 0 OR strpos(lower(native_name), $7) > 0 OR lower(os_id) = $7)
    AND ($8::text IS NULL OR $8 = (
        SELECT CASE
            WHEN s.supplier_id = ANY ($14::bigint[]) AND k.band IN ('low', 'moderate') THEN 'high' ELSE k.band END
        FROM release.release r
        JOIN ballot.period_state p ON p.period = r.period AND p.state IN ('counted', 'burning', 'burned')
        LEFT JOIN release.score k ON k.supplier_id = r.supplier_id AND k.period = r.period
        WHERE r.supplier_id = s.supplier_id AND ($9::text IS NULL OR r.period = $9) AND EXISTS (
            SELECT FROM registry.sight($1, $2, $3) v
            WHERE v.supplier_id = r.supplier_id AND r.ended BETWEEN v.from_day AND v.to_day)
        ORDER BY r.ended DESC LIMIT 1))
    AND ($10::text IS NULL OR (name COLLATE "C", public_id) > ($10, $11::uuid))
    AND ($13::date IS NULL OR updated_on >= $13)
ORDER BY name COLLATE "C", public_id LIMIT $12"""


async def page(db: Connection, sight: Sight, narrow: Filter, limit: int) -> list[Supplier]:
    """What the viewer may see, by name and id."""
    where = (*(narrow.after or (None, None)), limit)
    return await db.fetch(Supplier, _PAGE, *_asked(sight, narrow), *where, narrow.updated_since, narrow.raised)


class Ranked(Value, frozen=True):
    """``score`` is -1 where there is none."""

    supplier_id: SupplierKey
    public_id: SupplierId
    score: float


_RANKED: Final = """-- registry.supplier.ranked
-- roles: portal
SELECT s.supplier_id, s.public_id, coalesce(k.score, -1) AS score
FROM registry.supplier s
LEFT JOIN LATERAL (
    SELECT c.score, c.band FROM release.release r
    JOIN ballot.period_state p ON p.period = r.period AND p.state IN ('counted', 'burning', 'burned')
    LEFT JOIN release.score c ON c.supplier_id = r.supplier_id AND c.period = r.period
    WHERE r.supplier_id = s.supplier_id AND ($9::text IS NULL OR r.period = $9) AND EXISTS (
        SELECT FROM registry.sight($1, $2, $3) v
        WHERE v.supplier_id = r.supplier_id AND r.ended BETWEEN v.from_day AND v.to_day)
    ORDER BY r.ended DESC LIMIT 1) k ON true
WHERE s.supplier_id IN (SELECT v.supplier_id FROM registry.sight($1, $2, $3) v) AND s.merged_into IS NULL
    AND ($4::text IS NULL OR s.country = $4) AND ($5::text IS NULL OR s.kind = $5)
    AND ($6::text IS NULL OR EXISTS (SELECT FROM unnest(s.isic) code WHERE starts_with(code, $6)))
    AND ($7::text IS NULL OR strpos(lower(s.name), $7) > 0 OR strpos(lower(s.native_name), $7) > 0
        OR lower(s.os_id) = $7)
    AND ($8::text IS NULL OR $8 = CASE
        WHEN s.supplier_id = ANY ($13::bigint[]) AND k.band IN ('low', 'moderate') THEN 'high' ELSE k.band END)
    AND ($10::double precision IS NULL OR coalesce(k.score, -1) < $10
        OR (coalesce(k.score, -1) = $10 AND s.public_id > $11::uuid))
ORDER BY coalesce(k.score, -1) DESC, s.public_id LIMIT $12"""


async def ranked(
    db: Connection, sight: Sight, narrow: Filter, after: tuple[float, SupplierId] | None, limit: int
) -> list[Ranked]:
    """What the viewer may see, highest score first; ``after`` replaces that of ``narrow``."""
    score, public_id = after or (None, None)
    return await db.fetch(Ranked, _RANKED, *_asked(sight, narrow), score, public_id, limit, narrow.raised)


def _asked(sight: Sight, narrow: Filter) -> tuple[object, ...]:
    words = None if narrow.q is None else narrow.q.lower()
    wanted = (narrow.country, narrow.kind, narrow.sector, words, narrow.band, narrow.period)
    return (sight.kind, sight.party, sight.today, *wanted)


_SEEN: Final = """-- registry.supplier.seen
-- roles: portal
SELECT s.supplier_id, s.public_id, s.os_id, s.name, s.native_name, s.address, s.country, s.lat, s.lng, s.kind, s.isic,
    s.products, s.identifiers, s.workers_min, s.workers_max, s.min_age, s.engagement, s.closed, s.merged_into,
    s.synthetic, s.created_on, s.updated_on, s.parent, s.historical_os_ids
FROM registry.supplier a
JOIN registry.supplier s ON s.supplier_id = coalesce(a.merged_into, a.supplier_id)
WHERE a.public_id = $4 AND s.supplier_id IN (SELECT v.supplier_id FROM registry.sight($1, $2, $3) v)"""


async def seen(db: Connection, sight: Sight, supplier: SupplierId) -> Supplier:
    """The supplier, or the survivor it was merged into. Raises NotFound where the viewer may not see it."""
    return await db.one(Supplier, _SEEN, sight.kind, sight.party, sight.today, supplier)


_TO_COUNT: Final = """-- registry.supplier.to_count
-- roles: vault, portal
SELECT supplier_id, public_id, name, country, isic, workers_min, workers_max FROM registry.supplier"""


async def to_count(db: Connection) -> list[Place]:
    """Every supplier, merged and closed ones too: their campaigns run to the end of the period."""
    return await db.fetch(Place, _TO_COUNT)


_LOCATE: Final = """-- registry.supplier.locate
-- roles: portal
UPDATE registry.supplier SET locator = $2 WHERE supplier_id = $1 AND locator IS NULL"""

_LOCATOR: Final = """-- registry.supplier.locator
-- roles: vault, portal
SELECT locator FROM registry.supplier WHERE supplier_id = $1 AND locator IS NOT NULL"""


async def locator(db: Connection, supplier: SupplierKey) -> str:
    """Raises NotFound before the first campaign."""
    return (await db.one(_Locator, _LOCATOR, supplier)).locator


async def locate(db: Connection, supplier: SupplierKey, drawn: str) -> str:
    """The supplier's locator, for ever: ``drawn`` if it has none yet."""
    await db.execute(_LOCATE, supplier, drawn)
    return await locator(db, supplier)


_KNOWN_LOCATOR: Final = """-- registry.supplier.known_locator
-- roles: vault, portal
SELECT EXISTS (SELECT FROM registry.supplier WHERE locator = $1)"""


async def known_locator(db: Connection, locator: str) -> bool:
    return bool(await db.value(bool, _KNOWN_LOCATOR, locator))
