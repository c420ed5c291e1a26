"""Sheet: the rows of a file become suppliers, but for those that are there already and those somebody must look at."""

import asyncio
from collections.abc import Collection
from datetime import datetime

from laborvoice.chance import Chance
from laborvoice.domain.audit import Act, Actor
from laborvoice.domain.candidate import Sorted, sort
from laborvoice.domain.sheet import Sheet
from laborvoice.errors import NotFound
from laborvoice.pipeline.admit.entry import row_of
from laborvoice.store.access import audit
from laborvoice.store.database import Connection
from laborvoice.store.registry import admission
from laborvoice.store.registry import party as parties
from laborvoice.store.registry import sight as sights
from laborvoice.store.registry import supplier as suppliers
from laborvoice.store.registry.sight import Sight


async def sorted_in(db: Connection, sheet: Sheet, anyway: Collection[int]) -> Sorted:
    """What an import would do, without doing it. Comparing goes on beside what else is asked of this process."""
    known = await admission.known(db, [line.profile for line in sheet.lines])
    return await asyncio.to_thread(sort, sheet.lines, known, anyway)


async def import_in(
    db: Connection, now: datetime, chance: Chance, actor: Actor, wanted: tuple[Sheet, Collection[int]]
) -> Sorted:
    """``wanted``: the file, and what of its rows is made all the same. Raises NotFound where they are not theirs."""
    await admission.hold(db)
    found = await sorted_in(db, *wanted)
    rows = [row_of(line.profile, chance, now.date()) for line in found.new]
    await suppliers.put_many(db, rows)
    party = await parties.by_id(db, actor.party)
    seen = await sights.find(
        db, Sight(kind=party.kind, party=party.id, today=now.date()), tuple(row.public_id for row in rows)
    )
    if len(seen) != len(rows):
        raise NotFound
    facts = {"created": len(rows), "matched": found.matched, "review": len(found.review)}
    await audit.record(db, now, Act(action="suppliers.imported", actor=actor, facts=facts))
    return found
