"""Who may do what: every table, privilege, column and function against the table of design, operations 4."""

from collections.abc import Mapping
from typing import Any, Final

import asyncpg
import pytest

from support.rights import EVERY, MAINTAIN_SINCE, SINGLE_COLUMNS, TABLES

ROLES: Final = ("intake", "vault", "portal", "courier")
SCHEMAS: Final = ("ballot", "registry", "release", "desk", "access", "outbox")
FUNCTIONS: Final[Mapping[str, frozenset[str]]] = {
    "ballot.cast_nothing": frozenset({"intake"}),
    "ballot.end_old": frozenset({"vault"}),
    "ballot.cast_in": frozenset({"intake"}),
    "ballot.ask": frozenset({"intake"}),
    "ballot.answered": frozenset({"intake"}),
    "ballot.post_item": frozenset({"portal"}),
    "ballot.mailbox_bucket": frozenset({"intake"}),
    "ballot.mailbox_seed": frozenset({"intake"}),
    "ballot.make_partition": frozenset({"vault"}),
    "ballot.drop_partition": frozenset({"vault"}),
    "ballot.reshuffle": frozenset({"vault"}),
    "registry.sight": frozenset({"portal"}),
    "access.hold": frozenset({"portal"}),
    "outbox.oldest_minutes": frozenset({"courier"}),
    "outbox.dead_rows": frozenset({"courier"}),
}

USAGE: Final[Mapping[str, frozenset[str]]] = {
    "ballot": frozenset(ROLES),
    "registry": frozenset({"vault", "portal", "courier"}),
    "release": frozenset({"vault", "portal"}),
    "desk": frozenset({"vault", "portal"}),
    "access": frozenset({"portal"}),
    "outbox": frozenset({"vault", "portal", "courier"}),
}

Superuser = Any

_TABLES = """
SELECT n.nspname || '.' || c.relname AS name,
       coalesce(p.relnamespace::regnamespace::text || '.' || p.relname, n.nspname || '.' || c.relname) AS family
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class p ON p.oid = i.inhparent
 WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')"""


async def families(superuser: Superuser) -> dict[str, str]:
    """Each relation of ours, and the table whose partition it is, or itself."""
    return {row["name"]: row["family"] for row in await superuser.fetch(_TABLES, SCHEMAS)}


async def privileges(superuser: Superuser, role: str, table: str) -> frozenset[str]:
    rows = await superuser.fetch(
        "SELECT p FROM unnest($3::text[]) p WHERE has_table_privilege($1, $2, p)",
        f"laborvoice_{role}",
        table,
        sorted(EVERY),
    )
    return frozenset(row["p"] for row in rows)


async def test_maintenance_is_the_business_of_who_has_all(superuser: Superuser) -> None:
    if superuser.get_server_version().major < MAINTAIN_SINCE:
        return
    for name, family in (await families(superuser)).items():
        for role in ROLES:
            may = await superuser.fetchval("SELECT has_table_privilege($1, $2, 'MAINTAIN')", f"laborvoice_{role}", name)
            assert may == (TABLES[family].get(role) == EVERY), (name, role)


async def test_no_table_is_forgotten(superuser: Superuser) -> None:
    assert set((await families(superuser)).values()) == set(TABLES)


@pytest.mark.parametrize("role", ROLES)
async def test_each_table_and_partition(role: str, superuser: Superuser) -> None:
    none: frozenset[str] = frozenset()
    for name, family in (await families(superuser)).items():
        assert await privileges(superuser, role, name) == TABLES[family].get(role, none), name


async def test_a_partition_made_later_is_the_vaults_alone(superuser: Superuser) -> None:
    await superuser.execute("SELECT ballot.make_partition('box', '2026-Q4', false)")
    made = [name for name, family in (await families(superuser)).items() if family == "ballot.box"]
    assert len(made) == len({"the table", "the default", "the new one"})
    for name in made:
        assert {role for role in ROLES if await privileges(superuser, role, name)} == {"vault"}


_COLUMNS = """
SELECT n.nspname || '.' || c.relname AS name, a.attname AS column
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
   AND has_column_privilege($2, c.oid, a.attnum, $3) AND NOT has_table_privilege($2, c.oid, $3)"""


@pytest.mark.parametrize("role", ROLES)
async def test_single_columns(role: str, superuser: Superuser) -> None:
    for privilege in ("SELECT", "INSERT", "UPDATE", "REFERENCES"):
        found: dict[str, set[str]] = {}
        for row in await superuser.fetch(_COLUMNS, SCHEMAS, f"laborvoice_{role}", privilege):
            found.setdefault(row["name"], set()).add(row["column"])
        if (role, privilege) == ("portal", "UPDATE"):
            # A supplier's ids are for ever: lots, tokens and ballots are bound to them.
            assert not found.pop("registry.supplier") & {"supplier_id", "public_id"}
        assert found == SINGLE_COLUMNS.get((role, privilege), {})


_FUNCTIONS = """
SELECT n.nspname || '.' || p.proname AS name, p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE n.nspname = ANY ($1)"""


