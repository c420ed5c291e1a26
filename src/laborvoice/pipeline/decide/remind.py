"""Remind: at the time it was set for, brands are told what has changed, and parties what is due."""

from datetime import datetime
from typing import Final

from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.domain.case import Clock as Running
from laborvoice.domain.dossier import BRAND_STEPS, Case, rung
from laborvoice.domain.facts import CaseDue
from laborvoice.domain.ids import CaseId, PartyId
from laborvoice.pipeline.decide.keep import told, updated
from laborvoice.store.database import Connection, Database
from laborvoice.store.desk import case as cases
from laborvoice.store.desk import case_party, case_shown
from laborvoice.store.outbox import event

BATCH: Final = 100


async def remind(database: Database, clock: Clock, chance: Chance) -> bool:
    """Whether more may wait."""
    now = clock.now()

    async def step(db: Connection) -> bool:
        copies = await case_shown.untold(db, now, BATCH)
        for copy in copies:
            await event.put(db, [updated(chance, copy.at, copy.case_id, copy.party_id, copy.shown)])
            await case_shown.tell(db, copy)
        waking = await cases.waking(db, now, BATCH)
        for case in waking:
            await _ring(db, chance, now, case)
        return BATCH in {len(copies), len(waking)}

    return await database.run("remind", step)


async def _ring(db: Connection, chance: Chance, now: datetime, named: CaseId) -> None:
    case, due = rung(await cases.hold(db, named), now)
    await cases.change(db, case)
    for party in await case_party.of(db, named):
        for one, overdue in due:
            if party.kind == "watchdog" or await _seen(db, now, case, party.party_id, one):
                facts = CaseDue(case=named, step=one.step, overdue=overdue)
                await event.put(db, [told(chance, "case.sla_due", party.party_id, named, facts, (now, None))])


async def _seen(db: Connection, now: datetime, case: Case, brand: PartyId, clock: Running) -> bool:
    """A brand hears of its own steps, as it was shown them."""
    copy = await case_shown.last(db, case.id, brand, now) if clock.step in BRAND_STEPS else None
    return copy is not None and any(one.step == clock.step and one.due == clock.due for one in copy.shown.clocks)
