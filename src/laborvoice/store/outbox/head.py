"""One row, whose lock makes fan-out one at a time: so no position appears before a lower one."""

from typing import Final

from laborvoice.store.database import Connection

_LOCK: Final = """-- outbox.head.lock
-- roles: courier
SELECT only_row FROM outbox.head FOR UPDATE SKIP LOCKED"""


async def lock(db: Connection) -> bool:
    """False while another courier has it."""
    return await db.value(bool, _LOCK) is not None
