"""Ask: a second person, before what is gravest is done."""

from laborvoice.chance import Chance
from laborvoice.domain.dossier import Approval, ApprovalKind, Facts
from laborvoice.domain.ids import ApprovalId, CaseId
from laborvoice.errors import TwoPersonRule
from laborvoice.pipeline.decide.keep import ID_BYTES, By
from laborvoice.store.database import Connection
from laborvoice.store.desk import approval


async def ask(db: Connection, chance: Chance, by: By, case: CaseId, asked: tuple[ApprovalKind, Facts]) -> Approval:
    """Raises TwoPersonRule where the asker is no person whom another could differ from."""
    if by.person is None:
        raise TwoPersonRule("A key that no user made cannot ask for this.")
    kind, facts = asked
    one = Approval(
        id=ApprovalId.draw(chance.bytes(ID_BYTES)),
        case_id=case,
        party_id=by.actor.party,
        asked_by=by.person,
        kind=kind,
        facts=facts,
        state="pending",
        created_on=by.now.date(),
    )
    await approval.put(db, one)
    return one
