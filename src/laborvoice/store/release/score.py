"""Scores: the whole struct as it was computed, beside the figures that are sorted and filtered by."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import msgspec

from laborvoice.domain import Value, ids
from laborvoice.domain.ids import SupplierKey
from laborvoice.domain.score import Score
from laborvoice.store.database import Connection


class Kept(Value, frozen=True):
    period: str
    score: Score


class _Row(Value, frozen=True):
    supplier_id: SupplierKey
    period: str
    body: bytes


_PUT: Final = """-- release.score.put
-- roles: vault
INSERT INTO release.score (supplier_id, period, score, low, high, band, body) VALUES ($1, $2, $3, $4, $5, $6, $7)"""


async def put(db: Connection, supplier: SupplierKey, period: str, score: Score) -> None:
    body = msgspec.json.encode(score, enc_hook=ids.encode)
    await db.execute(_PUT, supplier, period, score.score, score.low, score.high, score.band, body)


_BEFORE: Final = """-- release.score.before
-- roles: vault, portal
SELECT s.supplier_id, s.period, s.body
FROM release.score s JOIN release.release r ON r.supplier_id = s.supplier_id AND r.period = s.period
WHERE s.supplier_id = $1 AND r.ended < $2 ORDER BY r.ended DESC LIMIT 1"""


async def before(db: Connection, supplier: SupplierKey, day: date) -> Kept | None:
    """The score of the latest period that ended before ``day`` and has one."""
    row = await db.first(_Row, _BEFORE, supplier, day)
    return None if row is None else Kept(period=row.period, score=_score(row))


_OF_PERIODS: Final = """-- release.score.of_periods
-- roles: vault, portal
SELECT s.supplier_id, s.period, s.body FROM release.score s
JOIN unnest($1::bigint[], $2::text[]) AS wanted (supplier_id, period)
    ON wanted.supplier_id = s.supplier_id AND wanted.period = s.period"""


async def of_periods(db: Connection, wanted: Sequence[tuple[SupplierKey, str]]) -> dict[tuple[SupplierKey, str], Score]:
    """Scores by supplier and period. Whether they may be seen is decided by the releases they belong to."""
    suppliers, periods = [supplier for supplier, _ in wanted], [period for _, period in wanted]
    rows = await db.fetch(_Row, _OF_PERIODS, suppliers, periods)
    return {(row.supplier_id, row.period): _score(row) for row in rows}


def _score(row: _Row) -> Score:
    return msgspec.json.decode(row.body, type=Score, dec_hook=ids.decode)
