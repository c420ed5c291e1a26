"""Cases of suppliers that are merged."""

from collections.abc import Sequence
from typing import Final

from laborvoice.domain.ids import SupplierKey
from laborvoice.store.database import Connection

_HELD: Final = """-- desk.case_moved.held
-- roles: portal
SELECT EXISTS (SELECT FROM desk."case" WHERE supplier_id = ANY ($1::bigint[]) AND state = 'on_hold_safety')"""


async def held(db: Connection, suppliers: Sequence[SupplierKey]) -> bool:
    """Whether one of them has a case that is on hold for safety."""
    return bool(await db.value(bool, _HELD, suppliers))


_MOVE: Final = """-- desk.case_moved.move
-- roles: portal
UPDATE desk."case" SET supplier_id = $2 WHERE supplier_id = $1"""


async def move(db: Connection, supplier: SupplierKey, into: SupplierKey) -> None:
    await db.execute(_MOVE, supplier, into)
