"""Releases: written once by the vault, read by everyone."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import msgspec

from laborvoice.domain import Value, ids
from laborvoice.domain.condition import Condition
from laborvoice.domain.ids import ReleaseId, SupplierId, SupplierKey
from laborvoice.domain.policy import PolicyName
from laborvoice.domain.release import Published, Release, Withheld
from laborvoice.store.database import Connection
from laborvoice.store.registry.sight import Sight


class Dated(Value, frozen=True):
    """A release and the last day of its own period."""

    supplier_id: SupplierKey
    ended: date
    published: Published


class Latest(Value, frozen=True):
    """A supplier's latest published release."""

    supplier_id: SupplierKey
    ended: date
    release: Release


class Seen(Value, frozen=True):
    """A release as a viewer finds it: under the supplier's public id."""

    supplier: SupplierId
    published: Published


class Entered(Dated, frozen=True):
    """``seen``: whether the viewer may see it by itself too."""

    seen: bool


class _Row(Value, frozen=True):
    supplier_id: SupplierKey
    period: str
    id: ReleaseId
    ended: date
    covers: tuple[str, ...]
    state: str
    n: int | None
    severity_sum: int | None
    conditions: tuple[int, ...] | None
    top: Condition | None
    scale_n: float | None
    bound: int | None
    scale_severity: float | None
    scale_conditions: float | None
    policy: PolicyName
    questionnaire: str
    method: str


class _SeenRow(_Row, frozen=True):
    supplier: SupplierId


class _EnteredRow(_Row, frozen=True):
    seen: bool


_PUT: Final = """-- release.release.put
-- roles: vault
INSERT INTO release.release (supplier_id, period, id, ended, covers, state, n, severity_sum, conditions, top, scale_n,
    bound, scale_severity, scale_conditions, policy, questionnaire, method)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"""


async def put(db: Connection, supplier: SupplierKey, ended: date, published: Published) -> None:
    """``ended`` is the last day of the release's own period."""
    numbers: tuple[object, ...] = (None,) * 8
    if isinstance(published, Release):
        scales = published.scales
        numbers = (
            published.n,
            published.severity_sum,
            published.conditions,
            published.top,
            scales.n,
            scales.bound,
            scales.severity_sum,
            scales.conditions,
        )
    state = "published" if isinstance(published, Release) else "withheld"
    what = (published.policy, published.questionnaire, published.method)
    await db.execute(_PUT, supplier, published.period, published.id, ended, published.covers, state, *numbers, *what)


_OF_SUPPLIER: Final = """-- release.release.of_supplier
-- roles: vault, portal
SELECT supplier_id, period, id, ended, covers, state, n, severity_sum, conditions, top, scale_n, bound, scale_severity,
    scale_conditions, policy, questionnaire, method
FROM release.release WHERE supplier_id = $1 AND ended <= $2 ORDER BY ended DESC"""


async def of_supplier(db: Connection, supplier: SupplierKey, upto: date) -> list[Dated]:
    """A supplier's releases of periods that ended by ``upto``, newest first, seen by people or not yet."""
    return [_dated(row) for row in await db.fetch(_Row, _OF_SUPPLIER, supplier, upto)]


_LATEST_OF_OTHERS: Final = """-- release.release.latest_of_others
-- roles: vault, portal
SELECT DISTINCT ON (supplier_id) supplier_id, period, id, ended, covers, state, n, severity_sum, conditions, top,
    scale_n, bound, scale_severity, scale_conditions, policy, questionnaire, method
FROM release.release WHERE state = 'published' AND ended < $1 ORDER BY supplier_id, ended DESC"""


async def latest_of_others(db: Connection, before: date) -> list[Latest]:
    """For each supplier its latest published release of a period that ended before ``before``."""
    rows = await db.fetch(_Row, _LATEST_OF_OTHERS, before)
    found = ((row, _published(row)) for row in rows)
    return [
        Latest(supplier_id=row.supplier_id, ended=row.ended, release=release)
        for row, release in found
        if isinstance(release, Release)
    ]


_BY_ID: Final = """-- release.release.by_id
-- roles: portal
SELECT s.public_id AS supplier, r.supplier_id, r.period, r.id, r.ended, r.covers, r.state, r.n, r.severity_sum,
    r.conditions, r.top, r.scale_n, r.bound, r.scale_severity, r.scale_conditions, r.policy, r.questionnaire, r.method
FROM release.release r
JOIN registry.supplier s ON s.supplier_id = r.supplier_id
JOIN ballot.period_state p ON p.period = r.period AND p.state IN ('counted', 'burning', 'burned')
WHERE r.id = $4 AND EXISTS (
    SELECT FROM registry.sight($1, $2, $3) v
    WHERE v.supplier_id = r.supplier_id AND r.ended BETWEEN v.from_day AND v.to_day)"""


