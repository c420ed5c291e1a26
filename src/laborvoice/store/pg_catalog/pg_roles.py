"""Our five roles as the server knows them."""

from typing import Final

from laborvoice.domain import Value
from laborvoice.store.database import Connection


class Role(Value, frozen=True):
    """``powers``: attributes no role of ours has. ``member_of``: roles whose rights it has besides its own."""

    name: str
    powers: tuple[str, ...]
    member_of: tuple[str, ...]


_OURS: Final = """-- pg_catalog.pg_roles.ours
-- roles: intake, vault, portal, courier
SELECT r.rolname::text AS name,
    array_remove(ARRAY[CASE WHEN r.rolsuper THEN 'SUPERUSER' END, CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END,
        CASE WHEN r.rolcreatedb THEN 'CREATEDB' END, CASE WHEN r.rolreplication THEN 'REPLICATION' END,
        CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END], NULL) AS powers,
    ARRAY (SELECT m.roleid::regrole::text FROM pg_catalog.pg_auth_members m WHERE m.member = r.oid ORDER BY 1)
        AS member_of
FROM pg_catalog.pg_roles r WHERE r.rolname LIKE 'laborvoice\\_%' ORDER BY 1"""


async def ours(db: Connection) -> list[Role]:
    return await db.fetch(Role, _OURS)
