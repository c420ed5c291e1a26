"""What waits for a second person, as she sees it: names, exactly what a brand would get, and whether it has changed."""

from datetime import datetime

from laborvoice.domain import Value
from laborvoice.domain.case import Source
from laborvoice.domain.dossier import Approval, ApprovalKind, seen
from laborvoice.domain.facts import CaseState
from laborvoice.domain.ids import ApprovalId, UserId
from laborvoice.store.database import Connection
from laborvoice.store.desk import approval
from laborvoice.store.desk import case as cases
from laborvoice.store.registry import party as parties
from laborvoice.store.registry import supplier as suppliers
from laborvoice.store.registry.sight import Sight
from laborvoice.views.cases import CaseView, preview


class Waiting(Value, frozen=True):
    """``changed``: since it was asked for, so that nobody can say yes. ``names``: with whom it would be shared."""

    id: ApprovalId
    kind: ApprovalKind
    asked_by: UserId
    asked_on: str
    watchdog: str
    supplier: str
    names: tuple[str, ...]
    to: CaseState | None
    evidence_source: Source | None
    shown: CaseView
    changed: bool


async def waiting(
    db: Connection, sight: Sight, now: datetime, after: ApprovalId | None, limit: int
) -> tuple[Waiting, ...]:
    found = await approval.page(db, sight.party, sight.today, ("pending", after), limit)
    return tuple([await _waiting(db, one, now) for one in found])


async def _waiting(db: Connection, one: Approval, now: datetime) -> Waiting:
    case, wanted = await cases.one(db, one.case_id), one.facts.wanted
    return Waiting(
        id=one.id,
        kind=one.kind,
        asked_by=one.asked_by,
        asked_on=one.created_on.isoformat(),
        watchdog=(await parties.by_id(db, one.party_id)).name,
        supplier=(await suppliers.by_id(db, case.supplier)).name,
        names=tuple([(await parties.by_id(db, party)).name for party in one.facts.parties]),
        to=None if wanted is None else wanted.to,
        evidence_source=None if wanted is None else wanted.evidence_source,
        shown=preview(case, now),
        changed=one.facts.seen not in {"", seen(case)},
    )
