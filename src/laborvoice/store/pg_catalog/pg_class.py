"""Who may do what with our tables, and which of them the server cleans up by itself."""

from collections.abc import Sequence
from typing import Final

from laborvoice.domain import Value
from laborvoice.store.database import Connection


class Held(Value, frozen=True):
    """``family``: the table, or the one whose partition it is. ``columns``: privileges on some of its columns alone."""

    name: str
    family: str
    role: str
    whole: tuple[str, ...]
    columns: tuple[str, ...]


_HELD: Final = """-- pg_catalog.pg_class.held
-- roles: intake, vault, portal, courier
SELECT n.nspname || '.' || c.relname AS name,
    coalesce(p.relnamespace::regnamespace::text || '.' || p.relname, n.nspname || '.' || c.relname) AS family, r.role,
    ARRAY (SELECT one FROM unnest($2::text[]) one WHERE has_table_privilege('laborvoice_' || r.role, c.oid, one))
        AS whole,
    ARRAY (SELECT one FROM unnest('{SELECT,INSERT,UPDATE,REFERENCES}'::text[]) one
        WHERE NOT has_table_privilege('laborvoice_' || r.role, c.oid, one)
            AND has_any_column_privilege('laborvoice_' || r.role, c.oid, one)) AS columns
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
CROSS JOIN unnest($1::text[]) AS r (role)
WHERE n.nspname IN ('ballot', 'registry', 'release', 'desk', 'access', 'outbox') AND c.relkind IN ('r', 'p', 'v', 'm')
ORDER BY 1, 3"""


async def held(db: Connection, roles: Sequence[str], privileges: Sequence[str]) -> list[Held]:
    return await db.fetch(Held, _HELD, roles, privileges)


_LOUD: Final = """-- pg_catalog.pg_class.loud
-- roles: intake, vault, portal, courier
SELECT c.relname::text FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid
LEFT JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
WHERE c.relnamespace = to_regnamespace('ballot') AND c.relkind = 'r'
    AND coalesce(p.relname, c.relname) = ANY ($1::text[])
    AND NOT coalesce(c.reloptions, '{}') && '{autovacuum_enabled=off,autovacuum_enabled=false}'::text[]
ORDER BY 1"""


async def loud(db: Connection, families: Sequence[str]) -> list[str]:
    """Tables of ``ballot`` that autovacuum would visit, and so count."""
    return await db.values(str, _LOUD, families)


_THERE: Final = """-- pg_catalog.pg_class.missing
-- roles: intake, vault, portal, courier
SELECT one FROM unnest($1::text[]) one WHERE to_regclass('ballot.' || one) IS NULL ORDER BY 1"""


async def missing(db: Connection, names: Sequence[str]) -> list[str]:
    """Which of these tables of ``ballot`` are not there."""
    return await db.values(str, _THERE, names)
