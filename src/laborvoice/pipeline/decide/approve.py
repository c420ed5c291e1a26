"""Approve: the second person's yes or no. With her yes it is done as if asked for now: nothing may be missing."""

from typing import Literal

from laborvoice.chance import Chance
from laborvoice.domain.dossier import Approval, seen
from laborvoice.domain.ids import ApprovalId
from laborvoice.errors import Conflict, NotFound, TwoPersonRule
from laborvoice.pipeline.decide import move, share
from laborvoice.pipeline.decide.keep import By, Held, write
from laborvoice.store.database import Connection
from laborvoice.store.desk import approval, case_party
from laborvoice.store.desk import case as cases

Decision = Literal["approve", "refuse"]


async def decide_in(db: Connection, chance: Chance, by: By, asked: ApprovalId, decision: Decision) -> None:
    """Raises NotFound; TwoPersonRule for who asked, or no person; Conflict where it was decided; as the act itself."""
    if by.kind != "watchdog":
        raise NotFound
    one = await approval.one(db, by.actor.party, by.now.date(), asked)
    # The case first: whoever decides on it waits here for whoever changes it.
    case = await cases.hold(db, one.case_id)
    if by.person is None or by.person == one.asked_by:
        raise TwoPersonRule
    if not await approval.decide(db, asked, "approved" if decision == "approve" else "refused"):
        raise Conflict("It was decided before.")
    if decision == "approve":
        await _done(db, chance, by, one, Held(case=case, members=tuple(await case_party.of(db, one.case_id))))
        await write(db, by, "approval.given", one.case_id, {"approval": asked})
    else:
        await write(db, by, "approval.refused", one.case_id, {"approval": asked})


async def _done(db: Connection, chance: Chance, by: By, one: Approval, found: Held) -> None:
    if one.facts.wanted is not None:
        await move.apply(db, chance, by, found, (one.facts.wanted, None))
    else:
        share.not_on_hold(found)
        if one.facts.seen not in {"", seen(found.case)}:
            raise Conflict("The case has changed since it was asked for: refuse this one, and ask again.")
        await share.apply(db, chance, by, found, one.facts.parties)
