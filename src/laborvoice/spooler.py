"""A bounded queue with one flusher, and answers that leave on the tick (design, operations 5).

No timer: the next batch starts when the last has ended. A waiting answer holds a connection and nothing else.
"""

import asyncio
import math
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Generic, Self, TypeVar

from laborvoice import log
from laborvoice.clock import Clock
from laborvoice.errors import Busy, DatabaseUnavailable

SLACK = 0.002
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
    """Those who wait for their tick, in the order in which they came: one sleeper wakes all whose time has come.

    A timer for each of thousands of answers cost as much as reading a request.
    """

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._waiting: deque[tuple[float, asyncio.Future[None]]] = deque()
        self._sleeper: asyncio.Task[None] | None = None

    async def wait(self, since: float) -> None:
        """As ``tick``, and at most ``SLACK`` later."""
        due = since + self._seconds
        if self._seconds <= 0 or due <= self._clock.monotonic() or (self._waiting and due < self._waiting[-1][0]):
            await tick(self._clock, since, self._seconds)
            return
        seat: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((due, seat))
        if self._sleeper is None:
            self._sleeper = asyncio.create_task(self._wake(), name="ticks")
        await seat

    async def _wake(self) -> None:
        while self._waiting:
            await self._clock.sleep(max(0.0, self._waiting[0][0] - self._clock.monotonic()) + SLACK)
            now = self._clock.monotonic()
            while self._waiting and self._waiting[0][0] <= now:
                _, seat = self._waiting.popleft()
                if not seat.done():
                    seat.set_result(None)
        self._sleeper = None


async def outcome(work: Awaitable[R]) -> R | BaseException:
    """What came of it, failure included: a flusher that ended would leave everyone waiting."""
    (came,) = await asyncio.gather(work, return_exceptions=True)
    return came


class Spooler(Generic[T]):
    """Items wait for a seat in a batch; ``cast`` takes the batch as a whole."""

    def __init__(self, cast: Callable[[Sequence[T]], Awaitable[None]], *, room: int, batch: int) -> None:
        self._cast = cast
        self._room = room
        self._batch = batch
        self._queue: deque[tuple[T, asyncio.Future[None]]] = deque()
        self._some = asyncio.Event()
        self._ending = False

    @classmethod
    @asynccontextmanager
    async def open(
        cls, cast: Callable[[Sequence[T]], Awaitable[None]], *, room: int, batch: int
    ) -> AsyncGenerator[Self, None]:
        """Runs the flusher, which ends when all that was queued has been taken."""
        spooler = cls(cast, room=room, batch=batch)
        flusher = asyncio.create_task(spooler._flush(), name="flusher")
        try:
            yield spooler
        finally:
            spooler._ending = True
            spooler._some.set()
            await flusher

    async def put(self, item: T) -> None:
        """Returns when the item's batch has been taken. Raises Busy, DatabaseUnavailable."""
        if len(self._queue) >= self._room:
            raise Busy
        seat: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append((item, seat))
        self._some.set()
        await seat

    async def _flush(self) -> None:
        while self._queue or not self._ending:
            await self._some.wait()
            batch = [self._queue.popleft() for _ in range(min(self._batch, len(self._queue)))]
            if not self._queue and not self._ending:
                self._some.clear()
            came = await outcome(self._cast([item for item, _ in batch])) if batch else None
            if came is not None:
                _report(came)
            for _, seat in batch:
                _settle(seat, lost=came is not None)


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
