"""Who is still to be counted in a period: leases, taken in random order."""

from collections.abc import Sequence
from typing import Final

from laborvoice.domain.ids import SupplierKey
from laborvoice.store.database import Connection

_ADD: Final = """-- ballot.count_job.add
-- roles: vault
INSERT INTO ballot.count_job (period, supplier_id, turn)
SELECT $1, supplier_id, turn FROM unnest($2::bigint[], $3::bigint[]) AS t (supplier_id, turn) ON CONFLICT DO NOTHING"""


async def add(db: Connection, period: str, suppliers: Sequence[SupplierKey], turns: Sequence[int]) -> None:
    """``turns`` are drawn at random: they give the order."""
    await db.execute(_ADD, period, suppliers, turns)


_LEASE: Final = """-- ballot.count_job.lease
-- roles: vault
SELECT supplier_id FROM ballot.count_job WHERE period = $1 AND NOT done ORDER BY turn LIMIT 1 FOR UPDATE SKIP LOCKED"""


async def lease(db: Connection, period: str) -> SupplierKey | None:
    """The next supplier, held until the transaction ends. None: nothing is left to take."""
    found = await db.value(int, _LEASE, period)
    return None if found is None else SupplierKey(found)


_DONE: Final = """-- ballot.count_job.done
-- roles: vault
UPDATE ballot.count_job SET done = true WHERE period = $1 AND supplier_id = $2"""


async def done(db: Connection, period: str, supplier: SupplierKey) -> None:
    await db.execute(_DONE, period, supplier)


_LEFT: Final = """-- ballot.count_job.left
-- roles: vault
SELECT count(*) FROM ballot.count_job WHERE period = $1 AND NOT done"""


async def left(db: Connection, period: str) -> int:
    return await db.value(int, _LEFT, period) or 0
