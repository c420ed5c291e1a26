"""Settings, roles, rights and side doors: each broken on a real PostgreSQL, and seen."""

from typing import Any

import msgspec
import pytest

from laborvoice.doctor import CHECKS, examine
from laborvoice.doctor.rights import judged as judged_roles
from laborvoice.doctor.server import JUDGED, judged
from laborvoice.errors import DatabaseUnavailable
from laborvoice.store import rights
from laborvoice.store.database import Connection, Database
from laborvoice.store.pg_catalog import pg_roles
from laborvoice.store.pg_catalog.pg_settings import Setting


@pytest.mark.parametrize(
    "name", ["schema", "server", "roles", "grants", "vacuum", "counters", "cleaning", "default partitions"]
)
async def test_what_we_set_up_is_green(name: str, consulted: Any) -> None:
    assert set(await consulted.says(CHECKS[name])) == {"green"}


async def test_a_database_that_logs_statements(consulted: Any) -> None:
    name = (await _names(consulted))[0]
    await consulted.sql(f"ALTER DATABASE \"{name}\" SET log_statement = 'all'")
    assert await consulted.red(CHECKS["server"]) == "log_statement is all, not none."


async def _names(consulted: Any) -> list[str]:
    async def step(db: Connection) -> list[str]:
        return await db.values(str, "SELECT current_database()::text")

    opened: Database = consulted.host.database
    return await opened.run("test", step)


@pytest.mark.parametrize(
    ("name", "value", "level"),
    [
        ("log_statement", "ddl", "red"),
        ("log_min_duration_statement", "0ms", "red"),
        ("log_min_error_statement", "error", "red"),
        ("log_parameter_max_length", "-1B", "red"),
        ("log_parameter_max_length_on_error", "-1B", "red"),
        ("log_connections", "all", "red"),
        ("track_commit_timestamp", "on", "red"),
        ("fsync", "off", "red"),
        ("full_page_writes", "off", "amber"),
        ("synchronous_commit", "off", "amber"),
        ("wal_level", "replica", "amber"),
        ("max_wal_senders", "10", "amber"),
        ("archive_mode", "on", "amber"),
        ("wal_recycle", "on", "amber"),
        ("min_wal_size", "80MB", "amber"),
        ("max_wal_size", "1024MB", "amber"),
        ("wal_segment_size", "16777216B", "amber"),
        ("shared_preload_libraries", "auto_explain", "red"),
        ("session_preload_libraries", "pg_stat_statements,other", "red"),
        ("shared_preload_libraries", "citus", "amber"),
    ],
)
def test_each_setting_is_judged(name: str, value: str, level: str) -> None:
    (one,) = judged((Setting(name=name, value=value),))
    assert (one.level, name in one.what) == (level, True)
    assert one.costs


def test_every_setting_of_ours_has_a_price() -> None:
    assert {"red", "amber"} == {level for level, _ in JUDGED.values()}
    assert all(costs for _, costs in JUDGED.values())


@pytest.mark.parametrize("role", ["intake", "portal", "courier"])
@pytest.mark.parametrize("table", sorted(rights.SEALED))
async def test_any_right_on_what_is_sealed_is_red(role: str, table: str, consulted: Any) -> None:
    await consulted.sql(f"GRANT SELECT ON {table} TO laborvoice_{role}")
    assert await consulted.red(CHECKS["grants"]) == f"{role} may SELECT on {table}."


@pytest.mark.parametrize(
    ("grant", "told"),
    [
        ("GRANT UPDATE (body) ON ballot.spool_0 TO laborvoice_portal", "portal may UPDATE on ballot.spool_0."),
        ("GRANT TRUNCATE ON ballot.box_default TO laborvoice_courier", "courier may TRUNCATE on ballot.box_default."),
        ("GRANT SELECT (tag) ON ballot.spent TO laborvoice_intake", "intake may SELECT on ballot.spent."),
    ],
)
async def test_so_is_one_on_a_column_or_a_partition(grant: str, told: str, consulted: Any) -> None:
    await consulted.sql(grant)
    assert await consulted.red(CHECKS["grants"]) == told


