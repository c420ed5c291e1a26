"""The only ``while``: beats, every so often or when a bell rings, until told to stop."""

import asyncio
from collections.abc import Awaitable, Sequence

from laborvoice import log
from laborvoice.bootstrap import Beat
from laborvoice.clock import Clock

_PAUSE_AFTER_FAILURE = 1.0

PATIENCE = 20.0
"""Seconds a step in hand is given after ``stop``. Then it is cancelled: what it had not committed is rolled back."""


async def run(beats: Sequence[Beat], clock: Clock, stop: asyncio.Event, patience: float = PATIENCE) -> None:
    """Run all beats side by side until ``stop`` is set.

    The step in hand is finished, if it takes no longer than ``patience``; one that fails is logged and tried again.
    """
    async with asyncio.TaskGroup() as group:
        beating = [group.create_task(_beat(beat, clock, stop), name=beat.name) for beat in beats]
        await stop.wait()
        limit = asyncio.create_task(_once(clock.sleep(patience)))
        ended = asyncio.gather(*beating, return_exceptions=True)
        await asyncio.wait((limit, ended), return_when=asyncio.FIRST_COMPLETED)
        limit.cancel()
        for beat in beating:
            beat.cancel()
        await asyncio.gather(ended, limit, return_exceptions=True)


async def _beat(beat: Beat, clock: Clock, stop: asyncio.Event) -> None:
    while not stop.is_set():
        started = clock.monotonic()
        if beat.bell is not None:
            beat.bell.clear()
        pause = beat.every
        try:
            await beat.step()
        except Exception as error:  # noqa: BLE001 - a beat that failed is tried again; nothing else may end a process
            log.write(log.Event.FAILED, error=error)
            pause = max(beat.every, _PAUSE_AFTER_FAILURE)
        await _rest(beat, pause - (clock.monotonic() - started), clock, stop)


async def _rest(beat: Beat, seconds: float, clock: Clock, stop: asyncio.Event) -> None:
    waits = [asyncio.create_task(_once(clock.sleep(max(seconds, 0.0)))), asyncio.create_task(_once(stop.wait()))]
    if beat.bell is not None:
        waits.append(asyncio.create_task(_once(beat.bell.wait())))
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    await asyncio.gather(*waits, return_exceptions=True)


async def _once(waited: Awaitable[object]) -> None:
    await waited
