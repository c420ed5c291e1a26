"""The cores: results in order, few under way, and a worker that dies holds up nothing but what it had in hand."""

import asyncio
import operator
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from threading import Event

import pytest

from laborvoice import workers
from laborvoice.workers import AHEAD, Workers, batched, processes


async def items(count: int) -> AsyncGenerator[int]:
    for number in range(count):
        yield number


@pytest.fixture
def threads() -> Iterator[Workers]:
    with ThreadPoolExecutor(2) as executor:
        yield Workers(executor, 2)


async def test_batches_hold_at_most_so_many() -> None:
    assert [batch async for batch in batched(items(7), 3)] == [[0, 1, 2], [3, 4, 5], [6]]
    assert [batch async for batch in batched(items(6), 3)] == [[0, 1, 2], [3, 4, 5]]
    assert [batch async for batch in batched(items(0), 3)] == []


async def test_results_come_in_order_and_few_are_under_way(threads: Workers) -> None:
    asked = 0

    async def counted() -> AsyncGenerator[int]:
        nonlocal asked
        async for number in items(20):
            asked += 1
            yield number

    found: list[int] = []
    async for result in threads.stream(operator.neg, counted()):
        found.append(result)
        assert asked - len(found) <= AHEAD * threads.count
    assert found == [-number for number in range(20)]


def refuse(number: int) -> int:
    if number == 3:
        raise ValueError("three")
    return number


async def test_where_one_fails_the_others_are_given_up(threads: Workers) -> None:
    stream = threads.stream(refuse, items(9))
    assert [await anext(stream) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="three"):
        await anext(stream)
    assert await threads.run(operator.neg, 1) == -1


async def test_a_stream_that_nobody_reads_on_leaves_nothing_behind(threads: Workers) -> None:
    hold = Event()
    stream = threads.stream(lambda number: number if number == 0 else hold.wait(10), items(5))
    assert await anext(stream) == 0
    hold.set()
    await stream.aclose()
    assert await threads.run(operator.neg, 1) == -1


async def test_without_a_start_there_is_only_the_one(threads: Workers) -> None:
    threads.renew()
    assert await threads.run(operator.neg, 2) == -2


async def a_kill() -> AsyncGenerator[int]:
    """One: with more, the second could meet the workers that take the place of the first's."""
    yield signal.SIGKILL


async def test_a_dead_worker_is_replaced_and_the_living_may_be() -> None:
    with processes(2) as cores:
        assert await cores.run(operator.neg, 1) == -1
        dead = (cores.run(signal.raise_signal, signal.SIGKILL) for _ in range(3))
        results = await asyncio.gather(*dead, return_exceptions=True)
        assert all(isinstance(one, BrokenExecutor) for one in results)
        first = await cores.run(os.getpid)
        assert first != os.getpid()
        cores.renew()
        assert await cores.run(os.getpid) != first
        with pytest.raises(BrokenExecutor):
            await anext(cores.stream(signal.raise_signal, a_kill()))
        assert [one async for one in cores.stream(operator.neg, items(3))] == [0, -1, -2]


async def test_a_worker_that_dies_while_idle_is_replaced_too() -> None:
    with processes(1) as cores:
        worker = await cores.run(os.getpid)
        os.kill(worker, signal.SIGKILL)
        # Long enough for the pool to notice, so that it refuses what is handed to it.
        await asyncio.sleep(0.5)
        with pytest.raises(BrokenExecutor):
            await cores.run(operator.neg, 1)
        assert await cores.run(operator.neg, 1) == -1
        assert await cores.run(os.getpid) != worker


def test_a_worker_whose_parent_is_gone_does_not_begin() -> None:
    """In a process of its own: what it sets there stays."""
    code = "import os; from laborvoice import workers; workers._begin({}); print('begun')"
    for parent, begun in (("os.getppid()", b"begun\n"), ("1 + os.getppid()", b"")):
        made = subprocess.run([sys.executable, "-c", code.format(parent)], capture_output=True, check=True)  # noqa: S603 - our own words
        assert made.stdout == begun
    assert workers.AHEAD == 2
