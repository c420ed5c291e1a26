"""Remind: at the time it was set for, brands are told what has changed, and parties what is due.

What stays overdue climbs: after its own parties the other watchdogs of the supplier, who become parties of the case;
then once more the brands that see it. At the end a statement may be proposed, by a person.
"""

from datetime import datetime
from typing import Final

from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.domain.audit import Act
from laborvoice.domain.dossier import BRAND_STEPS, BRANDS, OVERDUE, WATCHDOGS, Case, Member, Rung, rung
from laborvoice.domain.facts import CaseDue
from laborvoice.domain.ids import CaseId, PartyId
from laborvoice.pipeline.decide.keep import shared, told, updated
from laborvoice.store.access import audit
from laborvoice.store.database import Connection, Database
from laborvoice.store.desk import case as cases
from laborvoice.store.desk import case_party, case_reach, case_shown
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
    members = await case_party.of(db, named)
    joined = await _joined(db, case, members, now) if any(_comes_to(one, WATCHDOGS) for one in due) else []
    await event.put(db, shared(chance, now, named, joined))
    for party in (*members, *joined):
        for one in due:
            if party.kind == "watchdog" or await _seen(db, now, case, party.party_id, one):
                facts = CaseDue(case=named, step=one.clock.step, overdue=one.now >= OVERDUE)
                if _concerns(one, party, new=party in joined):
                    await event.put(db, [told(chance, "case.sla_due", party.party_id, named, facts, (now, None))])


def _comes_to(one: Rung, level: int) -> bool:
    return one.before < level <= one.now


def _concerns(one: Rung, party: Member, *, new: bool) -> bool:
    """Its parties hear of the first two; of the third who joins by it; of the fourth a brand."""
    if new:
        return _comes_to(one, WATCHDOGS)
    return one.before < OVERDUE or (party.kind == "brand" and _comes_to(one, BRANDS))


async def _joined(db: Connection, case: Case, members: list[Member], now: datetime) -> list[Member]:
    """The other watchdogs who cover the supplier, parties from now on."""
    known = {one.party_id for one in members}
    found = await case_reach.who(db, case.supplier_id, now.date())
    new = [Member(party_id=one.id, kind=one.kind) for one in found if one.kind == "watchdog" and one.id not in known]
    for one in new:
        await case_party.put(db, case.id, one)
    if new:
        await audit.record(db, now, Act(action="case.shared", actor=None, object=case.id, facts={"parties": len(new)}))
    return new


async def _seen(db: Connection, now: datetime, case: Case, brand: PartyId, due: Rung) -> bool:
    """A brand hears of its own steps, as it was shown them."""
    clock = due.clock
    copy = await case_shown.last(db, case.id, brand, now) if clock.step in BRAND_STEPS else None
    return copy is not None and any(one.step == clock.step and one.due == clock.due for one in copy.shown.clocks)