async def test_each_function_of_ours(superuser: Superuser) -> None:
    found: dict[str, frozenset[str]] = {}
    for row in await superuser.fetch(_FUNCTIONS, SCHEMAS):
        found[row["name"]] = frozenset([role for role in ROLES if await executes(superuser, role, row["oid"])])
    assert found == FUNCTIONS


async def executes(superuser: Superuser, role: str, function: int) -> bool:
    return bool(
        await superuser.fetchval(
            "SELECT has_function_privilege($1, $2::oid, 'EXECUTE')", f"laborvoice_{role}", function
        )
    )


async def test_functions_that_run_as_their_owner_pin_their_path(superuser: Superuser) -> None:
    loose = await superuser.fetch(
        """SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname = ANY ($1) AND p.prosecdef
              AND NOT 'search_path=pg_catalog, pg_temp' = ANY (coalesce(p.proconfig, '{}'))""",
        SCHEMAS,
    )
    assert loose == []


# Counters, sizes and positions that would tell of arrivals (design, privacy 7).
_SIDE_DOORS = """
SELECT p.oid, p.oid::regprocedure::text AS name FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace
   AND (p.proname LIKE 'pg\\_stat\\_get\\_%' OR p.proname ~ '^pg_current_wal_'
    OR p.proname ~ '^pg_(relation|table|total_relation|indexes|database|tablespace)_size$'
    OR p.proname ~ '^(lo_|pg_control_|pg_filenode_|pg_relation_file)' OR p.proname ~ 'wal_summar'
    OR p.proname IN ('pg_logical_emit_message', 'pg_lock_status', 'pg_blocking_pids'))"""


async def test_side_doors_are_closed_to_every_role(superuser: Superuser) -> None:
    doors = await superuser.fetch(_SIDE_DOORS)
    assert len(doors) > 80
    open_to = [(role, row["name"]) for row in doors for role in ROLES if await executes(superuser, role, row["oid"])]
    assert open_to == []


@pytest.mark.parametrize("named", ["^pg_switch_wal$", "^pg_(try_)?advisory_(xact_)?lock"])
async def test_the_vault_alone_leaves_segments_behind_and_locks_by_number(named: str, superuser: Superuser) -> None:
    for row in await superuser.fetch("SELECT oid FROM pg_proc WHERE proname ~ $1", named):
        assert {role for role in ROLES if await executes(superuser, role, row["oid"])} == {"vault"}


async def test_schemas(superuser: Superuser) -> None:
    found: dict[str, frozenset[str]] = {}
    for schema in (*SCHEMAS, "public"):
        for privilege in ("USAGE", "CREATE"):
            rows = await superuser.fetch(
                "SELECT r FROM unnest($1::text[]) r WHERE has_schema_privilege('laborvoice_' || r, $2, $3)",
                ROLES,
                schema,
                privilege,
            )
            found[f"{schema} {privilege}"] = frozenset(row["r"] for row in rows)
    expected = {f"{schema} USAGE": roles for schema, roles in USAGE.items()} | {"public USAGE": frozenset(ROLES)}
    assert found == expected | {f"{schema} CREATE": frozenset[str]() for schema in (*SCHEMAS, "public")}


async def test_roles_have_no_power_of_their_own(superuser: Superuser) -> None:
    strong = await superuser.fetch(
        """SELECT rolname FROM pg_roles WHERE rolname LIKE 'laborvoice\\_%'
            AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)"""
    )
    assert strong == []
    member = await superuser.fetch(
        """SELECT member::regrole::text AS one, roleid::regrole::text AS whole FROM pg_auth_members
            WHERE member::regrole::text = ANY ($1)""",
        [f"laborvoice_{role}" for role in ROLES],
    )
    assert {(row["one"], row["whole"]) for row in member} == {("laborvoice_vault", "pg_checkpoint")}


async def refused(dsn: str, statement: str) -> bool:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    except asyncpg.InsufficientPrivilegeError:
        return True
    finally:
        await connection.close()
    return False


@pytest.mark.parametrize("statement", ["SELECT FROM {}", "COPY {} TO STDOUT", "DELETE FROM {}", "TRUNCATE {}"])
async def test_intake_is_refused_with_its_own_password(statement: str, database: Any, superuser: Superuser) -> None:
    for name, family in (await families(superuser)).items():
        if "intake" not in TABLES[family] and name.startswith("ballot."):
            assert await refused(database.dsn("intake"), statement.format(name)), name


@pytest.mark.parametrize(
    "table", ["box", "tray", "shelf", "spool", "seen", "spent", "invite", "invite_use", "token_key", "count_job"]
)
async def test_the_portal_is_refused_with_its_own_password(table: str, database: Any) -> None:
    assert await refused(database.dsn("portal"), f"SELECT FROM ballot.{table}")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT pg_read_file('postgresql.conf')",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SET ROLE laborvoice_owner",
        "SELECT pg_relation_size('ballot.spool_0')",
        "SELECT pg_current_wal_lsn()",
        "SELECT pg_logical_emit_message(false, '', '')",
        "SELECT FROM pg_locks",
        "SELECT relfilenode FROM pg_class",
        "SELECT lo_create(0)",
        "CREATE TEMP TABLE mine (a int)",
    ],
)
async def test_no_role_steps_outside(role: str, statement: str, database: Any) -> None:
    assert await refused(database.dsn(role), statement)
