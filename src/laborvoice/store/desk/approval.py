"""What waits for a second person: shares and verdicts of the gravest cases."""

from datetime import date
from typing import Final

import msgspec

from laborvoice.domain import Value, ids
from laborvoice.domain.dossier import Approval, ApprovalKind, ApprovalState, Facts
from laborvoice.domain.ids import ApprovalId, CaseId, PartyId, UserId
from laborvoice.store.database import Connection


class _Row(Value, frozen=True):
    id: ApprovalId
    case_id: CaseId
    party_id: PartyId
    asked_by: UserId
    kind: ApprovalKind
    facts: str
    state: ApprovalState
    created_on: date

    def approval(self) -> Approval:
        return Approval(
            id=self.id,
            case_id=self.case_id,
            party_id=self.party_id,
            asked_by=self.asked_by,
            kind=self.kind,
            facts=msgspec.json.decode(self.facts, type=Facts, dec_hook=ids.decode),
            state=self.state,
            created_on=self.created_on,
        )


_PUT: Final = """-- desk.approval.put
-- roles: portal
INSERT INTO desk.approval (id, case_id, party_id, asked_by, kind, facts, state, created_on)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"""


async def put(db: Connection, one: Approval) -> None:
    facts = msgspec.json.encode(one.facts, enc_hook=ids.encode).decode()
    who = (one.id, one.case_id, one.party_id, one.asked_by)
    await db.execute(_PUT, *who, one.kind, facts, one.state, one.created_on)


_OF_CASE: Final = """-- desk.approval.of_case
-- roles: portal
SELECT id FROM desk.approval WHERE case_id = $1 AND state = 'pending'"""


async def of_case(db: Connection, case: CaseId) -> list[ApprovalId]:
    """Those that wait."""
    return await db.values(ApprovalId, _OF_CASE, case)


_FORGET: Final = """-- desk.approval.forget
-- roles: portal
DELETE FROM desk.approval WHERE case_id = $1"""


async def forget(db: Connection, case: CaseId) -> None:
    await db.execute(_FORGET, case)


_PAGE: Final = """-- desk.approval.page
-- roles: portal
SELECT a.id, a.case_id, a.party_id, a.asked_by, a.kind, a.facts, a.state, a.created_on
FROM desk.approval a JOIN desk."case" c ON c.id = a.case_id
WHERE (a.party_id = $1
        OR (SELECT count(*) FROM access."user" u WHERE u.party_id = a.party_id) = 1
            AND c.supplier_id IN (SELECT v.supplier_id FROM registry.sight('watchdog', $1, $2) v))
    AND ($3::text IS NULL OR a.state = $3) AND ($4::uuid IS NULL OR a.id > $4) ORDER BY a.id LIMIT $5"""


async def page(
    db: Connection,
    party: PartyId,
    today: date,
    asked: tuple[ApprovalState | None, ApprovalId | None],
    limit: int,
) -> list[Approval]:
    """Of this watchdog, and of those with one user alone where it covers the supplier too.

    ``asked``: only in this state, behind this one.
    """
    return [row.approval() for row in await db.fetch(_Row, _PAGE, party, today, *asked, limit)]


_ONE: Final = """-- desk.approval.one
-- roles: portal
SELECT a.id, a.case_id, a.party_id, a.asked_by, a.kind, a.facts, a.state, a.created_on
FROM desk.approval a JOIN desk."case" c ON c.id = a.case_id
WHERE (a.party_id = $1
        OR (SELECT count(*) FROM access."user" u WHERE u.party_id = a.party_id) = 1
            AND c.supplier_id IN (SELECT v.supplier_id FROM registry.sight('watchdog', $1, $2) v))
    AND a.id = $3"""


async def one(db: Connection, party: PartyId, today: date, asked: ApprovalId) -> Approval:
    """As in the list. Raises NotFound."""
    return (await db.one(_Row, _ONE, party, today, asked)).approval()


_DECIDE: Final = """-- desk.approval.decide
-- roles: portal
UPDATE desk.approval SET state = $2 WHERE id = $1 AND state = 'pending'"""


async def decide(db: Connection, asked: ApprovalId, state: ApprovalState) -> bool:
    """False if it was decided before."""
    return bool(await db.changed(_DECIDE, asked, state))
