"""The server's settings, and what was set otherwise for one role or one database."""

from collections.abc import Sequence
from typing import Final

from laborvoice.domain import Value
from laborvoice.store.database import Connection


class Setting(Value, frozen=True):
    """``value`` with its unit, as in ``2MB``."""

    name: str
    value: str


_NAMED: Final = """-- pg_catalog.pg_settings.named
-- roles: intake, vault, portal, courier
SELECT name, setting || coalesce(unit, '') AS value FROM pg_catalog.pg_settings WHERE name = ANY ($1::text[])"""


async def named(db: Connection, names: Sequence[str]) -> list[Setting]:
    """Those the role may see: a few need a superuser, or ``pg_read_all_settings``."""
    return await db.fetch(Setting, _NAMED, names)


_APART: Final = """-- pg_catalog.pg_settings.apart
-- roles: intake, vault, portal, courier
SELECT split_part(one, '=', 1) AS name, substr(one, strpos(one, '=') + 1) AS value
FROM pg_catalog.pg_db_role_setting, unnest(setconfig) AS one WHERE split_part(one, '=', 1) = ANY ($1::text[])"""


async def apart(db: Connection, names: Sequence[str]) -> list[Setting]:
    """Set for a role or a database: no session of the doctor's need see it."""
    return await db.fetch(Setting, _APART, names)
