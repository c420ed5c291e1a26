"""Who is a party of a case: its watchdogs, and the brands that it is shared with."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Final

from laborvoice.domain.dossier import Member
from laborvoice.domain.ids import CaseId, PartyId
from laborvoice.store.database import Connection

_PUT: Final = """-- desk.case_party.put
-- roles: portal
INSERT INTO desk.case_party AS p (case_id, party_id, kind, since, at_once) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (case_id, party_id) DO UPDATE SET since = least(p.since, $4), at_once = p.at_once OR $5"""


async def put(db: Connection, case: CaseId, member: Member) -> None:
    await db.execute(_PUT, case, member.party_id, member.kind, member.since, member.at_once)


_OF: Final = """-- desk.case_party.of
-- roles: portal
SELECT party_id, kind, since, at_once, acknowledged_on FROM desk.case_party WHERE case_id = $1 ORDER BY party_id"""


async def of(db: Connection, case: CaseId) -> list[Member]:
    return await db.fetch(Member, _OF, case)


class Named(Member, frozen=True, kw_only=True):
    case_id: CaseId
    name: str


_NAMED: Final = """-- desk.case_party.named
-- roles: portal
SELECT m.case_id, m.party_id, p.name, m.kind, m.since, m.at_once, m.acknowledged_on
FROM desk.case_party m JOIN registry.party p ON p.id = m.party_id
WHERE m.case_id = ANY ($1::uuid[]) ORDER BY m.case_id, m.party_id"""


async def named(db: Connection, cases: Sequence[CaseId]) -> dict[CaseId, list[Named]]:
    """Of each case its parties, with their names."""
    found: defaultdict[CaseId, list[Named]] = defaultdict(list)
    for one in await db.fetch(Named, _NAMED, [case.uuid for case in cases]):
        found[one.case_id].append(one)
    return found


_ACKNOWLEDGE: Final = """-- desk.case_party.acknowledge
-- roles: portal
UPDATE desk.case_party SET acknowledged_on = $3 WHERE case_id = $1 AND party_id = $2 AND acknowledged_on IS NULL"""


async def acknowledge(db: Connection, case: CaseId, party: PartyId, day: date) -> bool:
    """False if it had before."""
    return bool(await db.changed(_ACKNOWLEDGE, case, party, day))
