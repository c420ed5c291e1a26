"""The loop: beats that fail go on, bells ring, and a stop waits no longer than our patience."""

import asyncio
from datetime import UTC, datetime

import pytest

from laborvoice import loop
from laborvoice.bootstrap import Beat


class FakeClock:
    """Sleeps are remembered; each ends when the test says so, or at once."""

    told = False

    def __init__(self, *, hold: float | None = None) -> None:
        self.slept: list[float] = []
        self._hold = hold
        self.ticks = 0.0

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.ticks

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self._hold is not None and seconds >= self._hold:
            await asyncio.Event().wait()
        await asyncio.sleep(0)


async def test_a_beat_is_repeated_until_stop() -> None:
    stop, clock, done = asyncio.Event(), FakeClock(hold=loop.PATIENCE), 0

    async def step() -> None:
        nonlocal done
        done += 1
        clock.ticks += 2.0
        if done == 3:
            stop.set()

    await loop.run([Beat(name="b", every=5.0, step=step)], clock, stop)
    assert done == 3
    assert clock.slept[:2] == [3.0, 3.0]


async def test_a_step_longer_than_its_beat_starts_again_at_once() -> None:
    stop, clock, done = asyncio.Event(), FakeClock(hold=loop.PATIENCE), 0

    async def step() -> None:
        nonlocal done
        done += 1
        clock.ticks += 9.0
        if done == 2:
            stop.set()

    await loop.run([Beat(name="b", every=5.0, step=step)], clock, stop)
    assert clock.slept[0] == 0.0


async def test_a_failing_step_is_logged_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    stop, clock, done = asyncio.Event(), FakeClock(hold=loop.PATIENCE), 0

    async def step() -> None:
        nonlocal done
        done += 1
        if done < 3:
            raise ExceptionGroup("canary", [ValueError("canary")])
        stop.set()

    with caplog.at_level("ERROR"):
        await loop.run([Beat(name="b", every=0.1, step=step)], clock, stop)
    assert done == 3
    assert clock.slept[:2] == [1.0, 1.0]
    assert [record.message for record in caplog.records] == ["failed", "failed"]


async def test_a_bell_ends_the_pause() -> None:
    stop, bell, clock, done = asyncio.Event(), asyncio.Event(), FakeClock(hold=5.0), 0

    async def step() -> None:
        nonlocal done
        done += 1
        if done == 2:
            stop.set()

    running = asyncio.create_task(loop.run([Beat(name="b", every=5.0, step=step, bell=bell)], clock, stop))
    for _ in range(5):
        await asyncio.sleep(0)
    assert done == 1
    bell.set()
    await running
    assert done == 2


async def test_a_bell_that_rings_during_the_step_is_not_lost() -> None:
    stop, bell, clock, done = asyncio.Event(), asyncio.Event(), FakeClock(hold=5.0), 0

    async def step() -> None:
        nonlocal done
        done += 1
        bell.set()
        if done == 2:
            stop.set()

    await loop.run([Beat(name="b", every=5.0, step=step, bell=bell)], clock, stop)
    assert done == 2


async def test_the_step_in_hand_is_finished() -> None:
    stop, clock, ended = asyncio.Event(), FakeClock(hold=5.0), False

    async def step() -> None:
        nonlocal ended
        stop.set()
        for _ in range(10):
            await asyncio.sleep(0)
        ended = True

    await loop.run([Beat(name="b", every=5.0, step=step)], clock, stop)
    assert ended


async def test_what_takes_longer_than_our_patience_is_cancelled() -> None:
    stop, clock, cancelled = asyncio.Event(), FakeClock(), False

    async def step() -> None:
        nonlocal cancelled
        stop.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled = True
            raise

    await loop.run([Beat(name="b", every=5.0, step=step)], clock, stop)
    assert cancelled
    assert clock.slept == [loop.PATIENCE]


async def test_without_beats_it_waits_for_stop() -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(loop.run([], FakeClock(), stop))
    await asyncio.sleep(0)
    assert not running.done()
    stop.set()
    await running


async def test_only_what_is_no_exception_ends_the_loop() -> None:
    class Ended(BaseException):
        pass

    async def step() -> None:
        raise Ended

    async def other() -> None:
        await asyncio.Event().wait()

    beats = [Beat(name="a", every=1.0, step=step), Beat(name="b", every=1.0, step=other)]
    with pytest.raises(BaseExceptionGroup) as group:
        await loop.run(beats, FakeClock(hold=0.0), asyncio.Event())
    assert group.group_contains(Ended)
