"""The manifests as an operator looks after them: which counts, until when, what it names, and what waits for the next.

Read from what phones are served; how old a private key is only the vault can tell.
"""

from datetime import date
from typing import Final

import msgspec

from laborvoice.domain import Value
from laborvoice.domain.manifest import BoxKeys, Manifest, MixKeys
from laborvoice.store.ballot import manifest
from laborvoice.store.ballot.manifest import Stored
from laborvoice.store.database import Connection, Database
from laborvoice.store.registry import party as parties
from laborvoice.store.registry import watchdog_key

EARLIER: Final = 12


class Window(Value, frozen=True):
    """The days of a manifest, both its own."""

    seq: int
    not_before: date
    not_after: date


class Waits(Value, frozen=True):
    """A watchdog whose keys no manifest names yet."""

    name: str
    until: date


class Keys(Value, frozen=True):
    """``current`` is None before the first; ``days_left`` is negative past its end; ``earlier`` newest first."""

    current: Window | None
    days_left: int
    ahead: tuple[Window, ...]
    earlier: tuple[Window, ...]
    mix: tuple[MixKeys, ...]
    box: tuple[BoxKeys, ...]
    waiting: tuple[Waits, ...]


async def shown(database: Database, today: date) -> Keys:
    async def step(db: Connection) -> Keys:
        stored = await manifest.after(db, 0)
        begun = [row for row in stored if row.not_before <= today]
        current = begun[-1] if begun else None
        named = None if current is None else msgspec.json.decode(current.payload, type=Manifest)
        return Keys(
            current=None if current is None else _window(current),
            days_left=0 if current is None else (current.not_after - today).days,
            ahead=tuple(_window(row) for row in stored if row.not_before > today),
            earlier=tuple(_window(row) for row in reversed(begun[-EARLIER - 1 : -1])),
            mix=() if named is None else named.mix,
            box=() if named is None else named.box,
            waiting=await _waiting(db, named, today),
        )

    return await database.run("signed keys", step)


async def _waiting(db: Connection, named: Manifest | None, today: date) -> tuple[Waits, ...]:
    known: set[str] = set() if named is None else {kid for one in named.watchdogs for kid in one.kids}
    rows = [row for row in await watchdog_key.valid(db, today) if not known.issuperset(one.kid for one in row.keys)]
    found = [Waits(name=(await parties.by_id(db, row.party)).name, until=row.until) for row in rows]
    return tuple(sorted(found, key=lambda one: one.name))


def _window(row: Stored) -> Window:
    return Window(seq=row.seq, not_before=row.not_before, not_after=row.not_after)
