"""The database as a whole, for backup and restore: run as its owner or superuser, never by one of the four roles."""

from datetime import datetime
from typing import Final

from laborvoice.domain import Value
from laborvoice.store.database import Connection

SCHEMAS: Final = ("ballot", "registry", "release", "desk", "access", "outbox")
LEFT_OUT: Final = (
    "ballot.spool",
    "ballot.spool_0",
    "ballot.spool_1",
    "ballot.spool_switch",
    "ballot.exchange_request",
    "ballot.exchange_request_0",
    "ballot.exchange_request_1",
    "ballot.exchange_answer",
    "ballot.exchange_answer_0",
    "ballot.exchange_answer_1",
    "ballot.reply",
    "access.session",
    "access.idempotency",
)
"""What is in no backup: it ends with a mix or with a day, and is not even locked while the rest is read."""


class Partition(Value, frozen=True):
    """``child`` is its name, ``bound`` the literal of its value as PostgreSQL spells it."""

    family: str
    child: str
    bound: str


class Moment(Value, frozen=True):
    """What is seen by one snapshot: others may join it while the transaction is open."""

    snapshot: str
    at: datetime
    revision: str


_MOMENT: Final = """
SELECT pg_export_snapshot() AS snapshot, clock_timestamp() AS at,
    (SELECT version_num FROM public.alembic_version) AS revision"""
_PARTITIONS: Final = """
SELECT p.relname AS family, c.relname AS child,
    substring(pg_get_expr(c.relpartbound, c.oid) FROM '^FOR VALUES IN \\(''(.*)''\\)$') AS bound
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
WHERE p.relnamespace = 'ballot'::regnamespace AND p.relname IN ('seen', 'spent', 'invite_use', 'box', 'tray', 'mailbox')
    AND pg_get_expr(c.relpartbound, c.oid) <> 'DEFAULT'
ORDER BY 1, 2"""


async def moment(db: Connection) -> Moment:
    """Good for as long as this transaction is open."""
    return await db.one(Moment, _MOMENT)


async def partitions(db: Connection) -> list[Partition]:
    return await db.fetch(Partition, _PARTITIONS)


_MAKE: Final = "SELECT ballot.make_partition($1, $2, $3)::text"


async def make_partition(db: Connection, one: Partition) -> None:
    """Bytes are spelled in hexadecimal, and given without their mark."""
    raw = one.bound.startswith("\\x")
    await db.execute(_MAKE, one.family, one.bound.removeprefix("\\x"), raw)


_PRESENT: Final = "SELECT count(*) FROM pg_namespace WHERE nspname = ANY ($1)"


async def is_empty(db: Connection) -> bool:
    """Whether nothing of ours is there, data or none."""
    return await db.one_value(int, _PRESENT, SCHEMAS) == 0


_VISITORS: Final = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
    AND usename IN ('laborvoice_intake', 'laborvoice_vault', 'laborvoice_portal', 'laborvoice_courier')"""


async def in_use(db: Connection) -> bool:
    """Whether one of the four roles is connected."""
    return await db.one_value(int, _VISITORS) > 0


_LOCK_OUT: Final = """DO $$ DECLARE one name; BEGIN
    EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM PUBLIC', current_database());
    FOR one IN SELECT rolname FROM pg_roles
        WHERE rolname IN ('laborvoice_intake', 'laborvoice_vault', 'laborvoice_portal', 'laborvoice_courier')
    LOOP EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM %I', current_database(), one); END LOOP;
END $$"""
_LET_IN: Final = """DO $$ BEGIN
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO laborvoice_owner, laborvoice_intake, laborvoice_vault,
        laborvoice_portal, laborvoice_courier', current_database());
END $$"""


async def lock_out(db: Connection) -> None:
    """None of the four roles connects until ``let_in``: a restore that failed leaves them outside."""
    await db.execute(_LOCK_OUT)


async def let_in(db: Connection) -> None:
    await db.execute(_LET_IN)


_CLEAR: Final = """DO $$ DECLARE one text; BEGIN
    FOREACH one IN ARRAY ARRAY['ballot', 'registry', 'release', 'desk', 'access', 'outbox'] LOOP
        EXECUTE format('DROP SCHEMA IF EXISTS %I CASCADE', one);
    END LOOP;
    DROP TABLE IF EXISTS public.alembic_version;
END $$"""


async def clear(db: Connection) -> None:
    """Nothing of ours is left; who may connect stays as it is."""
    await db.execute(_CLEAR)


_EMPTY: Final = """DO $$ DECLARE one text; BEGIN
    FOR one IN SELECT format('%I.%I', n.nspname, c.relname)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('ballot', 'registry', 'release', 'desk', 'access', 'outbox') AND c.relkind IN ('r', 'p')
            AND NOT c.relispartition AND n.nspname || '.' || c.relname <> 'ballot.spool_switch'
    LOOP EXECUTE 'TRUNCATE ' || one || ' CASCADE'; END LOOP;
END $$"""


async def empty(db: Connection) -> None:
    """Without the rows that the migrations put in: they are in the backup."""
    await db.execute(_EMPTY)


_BURNING: Final = """
INSERT INTO ballot.period_state (period, kind, state) VALUES ($1, $2, 'burning')
ON CONFLICT (period) DO UPDATE SET state = 'burning'"""


async def burning(db: Connection, period: str, kind: str) -> None:
    """However far it had come when the backup was made: its box is gone."""
    await db.execute(_BURNING, period, kind)
