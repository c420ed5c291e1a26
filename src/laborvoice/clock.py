"""The only clock."""

import asyncio
import os
import time as _time  # noqa: TID251 - the one room that may ask for the time
from datetime import UTC, datetime, timedelta
from typing import Protocol

_PIPE_BYTES = 4096


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


class HeardClock(ToldClock):
    """Told through a pipe. Waits for the first line; a loop that calls ``listen`` reads the others as they come.

    No thread reads them: one that starts while others import would have them import under its feet.
    """

    def __init__(self, descriptor: int) -> None:
        """Raises EOFError where nobody tells."""
        self._pipe = descriptor
        self._rest = b""
        lines: list[bytes] = []
        while not lines:
            heard, lines = self._read()
            if not heard:
                raise EOFError
        super().__init__(datetime.fromisoformat(lines[-1].decode()))

    def listen(self) -> None:
        """In a running loop, for as long as it runs."""
        asyncio.get_running_loop().add_reader(self._pipe, self._hear)

    def _hear(self) -> None:
        heard, lines = self._read()
        for line in lines:
            self.tell(line.decode())
        if not heard:
            asyncio.get_running_loop().remove_reader(self._pipe)

    def _read(self) -> tuple[bytes, list[bytes]]:
        heard = os.read(self._pipe, _PIPE_BYTES)
        *lines, self._rest = (self._rest + heard).split(b"\n")
        return heard, lines
