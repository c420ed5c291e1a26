"""The private PostgreSQL through crashes: orphans, our own death, restarts (design, operations 1)."""

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from laborvoice.embedded import binaries, cluster, config, home, sitters

# stale pid


async def test_a_stale_pid_of_a_stranger_is_removed_and_never_signalled(launch: Any, short_home: Path) -> None:
    async with launch.running(short_home) as server:
        data = server.data
    stranger = launch.sleeper()
    (data / "postmaster.pid").write_text(f"{stranger.pid}\n{data}\n")
    async with launch.running(short_home):
        assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


async def test_a_real_orphan_is_stopped_and_restarted(launch: Any, short_home: Path) -> None:
    async with launch.running(short_home) as server:
        data = server.data
    # As after a crash of ours where there is no death signal: the lock is free, and a server runs on.
    account = home.choose_account(None, short_home / "pg")
    settings = config.arguments(short_home / "pg" / "run", 5432, {}, tcp=False)
    programs = binaries.copied(binaries.locate(), short_home) if os.geteuid() == 0 else binaries.locate()
    orphan = cluster.spawn(
        (programs.program("postgres"), "-D", str(data), *settings), account, short_home / "log", short_home / "pg"
    )
    await launch.until(lambda: sitters.is_ready(data, orphan.pid))
    reaping = asyncio.create_task(asyncio.to_thread(orphan.wait))
    async with launch.running(short_home) as again:
        assert again.pid != orphan.pid
    assert await reaping == 0


async def test_a_stranger_in_the_data_directory_is_left_alone(launch: Any, short_home: Path) -> None:
    async with launch.running(short_home) as server:
        data = server.data
    stranger = launch.sleeper(data)
    async with launch.running(short_home):
        pass
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere PostgreSQL itself refuses while a backend is left")
async def test_backends_that_outlive_their_postmaster_are_ended_first(launch: Any, short_home: Path) -> None:
    async with launch.running(short_home, hasty=True) as server:
        watching = asyncio.create_task(server.watch())
        first = server.pid or 0
        left = next(iter(sitters.sitting_in(server.data) - {first}))
        cluster.send(left, signal.SIGSTOP)
        cluster.send(first, signal.SIGKILL)
        await launch.until(lambda: server.pid != first and sitters.is_ready(server.data, server.pid or 0))
        assert not launch.alive(left)
        watching.cancel()


async def test_without_proc_the_command_is_asked(
    launch: Any, short_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with launch.running(short_home) as server:
        listing = short_home / "ps"
        command = f"{short_home}/bin/postgres -D {server.data}"
        listing.write_text(
            f"#!/bin/sh\necho '    1 /sbin/init'\necho '   42 {command} -c fsync=on'\necho ' 43 {command}2 x'\n"
        )
        listing.chmod(0o755)
        with monkeypatch.context() as patched:
            patched.setenv("PATH", str(short_home))
            patched.setattr(sitters, "PROCESSES", short_home / "none")
            assert sitters.sitting_in(server.data) == {42}


# dies with us


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal is Linux's; elsewhere the next start stops it")
async def test_it_dies_with_us(launch: Any, short_home: Path) -> None:
    child = launch.child(short_home)
    postmaster = int(launch.line_of(child).split()[1])
    child.kill()
    child.communicate()
    await launch.until(lambda: not launch.alive(postmaster))
    async with launch.running(short_home):
        pass


def test_a_child_whose_parent_is_gone_runs_nothing(tmp_path: Path) -> None:
    shim = [sys.executable, "-I", "-S", str(cluster.CHILD), str(os.getuid()), str(os.getgid())]
    command = [*shim, "1", "/bin/touch", str(tmp_path / "made")]
    ended = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our shim
    assert ended.returncode == 1
    assert not (tmp_path / "made").exists()


# restart


async def test_a_restart_that_fails_is_tried_again(launch: Any, short_home: Path) -> None:
    async with launch.running(short_home, hasty=True) as server:
        watching = asyncio.create_task(server.watch())
        control, first = server.data / "global" / "pg_control", server.pid or 0
        control.rename(short_home / "pg_control")
        cluster.send(first, signal.SIGKILL)
        await launch.until(lambda: "could not find the database system" in server.log_file.read_text())
        (short_home / "pg_control").rename(control)
        await launch.until(lambda: sitters.is_ready(server.data, server.pid or 0))
        watching.cancel()


async def test_watching_ends_with_the_server(launch: Any, short_home: Path) -> None:
    async with launch.running(short_home) as server:
        watching = asyncio.create_task(server.watch())
        await asyncio.sleep(0)
    await watching


async def write_until_lost(dsn: str, writer: int, acknowledged: set[tuple[int, int]]) -> None:
    connection = await asyncpg.connect(dsn)
    # Whatever the library makes of a connection that dies in mid-answer.
    with suppress(Exception):
        for number in range(1_000_000):
            await connection.execute("INSERT INTO written VALUES ($1, $2)", writer, number)
            acknowledged.add((writer, number))
    connection.terminate()


async def test_after_kill_9_under_writers_it_restarts_and_nothing_acknowledged_is_lost(
    launch: Any, short_home: Path
) -> None:
    acknowledged: set[tuple[int, int]] = set()
    async with launch.running(short_home) as server:
        watching = asyncio.create_task(server.watch())
        async with launch.connected(server) as connection:
            await connection.execute("CREATE TABLE written (writer int, number int)")
        writers = [asyncio.create_task(write_until_lost(server.superuser_dsn, n, acknowledged)) for n in range(8)]
        await launch.until(lambda: len(acknowledged) > 500)
        first = server.pid
        for pid in sitters.sitting_in(server.data):
            cluster.send(pid, signal.SIGKILL)
        await asyncio.gather(*writers)
        assert first is not None
        await launch.until(lambda: server.pid not in {None, first} and sitters.is_ready(server.data, server.pid or 0))
        async with launch.connected(server) as connection:
            kept = {tuple(row) for row in await connection.fetch("SELECT writer, number FROM written")}
        watching.cancel()
    assert acknowledged <= kept
