"""A bounded queue with one flusher, and answers that leave on the tick (design, operations 5).

No timer: the next batch starts when the last has ended. A waiting answer holds a connection and nothing else.
"""

import asyncio
import heapq
import itertools
import math
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Generic, Self, TypeVar

from laborvoice import log
from laborvoice.clock import Clock
from laborvoice.errors import Busy, DatabaseUnavailable

TOGETHER = 0.005
"""Seconds within which the answers that are due leave together."""

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
R = TypeVar("R")


async def tick(clock: Clock, since: float, seconds: float) -> None:
    """Sleep until the first multiple of ``seconds`` after ``since`` that is still to come; with 0, not at all."""
    if seconds > 0:
        passed = clock.monotonic() - since
        await clock.sleep(max(1, math.ceil(passed / seconds)) * seconds - passed)


class Ticks:
    """Lets answers go on their tick, all that are due together: a timer for each of thousands would cost too much."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._due: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()
        self._waker: asyncio.Task[None] | None = None

    def release(self, seat: "asyncio.Future[None]", since: float) -> None:
        """At the first multiple of the tick after ``since`` that is still to come, or ``TOGETHER`` seconds later."""
        if self._seconds <= 0:
            _settle(seat, lost=False)
            return
        passed = self._clock.monotonic() - since
        due = since + max(1, math.ceil(passed / self._seconds)) * self._seconds
        heapq.heappush(self._due, (due, next(self._numbers), seat))
        if self._waker is None:
            self._waker = asyncio.create_task(self._wake(), name="ticks")

    async def _wake(self) -> None:
        while self._due:
            await self._clock.sleep(TOGETHER)
            now = self._clock.monotonic()
            while self._due and self._due[0][0] <= now:
                _settle(heapq.heappop(self._due)[2], lost=False)
        self._waker = None


async def outcome(work: Awaitable[R]) -> R | BaseException:
    """What came of it, failure included: a flusher that ended would leave everyone waiting."""
    (came,) = await asyncio.gather(work, return_exceptions=True)
    return came


class Spooler(Generic[T]):
    """Items wait for a seat in a batch; ``cast`` takes the batch as a whole. ``ticks`` then let them go."""

    def __init__(
        self, cast: Callable[[Sequence[T]], Awaitable[None]], *, room: int, batch: int, ticks: Ticks | None = None
    ) -> None:
        self._cast = cast
        self._ticks = ticks
        self._room = room
        self._batch = batch
        self._queue: deque[tuple[T, float, asyncio.Future[None]]] = deque()
        self._some = asyncio.Event()
        self._ending = False

    @classmethod
    @asynccontextmanager
    async def open(
        cls, cast: Callable[[Sequence[T]], Awaitable[None]], *, room: int, batch: int, ticks: Ticks | None = None
    ) -> AsyncGenerator[Self, None]:
        """Runs the flusher, which ends when all that was queued has been taken."""
        spooler = cls(cast, room=room, batch=batch, ticks=ticks)
        flusher = asyncio.create_task(spooler._flush(), name="flusher")
        try:
            yield spooler
        finally:
            spooler._ending = True
            spooler._some.set()
            await flusher

    async def put(self, item: T, since: float = 0.0) -> None:
        """Returns when the item's batch has been taken, on its tick. Raises Busy, DatabaseUnavailable."""
        if len(self._queue) >= self._room:
            raise Busy
        seat: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append((item, since, seat))
        self._some.set()
        await seat

    async def _flush(self) -> None:
        while self._queue or not self._ending:
            await self._some.wait()
            batch = [self._queue.popleft() for _ in range(min(self._batch, len(self._queue)))]
            if not self._queue and not self._ending:
                self._some.clear()
            came = await outcome(self._cast([item for item, _, _ in batch])) if batch else None
            if came is not None:
                _report(came)
            for _, since, seat in batch:
                if self._ticks is None or came is not None:
                    _settle(seat, lost=came is not None)
                else:
                    self._ticks.release(seat, since)


def _settle(seat: "asyncio.Future[None]", *, lost: bool) -> None:
    if seat.done():
        return
    if lost:
        seat.set_exception(DatabaseUnavailable())
    else:
        seat.set_result(None)


class Answers(Generic[K, V]):
    """Waits for what another process answers: looks when its bell rings, and every ``pause`` seconds at the least."""

    def __init__(
        self, look: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]], clock: Clock, *, room: int, pause: float
    ) -> None:
        self._look = look
        self._clock = clock
        self._room = room
        self._pause = pause
        self._waiting: dict[K, list[asyncio.Future[V]]] = {}
        self._some = asyncio.Event()
        self._bell = asyncio.Event()

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[Self, None]:
        """Runs the looking."""
        watcher = asyncio.create_task(self._watch(), name="answers")
        try:
            yield self
        finally:
            watcher.cancel()
            await asyncio.gather(watcher, return_exceptions=True)

    def ring(self) -> None:
        self._bell.set()

    async def wait(self, key: K, patience: float) -> V:
        """Raises Busy when there is no answer after ``patience`` seconds, or too many wait."""
        if len(self._waiting) >= self._room:
            raise Busy
        hope: asyncio.Future[V] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append(hope)
        self._some.set()
        try:
            if not await first_of(hope, self._clock.sleep(patience)):
                raise Busy
            return hope.result()
        finally:
            self._forget(key, hope)

    def _forget(self, key: K, hope: "asyncio.Future[V]") -> None:
        others = [one for one in self._waiting.pop(key, []) if one is not hope]
        if others:
            self._waiting[key] = others

    async def _watch(self) -> None:
        while True:
            await self._some.wait()
            found = await outcome(self._look(list(self._waiting)))
            if isinstance(found, BaseException):
                _report(found)
            else:
                self._hand_out(found)
            if not self._waiting:
                self._some.clear()
            await first_of(asyncio.ensure_future(self._bell.wait()), self._clock.sleep(self._pause))
            self._bell.clear()

    def _hand_out(self, found: Mapping[K, V]) -> None:
        for key, value in found.items():
            for hope in self._waiting.pop(key, []):
                if not hope.done():
                    hope.set_result(value)


async def first_of(hope: "asyncio.Future[V]", limit: Awaitable[None]) -> bool:
    """Whether ``hope`` came before ``limit`` ended; what did not come is cancelled."""
    timer = asyncio.ensure_future(limit)
    try:
        await asyncio.wait((hope, timer), return_when=asyncio.FIRST_COMPLETED)
        return hope.done()
    finally:
        timer.cancel()
        if not hope.done():
            hope.cancel()


def _report(error: BaseException) -> None:
    """A database that is away is told by what watches it, not by each look."""
    if not isinstance(error, DatabaseUnavailable):
        log.write(log.Event.FAILED, error=error)