async def test_other_rights_too_many_or_too_few_are_amber(consulted: Any) -> None:
    await consulted.sql(
        "GRANT SELECT ON desk.message TO laborvoice_courier",
        "GRANT UPDATE (period) ON release.release TO laborvoice_portal",
        "REVOKE SELECT ON ballot.manifest FROM laborvoice_intake",
        "CREATE TABLE desk.stranger (a int)",
    )
    assert (await consulted.says(CHECKS["grants"]))["amber"] == [
        "intake lacks SELECT on ballot.manifest.",
        "courier may SELECT on desk.message.",
        "portal may UPDATE on release.release.",
        "Tables of nobody's in our schemas: desk.stranger.",
    ]


async def test_a_role_with_powers_or_one_that_is_gone(consulted: Any) -> None:
    """Rolled back: roles belong to the whole server, which other tests share."""

    class Stop(Exception):
        pass

    async def step(db: Any) -> None:
        await db.execute("ALTER ROLE laborvoice_intake CREATEDB")
        await db.execute("GRANT pg_read_all_data TO laborvoice_portal")
        await db.execute("ALTER ROLE laborvoice_courier RENAME TO laborvoice_gone")
        told = list(judged_roles(await pg_roles.ours(db)))
        assert [one.what for one in told] == [
            "There is no role laborvoice_courier.",
            "laborvoice_intake has CREATEDB.",
            "laborvoice_portal has pg_read_all_data.",
        ]
        assert {one.level for one in told} == {"red"}
        raise Stop

    with pytest.raises(Stop):
        await consulted.host.database.run("test", step)


async def test_autovacuum_on_in_ballot(consulted: Any) -> None:
    await consulted.sql("ALTER TABLE ballot.spent_default SET (autovacuum_enabled = on)")
    assert await consulted.red(CHECKS["vacuum"]) == "Autovacuum is on for spent_default."


async def test_counters_that_everyone_may_call(consulted: Any) -> None:
    await consulted.sql(
        "GRANT EXECUTE ON FUNCTION pg_stat_get_live_tuples(oid), pg_current_wal_lsn() TO PUBLIC",
    )
    told = await consulted.says(CHECKS["counters"])
    assert told == {
        "amber": ["2 functions that count for everyone: pg_current_wal_lsn(), pg_stat_get_live_tuples(oid)."]
    }


async def test_a_vault_that_may_not_clean_up(consulted: Any) -> None:
    await consulted.sql("REVOKE EXECUTE ON FUNCTION pg_switch_wal() FROM laborvoice_vault")
    assert await consulted.says(CHECKS["cleaning"]) == {"amber": ["The vault may not pg_switch_wal()."]}


async def test_a_schema_behind(consulted: Any) -> None:
    await consulted.sql("UPDATE public.alembic_version SET version_num = '0001'")
    assert "behind" in await consulted.red(CHECKS["schema"])


async def test_a_row_for_which_there_was_no_room(consulted: Any) -> None:
    await consulted.sql("INSERT INTO ballot.spent (period, tag) VALUES ('2031-Q1', decode(repeat('00', 16), 'hex'))")
    assert await consulted.red(CHECKS["default partitions"]) == "Rows lie in the default partition of spent."


async def test_noise_under_no_key_of_ours_is_no_fault(consulted: Any) -> None:
    await consulted.sql(
        "INSERT INTO ballot.seen VALUES (decode(repeat('00', 8), 'hex'), decode(repeat('00', 32), 'hex'))"
    )
    assert set(await consulted.says(CHECKS["default partitions"])) == {"amber"}


async def test_a_login_that_may_not_look_says_so_and_the_rest_goes_on(consulted: Any) -> None:
    async with Database.open(consulted.dsn("portal"), size=1) as narrow:
        host = msgspec.structs.replace(consulted.host, database=narrow)
        told = {name: {one.level for one in found} async for name, found in examine(host)}
    assert list(told) == list(CHECKS)
    assert told["default partitions"] == {"amber"}
    assert told["grants"] == {"green"}


async def test_a_database_that_is_away_is_red(consulted: Any) -> None:
    async def away(_: Any) -> Any:
        raise DatabaseUnavailable

    [(name, (one,))] = [pair async for pair in examine(consulted.host, {"it": away})]
    assert (name, one.level, one.what) == ("it", "red", "The database does not answer.")
