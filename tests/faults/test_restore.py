"""An old database beside a keyring that has gone on: the same releases again, or none; never another."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from laborvoice.embedded import DATABASE, SUPERUSER, Embedded
from laborvoice.embedded.binaries import locate
from support.faulty_home import CLOCK, PAUSE, Stage, Trap, staged, until
from support.faulty_phones import Phones
from support.faulty_season import CARDS, Season, season, seeded
from support.faulty_setting import FIRST
from support.faulty_truth import SHOWN, Truth

BEFORE_THE_BURN = Trap(("pipeline/burn.py",), 0, "_burn")

STARTS = 200
QUIET_SECONDS = 8.0


@asynccontextmanager
async def server(home: Path) -> AsyncGenerator[Embedded]:
    """PostgreSQL alone."""
    embedded = Embedded(home, clock=CLOCK)
    await embedded.start()
    try:
        yield embedded
    finally:
        await embedded.stop()


def program(name: str, dsn: str, *words: str) -> None:
    subprocess.run([locate().program(name), "-d", dsn, *words], check=True, capture_output=True)  # noqa: S603 - a program of PostgreSQL


def copied(old: Path, new: Path) -> None:
    """Owners and all."""
    subprocess.run(["cp", "-a", str(old), str(new)], check=True)  # noqa: S603, S607 - wherever the system keeps it


async def restored(home: Path, dump: Path) -> None:
    async with server(home) as embedded:
        other = embedded.dsn(SUPERUSER, "postgres")
        program("psql", other, "-c", f"DROP DATABASE {DATABASE}")
        program("psql", other, "-c", f"CREATE DATABASE {DATABASE} OWNER laborvoice_owner")
        program("psql", embedded.superuser_dsn, "-q", "-v", "ON_ERROR_STOP=1", "-f", str(dump))


async def cast_all(running: Season) -> None:
    await running.phones.cast(await running.redeem(), running.draw)
    await running.truth.pending(FIRST.label)


async def counted(stage: Stage, truth: Truth) -> Mapping[str, bytes]:
    """Close the first quarter, up to the burn and no further: there the vault dies at each start. Its journal."""
    stage.trap(*[BEFORE_THE_BURN] * STARTS)
    stage.set(FIRST.close)
    await until(lambda: len(stage.fired) > 1, "the vault dies before the burn, twice")
    assert (await truth.states())[FIRST.label] == "counted"
    return journal(stage)


def journal(stage: Stage) -> dict[str, bytes]:
    lines = (stage.keyring / "journal").read_bytes().splitlines()
    return {str(json.loads(line)["supplier"]): line for line in lines}


async def releases(stage: Stage) -> list[tuple[Any, ...]]:
    return await stage.rows("SELECT row_to_json(r)::text FROM release.release r ORDER BY supplier_id, period")


async def until_burned(truth: Truth) -> None:
    for _ in range(int(120 / PAUSE)):
        if (await truth.states())[FIRST.label] == "burned":
            return
        await asyncio.sleep(PAUSE)
    raise AssertionError("not burned")


def again(stage: Stage, running: Season) -> Truth:
    """The phones' ledger, beside the deployment that was started anew."""
    return Truth(stage, Phones(stage, running.phones.sites, running.phones.ballots))


@pytest.mark.timeout(300)
async def test_what_was_counted_and_lost_is_published_again_from_the_journal(short_home: Path, tmp_path: Path) -> None:
    async with season(short_home, tmp_path, seeded(1)) as running:
        await cast_all(running)
    copied(short_home / "pg", tmp_path / "old")
    async with staged(short_home, tmp_path, running.stage.clock.now()) as stage:
        truth = again(stage, running)
        written = await counted(stage, truth)
        first = await releases(stage)
    shutil.rmtree(short_home / "pg")
    copied(tmp_path / "old", short_home / "pg")
    async with staged(short_home, tmp_path, stage.clock.now()) as stage:
        truth = again(stage, running)
        assert (await truth.states())[FIRST.label] in {"open", "closing", "counted", "burning", "burned"}
        await until_burned(truth)
        assert await releases(stage) == first
        assert journal(stage) == written
        await truth.closed(FIRST.label, FIRST.next().label)
        await truth.outbox(FIRST.label)


@pytest.mark.timeout(300)
async def test_a_count_that_is_run_again_changes_nothing(short_home: Path, tmp_path: Path) -> None:
    async with season(short_home, tmp_path, seeded(2)) as running:
        await cast_all(running)
        written = await counted(running.stage, running.truth)
        first = await releases(running.stage)
        again = "UPDATE ballot.period_state SET state = 'closing' WHERE period = $1 AND state = 'counted'"
        await running.stage.rows(again, FIRST.label)
        await running.stage.rows("UPDATE ballot.count_job SET done = false WHERE period = $1", FIRST.label)
        running.stage.trap()
        await until_burned(running.truth)
        assert await releases(running.stage) == first
        assert journal(running.stage) == written
        await running.truth.closed(FIRST.label, FIRST.next().label)
        await running.truth.outbox(FIRST.label)


@pytest.mark.timeout(300)
async def test_burned_ballots_do_not_come_back(short_home: Path, tmp_path: Path) -> None:
    """The dump still holds every ballot; there is no key for one of them, and nothing is released of them."""
    dump = tmp_path / "dump.sql"
    async with season(short_home, tmp_path, seeded(3)) as running:
        await cast_all(running)
        program("pg_dump", running.stage.admin_dsn, "-f", str(dump))
        await running.close([])
        written, first = journal(running.stage), await releases(running.stage)
        assert len(first) == len(CARDS)
    await restored(short_home, dump)
    async with staged(short_home, tmp_path, running.stage.clock.now()) as stage:
        await asyncio.sleep(QUIET_SECONDS)
        assert (await Truth(stage, running.phones).states())[FIRST.label] not in SHOWN
        assert not await releases(stage)
        assert journal(stage) == written
        assert not (stage.keyring / "box" / FIRST.label).exists()
