"""A viewer's whole portfolio at once, for its order and its sums; and the course of a few suppliers."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Final, Literal

from laborvoice.domain import Value
from laborvoice.domain.ids import SupplierId, SupplierKey
from laborvoice.domain.policy import PolicyName
from laborvoice.domain.score import Band, Direction
from laborvoice.domain.supplier import SupplierKind
from laborvoice.store.database import Connection
from laborvoice.store.registry.sight import Sight


class Standing(Value, frozen=True):
    """One supplier and the figures of its newest visible release: ``state`` says whether there are any.

    ``low`` is the lower end of the 90 % range; ``z`` how far beyond chance it moved, None at the first release.
    """

    supplier_id: SupplierKey
    public_id: SupplierId
    os_id: str | None
    name: str
    native_name: str | None
    country: str
    kind: SupplierKind
    isic: tuple[str, ...]
    state: Literal["published", "withheld", "none"]
    period: str | None
    score: float | None
    low: float | None
    band: Band | None
    direction: Direction | None
    z: float | None


_ALL: Final = """-- release.portfolio.standings
-- roles: portal
SELECT DISTINCT ON (s.supplier_id) s.supplier_id, s.public_id, s.os_id, s.name, s.native_name, s.country, s.kind,
    s.isic, coalesce(r.state, 'none') AS state, r.period, k.score, k.low, k.band,
    convert_from(k.body, 'UTF8')::json #>> '{trend,direction}' AS direction,
    (convert_from(k.body, 'UTF8')::json #>> '{trend,z}')::double precision AS z
FROM registry.sight($1, $2, $3) v
JOIN registry.supplier s ON s.supplier_id = v.supplier_id AND s.merged_into IS NULL
LEFT JOIN LATERAL (
    SELECT n.supplier_id, n.period, n.state, n.ended FROM release.release n
    JOIN ballot.period_state p ON p.period = n.period AND p.state IN ('counted', 'burning', 'burned')
    WHERE n.supplier_id = s.supplier_id AND n.ended BETWEEN v.from_day AND v.to_day
    ORDER BY n.ended DESC LIMIT 1) r ON true
LEFT JOIN release.score k ON k.supplier_id = r.supplier_id AND k.period = r.period
ORDER BY s.supplier_id, r.ended DESC NULLS LAST"""


async def standings(db: Connection, sight: Sight) -> list[Standing]:
    """All that the viewer may see. Its cost grows with their number: see ``stamp``."""
    return await db.fetch(Standing, _ALL, sight.kind, sight.party, sight.today)


_STAMP: Final = """-- release.portfolio.stamp
-- roles: vault, portal
SELECT concat_ws(' ',
    (SELECT string_agg(p.period, ',' ORDER BY p.period) FROM ballot.period_state p
        WHERE p.state IN ('counted', 'burning', 'burned')),
    CASE $1::text
        WHEN 'brand' THEN (SELECT concat_ws(' ', count(*), count(*) FILTER (WHERE l.state = 'confirmed'),
            count(*) FILTER (WHERE l.state = 'ended'), bit_xor(l.supplier_id), sum(l.from_day - '2000-01-01'::date),
            sum(l.to_day - '2000-01-01'::date)) FROM registry.link l WHERE l.party_id = $2)
        ELSE (SELECT concat_ws(' ', count(*), count(s.merged_into)) FROM registry.supplier s) END,
    (SELECT string_agg(j.scope, ',' ORDER BY j.scope) FROM registry.jurisdiction j WHERE j.watchdog_id = $2))"""


async def stamp(db: Connection, sight: Sight) -> str:
    """While it stays the same, so does, but for rare coincidence, who may see what of which period.

    Sums, not digests of each row: it is asked for with every page, and a brand may have ten thousand links.
    """
    return await db.value(str, _STAMP, sight.kind, sight.party) or ""


class Step(Value, frozen=True):
    """A period of a supplier; figures where it is published."""

    supplier_id: SupplierKey
    period: str
    ended: date
    policy: PolicyName
    n: int | None
    score: float | None
    low: float | None
    high: float | None


_COURSE: Final = """-- release.portfolio.course
-- roles: portal
SELECT r.supplier_id, r.period, r.ended, r.policy, r.n, k.score, k.low, k.high
FROM unnest($4::bigint[]) AS wanted (supplier_id)
CROSS JOIN LATERAL (
    SELECT n.supplier_id, n.period, n.ended, n.policy, n.n FROM release.release n
    JOIN ballot.period_state p ON p.period = n.period AND p.state IN ('counted', 'burning', 'burned')
    WHERE n.supplier_id = wanted.supplier_id AND EXISTS (
        SELECT FROM registry.sight($1, $2, $3) v
        WHERE v.supplier_id = n.supplier_id AND n.ended BETWEEN v.from_day AND v.to_day)
    ORDER BY n.ended DESC LIMIT $5) r
LEFT JOIN release.score k ON k.supplier_id = r.supplier_id AND k.period = r.period
ORDER BY r.supplier_id, r.ended"""


async def course(
    db: Connection, sight: Sight, suppliers: Sequence[SupplierKey], periods: int
) -> dict[SupplierKey, list[Step]]:
    """The newest visible ``periods`` of each, oldest first."""
    found: defaultdict[SupplierKey, list[Step]] = defaultdict(list)
    for row in await db.fetch(Step, _COURSE, sight.kind, sight.party, sight.today, suppliers, periods):
        found[row.supplier_id].append(row)
    return found
