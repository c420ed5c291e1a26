"""Functions of the server that tell how much was written, and those the vault needs."""

from typing import Final

from laborvoice.domain import Value
from laborvoice.store.database import Connection

COUNTERS: Final = (
    r"^(pg_stat_get_|pg_current_wal_|lo_|pg_control_|pg_filenode_|pg_relation_file)|wal_summar"
    r"|^pg_(relation|table|total_relation|indexes|database|tablespace)_size$"
    r"|^(pg_logical_emit_message|pg_lock_status|pg_blocking_pids)$"
)
"""Names of what would tell of arrivals (design, privacy 7)."""


class Cleaning(Value, frozen=True):
    """What the vault may do after each mix."""

    checkpoints: bool
    switches: bool


_OPEN: Final = """-- pg_catalog.pg_proc.open_to_all
-- roles: intake, vault, portal, courier
SELECT p.oid::regprocedure::text FROM pg_catalog.pg_proc p
WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname ~ $1
    AND has_function_privilege('public', p.oid, 'EXECUTE')
ORDER BY 1"""


async def open_to_all(db: Connection, pattern: str) -> list[str]:
    return await db.values(str, _OPEN, pattern)


_CLEANING: Final = """-- pg_catalog.pg_proc.cleaning
-- roles: intake, vault, portal, courier
SELECT pg_has_role('laborvoice_vault', 'pg_checkpoint', 'USAGE') AS checkpoints,
    has_function_privilege('laborvoice_vault', 'pg_catalog.pg_switch_wal()', 'EXECUTE') AS switches"""


async def cleaning(db: Connection) -> Cleaning:
    return await db.one(Cleaning, _CLEANING)
