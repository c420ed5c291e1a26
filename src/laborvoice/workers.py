"""The cores: pure functions run in other processes, so that opening ballots never holds up what waits for an answer."""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Generator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TypeVar, TypeVarTuple

T = TypeVar("T")
A = TypeVar("A")
Ts = TypeVarTuple("Ts")

AHEAD = 2
"""Batches handed out per worker before the first is awaited: it stays busy, and memory stays flat."""

YIELDING = 10
"""How far workers stand back (nice): opening and mixing may take a minute, whoever stands at a door of the same machine
may not wait.
"""

_PR_SET_PDEATHSIG = 1


class Workers:
    """As many processes as asked for, started at the first use.

    Where one of them dies, what was under way fails and all are replaced: the next call finds new ones.
    """

    def __init__(self, executor: Executor, count: int, start: Callable[[], Executor] | None = None) -> None:
        """``start`` makes the executor that takes the place of another; without it there is only the one."""
        self._executor = executor
        self._start = start
        self.count = count

    async def run(self, function: Callable[[*Ts], T], *args: *Ts) -> T:
        executor = self._executor
        # Shielded: CPython 3.11's pool loses all that waits where one of them is cancelled while a worker dies.
        try:
            work = asyncio.get_running_loop().run_in_executor(executor, function, *args)
            work.add_done_callback(_heard)
            return await asyncio.shield(work)
        except BrokenExecutor:
            self._replace(executor)
            raise

    async def stream(self, function: Callable[[A], T], batches: AsyncIterable[A]) -> AsyncGenerator[T]:
        """The results in order. Never more than a few batches are under way; where one fails, nobody waits for them."""
        waiting: list[asyncio.Task[T]] = []
        try:
            async for batch in batches:
                waiting.append(asyncio.create_task(self.run(function, batch)))
                if len(waiting) >= AHEAD * self.count:
                    yield await waiting.pop(0)
            while waiting:
                yield await waiting.pop(0)
        finally:
            for one in waiting:
                one.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    def renew(self) -> None:
        """Let new processes take over: with the old ones goes what they were given, keys too. Work in hand is done."""
        self._replace(self._executor)

    def close(self) -> None:
        self._executor.shutdown(cancel_futures=True)

    def _replace(self, executor: Executor) -> None:
        if self._start is not None and executor is self._executor:
            self._executor = self._start()
            executor.shutdown(wait=False)


def _heard(work: "asyncio.Future[T]") -> None:
    """What failed while nobody waited for it any more is no news."""
    if not work.cancelled():
        work.exception()


async def batched(items: AsyncIterable[T], size: int) -> AsyncGenerator[list[T]]:
    """Lists of at most ``size``."""
    batch: list[T] = []
    async for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _begin(parent: int) -> None:
    """A worker leaves Ctrl-C to its parent, and does not outlive it (where the system can promise that)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(YIELDING)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise SystemExit


@contextmanager
def processes(count: int) -> Generator[Workers]:
    """Worker processes for a block. They are not forked: a fork would copy the keys that the parent holds."""

    def start() -> Executor:
        return ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_begin, initargs=(os.getpid(),))

    workers = Workers(start(), count, start)
    try:
        yield workers
    finally:
        workers.close()


class Threads:
    """At most ``count`` calls at once, each in a thread: the rest wait in line, ``waiting`` of them."""

    def __init__(self, count: int) -> None:
        self._free = asyncio.Semaphore(count)
        self.waiting = 0

    async def run(self, function: Callable[[*Ts], T], *args: *Ts) -> T:
        self.waiting += 1
        try:
            async with self._free:
                return await asyncio.to_thread(function, *args)
        finally:
            self.waiting -= 1
