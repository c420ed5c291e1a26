"""The only clock."""

import asyncio
import os
import threading
import time as _time  # noqa: TID251 - the one room that may ask for the time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What tells the time. Everything else takes a time as an argument.

    ``told``: the moment is set from outside, as in the demo; no other clock is then compared with it.
    """

    @property
    def told(self) -> bool: ...

    def now(self) -> datetime:
        """The present moment, UTC, aware."""
        ...

    def monotonic(self) -> float:
        """Seconds that only grow; for measuring spans, never for telling the time."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's clock."""

    told = False

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - the one room that may ask for the time

    def monotonic(self) -> float:
        return _time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class ToldClock:
    """The demo's: it is told the moment down a pipe, a line each; from there on time flows at its usual pace."""

    told = True

    def __init__(self, moment: datetime) -> None:
        # One value, since it is told by another thread than asks it.
        self._told = (moment, self.monotonic())

    def now(self) -> datetime:
        moment, at = self._told
        return moment + timedelta(seconds=self.monotonic() - at)

    def monotonic(self) -> float:
        return _time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def tell(self, line: str) -> None:
        """``line``: an ISO moment with its zone."""
        self._told = (datetime.fromisoformat(line), self.monotonic())


def listening(descriptor: int) -> ToldClock:
    """A clock that is told through this pipe. Waits for the first line; a thread of its own reads the others."""
    pipe = os.fdopen(descriptor, "r", encoding="ascii")
    clock = ToldClock(datetime.fromisoformat(pipe.readline().strip()))

    def listen() -> None:
        with pipe:
            for line in pipe:
                clock.tell(line.strip())

    threading.Thread(target=listen, name="told clock", daemon=True).start()
    return clock
