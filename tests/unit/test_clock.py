"""Clocks: the machine's, and the one that is told the time."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from laborvoice.clock import HeardClock, SystemClock, ToldClock

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
    with os.fdopen(writes, "wb", buffering=0) as pipe:
        earlier, later = (f"{(MOMENT + timedelta(days=days)).isoformat()}\n".encode() for days in (0, 90))
        pipe.write(earlier[:7])
        with ThreadPoolExecutor(1) as threads:
            made = threads.submit(HeardClock, reads)
            pipe.write(earlier[7:] + later[:5])
            clock = made.result()
        assert clock.now() - MOMENT < timedelta(minutes=1)
        clock.listen()
        pipe.write(later[5:])
        while clock.now() - MOMENT < timedelta(days=90):  # noqa: ASYNC110 - a callback of this loop hears it
            await asyncio.sleep(0.001)
    await asyncio.sleep(0.01)
    assert not asyncio.get_running_loop().remove_reader(reads)
    os.close(reads)


def test_a_clock_that_nobody_tells_is_an_error() -> None:
    reads, writes = os.pipe()
    os.close(writes)
    with pytest.raises(EOFError):
        HeardClock(reads)
    os.close(reads)
