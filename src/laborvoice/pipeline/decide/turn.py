"""Turn: an override of a supplier's band begins or ends for a party of the case, and that party alone is told."""

from datetime import datetime
from typing import Final

from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.domain.facts import OfBand
from laborvoice.domain.release import Release
from laborvoice.pipeline.decide.keep import told
from laborvoice.store.database import Connection, Database
from laborvoice.store.desk import case_raise
from laborvoice.store.desk.case_raise import Turned
from laborvoice.store.outbox import event
from laborvoice.store.registry.sight import Sight
from laborvoice.store.release import release

BATCH: Final = 100


async def turn(database: Database, clock: Clock, chance: Chance) -> bool:
    """Whether more may wait."""
    now = clock.now()

    async def step(db: Connection) -> bool:
        turned = await case_raise.turned(db, now, BATCH)
        for one in turned:
            await _tell(db, chance, now, one)
            await case_raise.tell(db, one)
        return len(turned) == BATCH

    return await database.run("turn", step)


async def _tell(db: Connection, chance: Chance, now: datetime, one: Turned) -> None:
    """Nothing is told of a supplier that has no score which the party sees."""
    sight = Sight(kind=one.kind, party=one.party_id, today=now.date())
    seen = (await release.newest(db, sight, [one.supplier_id], None)).get(one.supplier_id)
    if seen is None or not isinstance(seen.published, Release):
        return
    facts = OfBand(supplier=one.supplier, period=seen.published.period, release=seen.published.id, case=one.case_id)
    await event.put(db, [told(chance, "score.band_changed", one.party_id, one.case_id, facts, (now, None))])
