"""A box is not opened before its time: a clock that jumped, or is not PostgreSQL's, closes and destroys nothing."""

from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from laborvoice.bootstrap.vault import clocks, confirm
from laborvoice.clock import SystemClock
from laborvoice.errors import ClockRefused
from laborvoice.keyring.directory import DirectoryKeyring
from laborvoice.keyring.hour import Hour
from support.known import KnownNoise, TrueClock
from support.phone import CHANCE
from support.poll import World, playing

MASTER = bytes((7,)) * 32
LONG_AGO = "2020-Q1"


@pytest.fixture
def now() -> datetime:
    return SystemClock().now()


@pytest.fixture
async def true(database: Any, tmp_path: Path, now: datetime) -> AsyncGenerator[World]:
    """A world at the present moment, with a period whose close is long past: it closes as soon as it may."""
    async with playing(database.dsn, tmp_path, noise=KnownNoise(), clock=TrueClock(now), serves=False) as world:
        await world.execute(
            "INSERT INTO ballot.period_state (period, kind, state) VALUES ($1, 'quarter', 'open')", LONG_AGO
        )
        yield world


async def closes(world: World) -> bool:
    try:
        await world.vault.close()
    except ClockRefused:
        refused = True
    else:
        refused = False
    [state] = await world.values(str, "SELECT state FROM ballot.period_state WHERE period = $1", LONG_AGO)
    assert (state == "open") == refused
    return not refused


async def test_a_true_clock_closes(true: World) -> None:
    assert await closes(true)
    await true.vault.mix()
    assert Hour(true.settings.keyring, "last-mix").read() is not None


@pytest.mark.parametrize("minutes", [-6, 6])
async def test_a_clock_that_is_not_that_of_postgresql_is_refused(true: World, now: datetime, minutes: int) -> None:
    true.clock.tell((now + timedelta(minutes=minutes)).isoformat())
    assert not await closes(true)
    true.clock.tell(SystemClock().now().isoformat())
    assert await closes(true)


@pytest.mark.parametrize("hours", [-26, 26])
async def test_a_clock_that_jumped_is_refused_until_someone_confirms_it(true: World, now: datetime, hours: int) -> None:
    """As after an outage of a day, or a correction. A mix goes on meanwhile, and does not make it good."""
    Hour(true.settings.keyring, "last-mix").mark(now + timedelta(hours=hours))
    assert not await closes(true)
    await true.vault.mix()
    assert not await closes(true)
    shown = dict(await clocks(true.settings, true.clock))
    assert set(shown) == {"vault", "PostgreSQL", "last mix"}
    confirm(true.settings, true.clock)
    assert await closes(true)
    assert (await clocks(true.settings, true.clock))[2][1].endswith("(hour)")


async def test_no_key_is_destroyed_by_a_clock_that_is_not_believed(true: World, now: datetime) -> None:
    keyring = DirectoryKeyring(true.settings.keyring, MASTER, CHANCE)
    before = set(keyring.names("mix"))
    true.clock.tell((now + timedelta(days=60)).isoformat())
    for _ in range(2):
        await true.vault.mix()
    await true.vault.rotate()
    assert before <= set(keyring.names("mix"))
    assert keyring.destroyed() == frozenset()


async def test_before_the_first_mix_there_is_none_to_compare_with(true: World) -> None:
    assert (await clocks(true.settings, true.clock))[2] == ("last mix", "never")
    assert msgspec.structs.asdict(true.settings)["mix_seconds"] > 0
