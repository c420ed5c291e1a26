"""Side doors: what a role could learn or do beside its rights, from the server itself (guarantees 12, 17 and 25).

Sizes, counters, positions, locks, sessions, bells, files and shadows; each role tries with its own password.
"""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from support.breakin import cast, refused, seat, tried
from support.scene import Roles, Scene, connected

NEIGHBOURS = ("intake", "portal", "courier")
FILES = (
    "SELECT pg_read_file('PG_VERSION')",
    "SELECT pg_read_binary_file('PG_VERSION')",
    "SELECT pg_stat_file('PG_VERSION')",
    "SELECT pg_ls_dir('.')",
    "SELECT pg_ls_waldir()",
    "SELECT pg_ls_tmpdir()",
    "SELECT pg_ls_logdir()",
    "COPY (SELECT 1) TO '/tmp/laborvoice-attack'",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "SELECT lo_import('/etc/hostname')",
    "SELECT lo_export(1, '/tmp/laborvoice-attack')",
    "LOAD 'auto_explain'",
)
POWER = (
    "SET ROLE laborvoice_owner",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION laborvoice_vault",
    "CREATE ROLE intruder",
    "ALTER ROLE laborvoice_vault PASSWORD 'x'",
    "GRANT laborvoice_vault TO CURRENT_USER",
    "SET session_replication_role = replica",
    "SET log_statement = 'all'",
    "SET log_min_duration_statement = 0",
    "SET track_activities = off",
    "SET lo_compat_privileges = on",
    "SELECT pg_reload_conf()",
    "CREATE SCHEMA intruder",
    "CREATE TABLE public.intruder (a int)",
    "CREATE FUNCTION public.unnest(bytea[]) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION ballot.intruder() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "ALTER FUNCTION ballot.answered(bytea) SECURITY INVOKER",
    "ALTER TABLE ballot.spool SET (autovacuum_enabled = on)",
    "CREATE TRIGGER intruder AFTER INSERT ON ballot.spool EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE RULE intruder AS ON INSERT TO ballot.spool DO ALSO NOTIFY intruder",
    "CREATE PUBLICATION intruder FOR ALL TABLES",
    "CREATE EVENT TRIGGER intruder ON ddl_command_end EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "SELECT pg_create_logical_replication_slot('intruder', 'pgoutput')",
    "CREATE EXTENSION dblink",
    "CREATE EXTENSION postgres_fdw",
    "CREATE EXTENSION file_fdw",
    "CREATE EXTENSION pageinspect",
    "CREATE EXTENSION pg_walinspect",
    "CREATE LANGUAGE plpython3u",
    "SELECT pg_stat_reset()",
)
SESSIONS = (
    "SELECT query FROM pg_stat_activity",
    "SELECT pg_stat_get_activity(NULL)",
    "SELECT pg_stat_get_backend_activity(1)",
    "SELECT calls FROM pg_stat_user_functions",
    "SELECT n_tup_ins FROM pg_stat_all_tables",
    "SELECT xact_commit FROM pg_stat_database",
    "SELECT wal_bytes FROM pg_stat_wal",
    "SELECT * FROM pg_stat_io",
    "SELECT * FROM pg_stat_xact_all_tables",
    "SELECT pg_stat_get_numscans('ballot.spool_0'::regclass)",
    "SELECT * FROM pg_statistic",
    "SELECT * FROM pg_authid",
    "SELECT pg_database_size(current_database())",
    "SELECT pg_total_relation_size('ballot.box')",
    "SELECT pg_current_wal_insert_lsn()",
    "SELECT pg_get_backend_memory_contexts()",
    "SELECT * FROM pg_shmem_allocations",
    "SELECT pg_log_backend_memory_contexts(1)",
)


