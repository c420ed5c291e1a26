"""The queue, its flusher and the tick, on a clock that stands still."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from laborvoice.errors import Busy, DatabaseUnavailable
from laborvoice.spooler import Answers, Spooler, Ticks, tick


class FakeClock:
    """Time passes only by sleeping, and each sleep is written down."""

    told = True

    def __init__(self, passed: float = 0.0) -> None:
        self.passed = passed
        self.slept: list[float] = []

    def now(self) -> Any:
        raise NotImplementedError

    def monotonic(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.passed += seconds
        await asyncio.sleep(0)


class Table:
    """What a flusher casts into; held back or broken at will."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.go = asyncio.Event()
        self.go.set()
        self.error: Exception | None = None

    async def cast(self, batch: Sequence[int]) -> None:
        await self.go.wait()
        if self.error is not None:
            raise self.error
        self.batches.append(list(batch))


@pytest.mark.parametrize(
    ("since", "now", "leaves"), [(0, 0, 0.25), (1, 1.01, 1.25), (0, 0.25, 0.25), (0, 0.26, 0.5), (10, 11.1, 11.25)]
)
async def test_an_answer_leaves_on_the_next_multiple(since: float, now: float, leaves: float) -> None:
    clock = FakeClock(now)
    await tick(clock, since, 0.25)
    assert clock.passed == pytest.approx(leaves)


async def test_without_a_tick_it_leaves_at_once() -> None:
    clock = FakeClock()
    await tick(clock, 0, 0)
    assert clock.slept == []


async def test_a_batch_starts_when_the_last_has_ended() -> None:
    table = Table()
    table.go.clear()
    async with Spooler[int].open(table.cast, room=10, batch=3) as spooler:
        puts = [asyncio.create_task(spooler.put(n)) for n in range(8)]
        await asyncio.sleep(0)
        assert not any(put.done() for put in puts)
        table.go.set()
        await asyncio.gather(*puts)
    assert table.batches == [[0, 1, 2], [3, 4, 5], [6, 7]]


async def test_a_full_queue_is_busy() -> None:
    table = Table()
    table.go.clear()
    async with Spooler[int].open(table.cast, room=2, batch=1) as spooler:
        puts = [asyncio.create_task(spooler.put(n)) for n in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await spooler.put(2)
        table.go.set()
        await asyncio.gather(*puts)
        await spooler.put(3)
    assert table.batches == [[0], [1], [3]]


async def test_its_end_waits_for_what_is_queued_and_what_is_in_hand() -> None:
    table = Table()
    table.go.clear()
    async with Spooler[int].open(table.cast, room=9, batch=2) as spooler:
        puts = [asyncio.create_task(spooler.put(n)) for n in range(5)]
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(table.go.set)
    assert table.batches == [[0, 1], [2, 3], [4]]
    await asyncio.gather(*puts)


@pytest.mark.parametrize("error", [DatabaseUnavailable(), RuntimeError("a surprise")])
async def test_a_lost_batch_is_told_to_each_and_the_next_goes_on(error: Exception) -> None:
    table = Table()
    async with Spooler[int].open(table.cast, room=9, batch=9) as spooler:
        table.error = error
        lost = await asyncio.gather(*(spooler.put(n) for n in range(3)), return_exceptions=True)
        assert [type(one) for one in lost] == [DatabaseUnavailable] * 3
        table.error = None
        await spooler.put(4)
    assert table.batches == [[4]]


async def test_a_seat_that_is_given_up_does_no_harm() -> None:
    table = Table()
    table.go.clear()
    async with Spooler[int].open(table.cast, room=9, batch=9) as spooler:
        gone, stays = asyncio.create_task(spooler.put(1)), asyncio.create_task(spooler.put(2))
        await asyncio.sleep(0)
        gone.cancel()
        table.go.set()
        await stays
    assert table.batches == [[1, 2]]


class Vault:
    """Answers what it is told to."""

    def __init__(self) -> None:
        self.ready: dict[str, str] = {}
        self.looks = 0
        self.error: Exception | None = None

    async def look(self, keys: Sequence[str]) -> Mapping[str, str]:
        self.looks += 1
        if self.error is not None:
            raise self.error
        return {key: self.ready[key] for key in keys if key in self.ready}


class SlowClock(FakeClock):
    """Its sleeps end when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.woken = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await self.woken.wait()


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_equal_requests_get_one_answer_when_the_bell_rings() -> None:
    vault = Vault()
    async with Answers(vault.look, SlowClock(), room=9, pause=0.25).open() as answers:
        waits = [asyncio.create_task(answers.wait(key, 10)) for key in "aab"]
        await settled()
        assert vault.looks == 1
        vault.ready = {"a": "yes"}
        await settled()
        assert vault.looks == 1
        answers.ring()
        await settled()
        assert [wait.done() for wait in waits] == [True, True, False]
        vault.ready["b"] = "no"
        answers.ring()
        assert await asyncio.gather(*waits) == ["yes", "yes", "no"]


@pytest.mark.parametrize("error", [DatabaseUnavailable(), RuntimeError("a surprise")])
async def test_a_look_that_fails_is_followed_by_another(error: Exception) -> None:
    vault = Vault()
    vault.error = error
    async with Answers(vault.look, SlowClock(), room=9, pause=0.25).open() as answers:
        wait = asyncio.create_task(answers.wait("a", 10))
        await settled()
        vault.error, vault.ready = None, {"a": "yes"}
        answers.ring()
        assert await wait == "yes"


async def test_who_waits_too_long_is_told_so_and_forgotten() -> None:
    vault, clock = Vault(), SlowClock()
    async with Answers(vault.look, clock, room=1, pause=0.25).open() as answers:
        waits = [asyncio.create_task(answers.wait("a", 10)) for _ in range(2)]
        await settled()
        assert isinstance((await asyncio.gather(answers.wait("b", 10), return_exceptions=True))[0], Busy)
        waits[1].cancel()
        await settled()
        assert 10 in clock.slept
        clock.woken.set()
        assert isinstance((await asyncio.gather(waits[0], return_exceptions=True))[0], Busy)
        assert isinstance((await asyncio.gather(answers.wait("b", 10), return_exceptions=True))[0], Busy)


async def test_answers_leave_in_the_order_of_their_ticks_and_none_before() -> None:
    clock, table = FakeClock(10.0), Table()
    left: list[tuple[int, float]] = []

    async def put(number: int, since: float) -> None:
        await spooler.put(number, since)
        left.append((number, clock.monotonic() - since))

    async with Spooler[int].open(table.cast, room=99, batch=99, ticks=Ticks(clock, 0.25)) as spooler:
        gone = asyncio.create_task(put(0, 10.0))
        # The fourth was late: it leaves on its second tick, before the first tick of the others.
        puts = [
            asyncio.create_task(put(number, since)) for number, since in ((1, 9.98), (2, 9.99), (3, 10.0), (4, 9.6))
        ]
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.gather(*puts)
    assert [number for number, _ in left] == [4, 1, 2, 3]
    assert [passed // 0.25 for _, passed in left] == [2, 1, 1, 1]
    assert all(passed % 0.25 <= 0.005 + 1e-9 for _, passed in left)


async def test_with_a_tick_of_none_answers_leave_at_once() -> None:
    clock, table = FakeClock(), Table()
    async with Spooler[int].open(table.cast, room=9, batch=9, ticks=Ticks(clock, 0)) as spooler:
        await spooler.put(1, 0.0)
    assert clock.slept == []
