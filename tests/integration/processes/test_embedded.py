"""The private PostgreSQL, as it runs: private, durable, quiet, patient (design, operations 1)."""

import os
import pwd
import signal
import stat
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from laborvoice.clock import SystemClock
from laborvoice.embedded import LOGIN_ROLES, Embedded, cluster, config, sitters
from laborvoice.errors import DatabaseUnavailable

PORT = 54329


# private


async def test_directories_are_private_and_only_the_socket_listens(launch: Any, short_home: Path) -> None:
    async with launch.running(short_home) as server:
        folders = (short_home / "pg", short_home / "pg" / "run", server.data, short_home / "secrets")
        files = (short_home / "lock", short_home / "postgres.log", *(short_home / "secrets").iterdir())
        assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        async with launch.connected(server) as connection:
            assert await connection.fetchval("SHOW listen_addresses") == ""


async def test_with_a_port_it_listens_on_loopback_alone(launch: Any, short_home: Path) -> None:
    async with launch.running(short_home, port=PORT) as server, launch.connected(server) as connection:
        assert await connection.fetchval("SHOW listen_addresses") == "127.0.0.1"
        assert await connection.fetchval("SHOW port") == str(PORT)


# passwords


async def test_each_role_has_a_password_of_its_own(launch: Any, short_home: Path) -> None:
    async with launch.running(short_home) as server:
        async with launch.connected(server) as connection:
            for role in LOGIN_ROLES[1:]:
                await connection.execute(f"CREATE ROLE {role} NOLOGIN")
            await server.grant_logins()
            stored = await connection.fetch("SELECT rolpassword FROM pg_authid WHERE rolcanlogin")
            assert all(row[0].startswith("SCRAM-SHA-256$") for row in stored)
        for role in LOGIN_ROLES:
            own = await asyncpg.connect(server.dsn(role))
            assert await own.fetchval("SELECT current_user") == role
            await own.close()
        words = {(short_home / "secrets" / role).read_text() for role in (*LOGIN_ROLES, "postgres")}
        assert len(words) == len(LOGIN_ROLES) + 1
        intake, vault = server.dsn("laborvoice_intake"), (short_home / "secrets" / "laborvoice_vault").read_text()
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(intake, password=vault)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(server.dsn("laborvoice_intake", "postgres"))


async def test_no_secret_is_in_an_argument_or_in_the_environment_of_the_server(
    launch: Any, short_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABORVOICE_TEST_CANARY", "canary-of-a-secret")
    async with launch.running(short_home) as server:
        assert (short_home / "secrets" / "postgres").read_bytes() not in launch.commands()
        assert "LABORVOICE" not in cluster.ENVIRONMENT
        environment = Path("/proc") / str(server.pid) / "environ"
        assert not environment.exists() or b"canary" not in environment.read_bytes()


def test_an_unknown_role_has_no_dsn(short_home: Path) -> None:
    with pytest.raises(ValueError, match="no such role"):
        Embedded(short_home, clock=SystemClock()).dsn("somebody")


# layout


async def test_the_cluster_is_laid_out_for_any_language_and_little_wal(launch: Any, short_home: Path) -> None:
    async with launch.running(short_home) as server, launch.connected(server) as connection:
        assert await connection.fetchval("SHOW server_encoding") == "UTF8"
        assert await connection.fetchval("SHOW data_checksums") == "on"
        assert await connection.fetchval("SHOW wal_segment_size") == "1MB"
        row = await connection.fetchrow(
            "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'laborvoice'"
        )
        assert tuple(row or ()) == (b"b", "C.UTF-8")


async def test_what_a_killed_initdb_left_is_discarded(launch: Any, short_home: Path) -> None:
    child = launch.child(short_home)
    pg = short_home / "pg"
    await launch.until((pg / "new" / "PG_VERSION").exists)
    child.kill()
    child.communicate()
    assert not list(pg.glob("data*"))
    (pg / "pwfile").touch()
    async with launch.running(short_home):
        assert not (pg / "new").exists()
        assert not (pg / "pwfile").exists()


async def test_an_initdb_that_fails_says_why(short_home: Path) -> None:
    (short_home / "secrets").mkdir()
    (short_home / "secrets" / "postgres").touch()
    with pytest.raises(DatabaseUnavailable, match="initdb failed"):
        await Embedded(short_home, clock=SystemClock()).start()
    assert not (short_home / "pg" / "pwfile").exists()


# durable and private settings


async def test_every_setting_is_in_force_and_cannot_be_undone(launch: Any, short_home: Path) -> None:
    asked = {"fsync": "off", "log_statement": "all", "max_connections": "33"}
    async with launch.running(short_home, extra=asked) as server, launch.connected(server) as connection:
        for name, value in {**config.DURABLE, **config.PRIVACY, **config.QUIET, "max_connections": "33"}.items():
            shown = await connection.fetchval("SELECT current_setting($1)", name)
            assert shown == value, name


async def test_what_is_logged_quotes_no_value(launch: Any, short_home: Path) -> None:
    async with launch.running(short_home) as server:
        async with launch.connected(server) as connection:
            for sql in ("SELECT 'canary'::integer", "SELECT canary", "DO $$ BEGIN RAISE 'canary'; END $$"):
                with pytest.raises(asyncpg.PostgresError):
                    await connection.execute(sql)
        assert "canary" not in (short_home / "postgres.log").read_text()


# patience


async def test_a_start_that_takes_too_long_leaves_nothing_behind(launch: Any, short_home: Path) -> None:
    async with launch.running(short_home) as server:
        data = server.data
    with pytest.raises(DatabaseUnavailable, match="did not start"):
        await Embedded(short_home, clock=SystemClock(), start_timeout=0.0).start()
    assert not sitters.sitting_in(data)
    async with launch.running(short_home):
        pass


async def test_a_server_that_refuses_says_why(short_home: Path) -> None:
    server = Embedded(short_home, clock=SystemClock(), extra_settings={"no_such_setting": "1"})
    with pytest.raises(DatabaseUnavailable, match="unrecognized configuration parameter"):
        await server.start()


# stop


async def test_a_stop_leaves_no_pid_file_and_no_process(launch: Any, short_home: Path) -> None:
    async with launch.running(short_home) as server:
        data = server.data
    assert not (data / "postmaster.pid").exists()
    assert not sitters.sitting_in(data)
    assert server.pid is None


async def test_a_server_that_hears_nothing_is_killed(launch: Any, short_home: Path) -> None:
    async with launch.running(short_home, hasty=True) as server:
        data, pid = server.data, server.pid or 0
        os.kill(pid, signal.SIGSTOP)
    assert not launch.alive(pid)
    assert not (data / "postmaster.pid").exists()
    async with launch.running(short_home):
        # It also sweeps up the shared memory of the killed one.
        pass


# major change


async def test_data_of_another_major_version_are_refused_with_the_commands(short_home: Path) -> None:
    (short_home / "pg" / "data17").mkdir(parents=True)
    if os.geteuid() == 0:
        os.chown(short_home / "pg", pwd.getpwnam("nobody").pw_uid, pwd.getpwnam("nobody").pw_gid)
    with pytest.raises(DatabaseUnavailable, match=r"PostgreSQL 17, and this is 18[\s\S]*pg_dumpall[\s\S]*psql"):
        await Embedded(short_home, clock=SystemClock()).start()
