"""Clocks: the machine's, and the one that is told the time."""

import asyncio
import os
from datetime import UTC, datetime, timedelta

from laborvoice.clock import SystemClock, ToldClock, listening

MOMENT = datetime(2026, 4, 3, 12, tzinfo=UTC)


async def test_the_machines_clock_knows_its_zone() -> None:
    clock = SystemClock()
    first, since = clock.now(), clock.monotonic()
    await clock.sleep(0)
    assert clock.now() >= first
    assert clock.monotonic() >= since
    assert first.utcoffset() == timedelta(0)
    assert not clock.told


async def test_a_told_clock_goes_on_from_the_moment_it_was_told() -> None:
    clock = ToldClock(MOMENT)
    assert clock.told
    first = clock.now()
    assert timedelta(0) <= first - MOMENT < timedelta(minutes=1)
    await clock.sleep(0)
    assert clock.now() >= first
    clock.tell((MOMENT - timedelta(days=400)).isoformat())
    assert timedelta(0) <= clock.now() - (MOMENT - timedelta(days=400)) < timedelta(minutes=1)


async def test_a_clock_that_listens_hears_each_line() -> None:
    reads, writes = os.pipe()
    with os.fdopen(writes, "w", encoding="ascii", buffering=1) as pipe:
        pipe.write(f"{MOMENT.isoformat()}\n")
        clock = listening(reads)
        assert clock.now() - MOMENT < timedelta(minutes=1)
        pipe.write(f"{(MOMENT + timedelta(days=90)).isoformat()}\n")
        while clock.now() - MOMENT < timedelta(days=90):  # noqa: ASYNC110 - a thread hears it
            await asyncio.sleep(0.001)
