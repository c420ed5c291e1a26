"""Releases of burned periods, put again from the journal: no ballot is read, no noise drawn (design, operations 7)."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Final

import msgspec

from laborvoice.chance import Chance
from laborvoice.domain import Value, ids
from laborvoice.domain.ids import SupplierId
from laborvoice.domain.period import Period
from laborvoice.pipeline.assess import Close, assess, prepare
from laborvoice.pipeline.count.publish import Entry
from laborvoice.store.database import Connection, Database
from laborvoice.store.registry import supplier
from laborvoice.store.release import ledger, release
from laborvoice.workers import Workers

Line = tuple[str, str, bytes]
"""Of the journal: period, supplier, what stands."""


class Replayed(Value, frozen=True):
    """How many releases were put, how many were there already, how many name a supplier that the backup lacks."""

    put: int = 0
    there: int = 0
    unknown: int = 0


_NOTHING: Final = Replayed()


async def replay(
    database: Database, workers: Workers, chance: Chance, lines: Iterable[Line], now: datetime
) -> Replayed:
    """Period by period, the oldest first: each is scored by what was usual before it."""
    told = _NOTHING
    for label, entries in groupby(sorted(lines), key=lambda line: line[0]):
        period, mine = Period.parse(label), tuple(entries)
        told = await database.run("replay", lambda db: _period(db, workers, chance, (period, mine, now), told))  # noqa: B023 - awaited before the next
    return told


async def _period(
    db: Connection, workers: Workers, chance: Chance, what: tuple[Period, tuple[Line, ...], datetime], told: Replayed
) -> Replayed:
    period, lines, now = what
    places = {place.public_id: place for place in await supplier.to_count(db)}
    close = Close(period=period, sums=await prepare(db, period), now=now)
    put = there = unknown = 0
    for _, name, raw in lines:
        place = places.get(SupplierId.parse(name))
        entry = msgspec.json.decode(raw, type=Entry, dec_hook=ids.decode)
        if place is None:
            unknown += 1
        elif not await ledger.claim(db, place.supplier_id, entry.ledger):
            there += 1
        else:
            await release.put(db, place.supplier_id, period.end, entry.published)
            await assess(db, workers, chance, close, place, entry.published)
            put += 1
    return Replayed(put=told.put + put, there=told.there + there, unknown=told.unknown + unknown)
