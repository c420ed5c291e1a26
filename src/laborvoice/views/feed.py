"""The pull twin: what a party may hear of, in order, as the very bytes that are pushed."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.facts import EventType
from laborvoice.domain.ids import PartyId
from laborvoice.store.database import Connection, Database
from laborvoice.store.outbox import feed
from laborvoice.store.outbox.feed import Entry

RING: Final = feed.RING
LOOK_SECONDS: Final = 5.0
"""A ring can be lost with its connection: who waits looks so often by itself."""


class Bell:
    """One for a process: rings for all who wait at that time, and for good when the process is told to stop."""

    def __init__(self) -> None:
        self._next = asyncio.Event()
        self.over = False

    def ring(self) -> None:
        self._next.set()
        if not self.over:
            self._next = asyncio.Event()

    def close(self) -> None:
        """Nobody waits any more."""
        self.over = True
        self._next.set()

    @property
    def next(self) -> asyncio.Event:
        """Set when it rings. Take it before looking, or a ring in between is missed."""
        return self._next


class Asked(Value, frozen=True):
    """From behind ``position`` on; None: from the oldest. ``types`` empty: all."""

    party: PartyId
    position: int | None
    types: tuple[EventType, ...]
    limit: int


class Page(Value, frozen=True):
    """``position``: where to go on. ``more``: whether there is more already."""

    entries: tuple[Entry, ...]
    position: int
    more: bool


class Expired(Value, frozen=True):
    """What comes next is not kept any more; ``oldest`` is the position before what is."""

    oldest: int


async def newest(database: Database, party: PartyId) -> int:
    return (await database.run("feed", lambda db: feed.ends(db, party))).newest


async def read(database: Database, asked: Asked) -> Page | Expired:
    """What is there now."""

    async def step(db: Connection) -> Page | Expired:
        ends = await feed.ends(db, asked.party)
        before = ends.newest if ends.oldest is None else ends.oldest - 1
        position = before if asked.position is None else asked.position
        if position < before:
            return Expired(oldest=before)
        found = await feed.after(db, asked.party, position, asked.types, asked.limit + 1)
        return _page(found, asked.limit, max(position, ends.newest))

    return await database.run("feed", step)


def _page(found: Sequence[Entry], limit: int, newest: int) -> Page:
    """Where nothing is left the next one begins behind the newest: the other types before it are not read again."""
    shown, more = tuple(found[:limit]), len(found) > limit
    last = shown[-1].position if shown else 0
    return Page(entries=shown, position=last if more else max(last, newest), more=more)


async def wait(database: Database, bell: Bell, asked: Asked, seconds: float) -> Page | Expired:
    """What is there now, or within ``seconds``; then nothing. At once where the bell is closed."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while (left := end - loop.time()) > 0 and not bell.over:
        rung = bell.next
        page = await read(database, asked)
        if isinstance(page, Expired) or page.entries:
            return page
        with suppress(TimeoutError):
            async with asyncio.timeout(min(left, LOOK_SECONDS)):
                await rung.wait()
    return await read(database, asked)