async def by_id(db: Connection, sight: Sight, release: ReleaseId) -> Seen:
    """Raises NotFound where there is none or the viewer may not see it."""
    return _seen(await db.one(_SeenRow, _BY_ID, sight.kind, sight.party, sight.today, release))


_PAGE: Final = """-- release.release.page
-- roles: portal
SELECT s.public_id AS supplier, r.supplier_id, r.period, r.id, r.ended, r.covers, r.state, r.n, r.severity_sum,
    r.conditions, r.top, r.scale_n, r.bound, r.scale_severity, r.scale_conditions, r.policy, r.questionnaire, r.method
FROM release.release r
JOIN registry.supplier s ON s.supplier_id = r.supplier_id
JOIN ballot.period_state p ON p.period = r.period AND p.state IN ('counted', 'burning', 'burned')
WHERE r.supplier_id = $4 AND r.ended < $5 AND EXISTS (
    SELECT FROM registry.sight($1, $2, $3) v
    WHERE v.supplier_id = r.supplier_id AND r.ended BETWEEN v.from_day AND v.to_day)
ORDER BY r.ended DESC LIMIT $6"""


async def page(db: Connection, sight: Sight, supplier: SupplierKey, before: date, limit: int) -> list[Seen]:
    """Newest first, of periods that ended before ``before``."""
    rows = await db.fetch(_SeenRow, _PAGE, sight.kind, sight.party, sight.today, supplier, before, limit)
    return [_seen(row) for row in rows]


_NEWEST: Final = """-- release.release.newest
-- roles: portal
SELECT DISTINCT ON (r.supplier_id) s.public_id AS supplier, r.supplier_id, r.period, r.id, r.ended, r.covers, r.state,
    r.n, r.severity_sum, r.conditions, r.top, r.scale_n, r.bound, r.scale_severity, r.scale_conditions, r.policy,
    r.questionnaire, r.method
FROM release.release r
JOIN registry.supplier s ON s.supplier_id = r.supplier_id
JOIN ballot.period_state p ON p.period = r.period AND p.state IN ('counted', 'burning', 'burned')
CROSS JOIN LATERAL (
    SELECT FROM registry.sight($1, $2, $3) v
    WHERE v.supplier_id = r.supplier_id AND r.ended BETWEEN v.from_day AND v.to_day LIMIT 1) seen
WHERE r.supplier_id = ANY ($4::bigint[]) AND ($5::text IS NULL OR r.period = $5)
ORDER BY r.supplier_id, r.ended DESC"""


async def newest(
    db: Connection, sight: Sight, suppliers: Sequence[SupplierKey], period: str | None
) -> dict[SupplierKey, Seen]:
    """For each supplier its newest visible release, or that of ``period``; suppliers without one are left out."""
    rows = await db.fetch(_SeenRow, _NEWEST, sight.kind, sight.party, sight.today, suppliers, period)
    return {row.supplier_id: _seen(row) for row in rows}


_ENTERED: Final = """-- release.release.entered
-- roles: portal
SELECT r.supplier_id, r.period, r.id, r.ended, r.covers, r.state, r.n, r.severity_sum, r.conditions, r.top, r.scale_n,
    r.bound, r.scale_severity, r.scale_conditions, r.policy, r.questionnaire, r.method, EXISTS (
        SELECT FROM registry.sight($1, $2, $3) v
        WHERE v.supplier_id = r.supplier_id AND r.ended BETWEEN v.from_day AND v.to_day) AS seen
FROM release.release r
JOIN ballot.period_state p ON p.period = r.period AND p.state IN ('counted', 'burning', 'burned')
WHERE r.supplier_id = ANY ($4::bigint[]) ORDER BY r.supplier_id, r.ended DESC"""


async def entered(db: Connection, sight: Sight, suppliers: Sequence[SupplierKey]) -> list[Entered]:
    """All releases of ``suppliers`` that their scores can rest on, the newest of each first."""
    rows = await db.fetch(_EnteredRow, _ENTERED, sight.kind, sight.party, sight.today, suppliers)
    return [
        Entered(supplier_id=row.supplier_id, ended=row.ended, published=_published(row), seen=row.seen) for row in rows
    ]


def _dated(row: _Row) -> Dated:
    return Dated(supplier_id=row.supplier_id, ended=row.ended, published=_published(row))


def _seen(row: _SeenRow) -> Seen:
    return Seen(supplier=row.supplier, published=_published(row))


def _published(row: _Row) -> Published:
    """The state says which of the two it is; columns that one has not are not read."""
    scales = {
        "n": row.scale_n,
        "bound": row.bound,
        "severity_sum": row.scale_severity,
        "conditions": row.scale_conditions,
    }
    fields = {**msgspec.structs.asdict(row), "scales": scales}
    published: Published = msgspec.convert(fields, Release | Withheld, dec_hook=ids.decode, builtin_types=(date,))
    return published