@pytest.mark.parametrize("role", NEIGHBOURS)
@pytest.mark.parametrize("statements", [FILES, POWER, SESSIONS], ids=["files", "power", "sessions"])
async def test_a_role_steps_nowhere(role: str, statements: tuple[str, ...], database: Roles) -> None:
    async with connected(database.dsn(role)) as raw:
        granted = [statement for statement in statements if not await refused(raw, statement)]
    assert granted == []


@pytest.mark.parametrize("role", NEIGHBOURS)
async def test_other_sessions_are_not_ended(role: str, database: Roles) -> None:
    opened = (connected(dsn) for dsn in (database.superuser, database.dsn(role), database.dsn("vault")))
    async with next(opened) as admin, next(opened) as raw, next(opened) as vault:
        pid = await vault.fetchval("SELECT pg_backend_pid()")
        assert await refused(raw, f"SELECT pg_terminate_backend({pid})")
        assert await refused(raw, f"SELECT pg_cancel_backend({pid})")
        assert await admin.fetchval("SELECT count(*) FROM pg_stat_activity WHERE pid = $1", pid) == 1


async def test_shadows_of_tables_and_functions_are_not_taken_for_them(scene: Scene) -> None:
    """The functions of the owner see their own tables, whatever the caller puts before them."""
    site = await scene.admit()
    await scene.learn()
    [body] = await scene.sealed(site.cards[:1])
    async with scene.connect("intake") as raw:
        for table in ("spool", "seen", "spent", "period_state", "spool_switch"):
            await tried(raw.execute(f"CREATE TEMP TABLE {table} (lane int, live int, period text, state text)"))
        await tried(
            raw.execute(
                "CREATE FUNCTION pg_temp.unnest(bytea[]) RETURNS SETOF bytea LANGUAGE sql AS 'SELECT NULL::bytea'"
            )
        )
        await tried(
            raw.execute("CREATE FUNCTION pg_temp.array_agg(text) RETURNS text[] LANGUAGE sql AS 'SELECT NULL::text[]'")
        )
        await raw.execute("SET search_path = pg_temp, ballot, public")
        await cast(raw, [seat(body)])
    assert await scene.values(bytes, "SELECT body FROM ballot.spool") == [body]
    await scene.vault.mix()
    assert (await scene.exact(site)).ballots == 1


async def test_no_bell_rings_for_what_is_cast_or_asked(scene: Scene) -> None:
    site = await scene.admit()
    await scene.learn()
    rung: list[str] = []

    def heard(_raw: object, _pid: int, channel: str, payload: object) -> None:
        rung.append(f"{channel} {payload}")

    async with scene.connect("courier") as raw:
        await raw.add_listener("laborvoice_beat", heard)
        await raw.add_listener("ballot", heard)
        quiet = await _rings(rung, scene.vault.issue)
        busy = await _rings(rung, lambda: scene.vote(site.cards[:6]))
        assert await _rings(rung, scene.vault.mix) == []
    assert quiet in ([], ["laborvoice_beat "])
    assert busy == quiet, "the same beat, with work and without"


async def _rings(rung: list[str], work: Callable[[], Awaitable[None]]) -> list[str]:
    rung.clear()
    await work()
    await asyncio.sleep(0.1)
    return list(rung)


@pytest.mark.parametrize("role", NEIGHBOURS)
async def test_upkeep_by_strangers_counts_nothing(role: str, database: Roles) -> None:
    """VACUUM and ANALYZE write row counts that everyone reads: who does not own a table cannot have them made."""
    async with connected(database.dsn(role)) as raw:
        for statement in (
            "ANALYZE",
            "VACUUM",
            "ANALYZE ballot.spool_0",
            "VACUUM ballot.spent",
            "VACUUM ANALYZE ballot.box",
        ):
            await tried(raw.execute(statement))
    counted = """SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'ballot'::regnamespace
        AND (c.reltuples > 0 OR c.oid IN (SELECT starelid FROM pg_statistic))"""
    async with connected(database.superuser) as admin:
        assert await admin.fetch(counted) == []
