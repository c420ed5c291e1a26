"""What brands see of cases: a copy from an hour on, mostly of the first of a month, so that no act shows its day."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from laborvoice.domain import Value, ids
from laborvoice.domain.dossier import Shown, due_next
from laborvoice.domain.facts import CaseState
from laborvoice.domain.ids import CaseId, PartyId, SupplierKey
from laborvoice.store.database import Connection


class Copy(Value, frozen=True):
    """``told``: its brand was, or will be by an event that waits."""

    case_id: CaseId
    party_id: PartyId
    at: datetime
    view: str
    told: bool
    acknowledged_on: date | None

    @property
    def shown(self) -> Shown:
        return msgspec.json.decode(self.view, type=Shown, dec_hook=ids.decode)


def text(shown: Shown) -> str:
    return msgspec.json.encode(shown, enc_hook=ids.encode).decode()


_PUT: Final = """-- desk.case_shown.put
-- roles: portal
INSERT INTO desk.case_shown AS s (case_id, party_id, at, state, view, told, raises, due_next)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (case_id, party_id, at) DO UPDATE
SET state = $4, view = $5, told = s.told OR $6, raises = $7, due_next = $8"""


async def put(db: Connection, case: CaseId, party: PartyId, at: datetime, shown: Shown, *, told: bool) -> None:
    """Whatever was to be seen from that hour on is replaced."""
    derived = (shown.raises, due_next(shown.clocks))
    await db.execute(_PUT, case, party, at, shown.state, text(shown), told, *derived)


_LAST: Final = """-- desk.case_shown.last
-- roles: portal
SELECT s.case_id, s.party_id, s.at, s.view, s.told, p.acknowledged_on
FROM desk.case_shown s JOIN desk.case_party p ON p.case_id = s.case_id AND p.party_id = s.party_id
WHERE s.case_id = $1 AND s.party_id = $2 AND s.at <= $3 ORDER BY s.at DESC LIMIT 1"""


async def last(db: Connection, case: CaseId, party: PartyId, now: datetime) -> Copy | None:
    """What the brand sees at this moment."""
    return await db.first(Copy, _LAST, case, party, now)


_AHEAD: Final = """-- desk.case_shown.ahead
-- roles: portal
SELECT s.case_id, s.party_id, s.at, s.view, s.told, p.acknowledged_on
FROM desk.case_shown s JOIN desk.case_party p ON p.case_id = s.case_id AND p.party_id = s.party_id
WHERE s.case_id = $1 AND s.party_id = $2 AND s.at > $3 ORDER BY s.at"""


async def ahead(db: Connection, case: CaseId, party: PartyId, now: datetime) -> list[Copy]:
    """What it will see later."""
    return await db.fetch(Copy, _AHEAD, case, party, now)


_DROP_AHEAD: Final = """-- desk.case_shown.drop_ahead
-- roles: portal
DELETE FROM desk.case_shown WHERE case_id = $1 AND party_id = $2 AND at > $3"""


async def drop_ahead(db: Connection, case: CaseId, party: PartyId, now: datetime) -> None:
    """What it is shown now holds all that it was to see later."""
    await db.execute(_DROP_AHEAD, case, party, now)


_PAGE: Final = """-- desk.case_shown.page
-- roles: portal
SELECT s.case_id, s.party_id, s.at, s.view, s.told, p.acknowledged_on
FROM desk.case_party p JOIN LATERAL (
    SELECT s.case_id, s.party_id, s.at, s.state, s.view, s.told FROM desk.case_shown s
    WHERE s.case_id = p.case_id AND s.party_id = p.party_id AND s.at <= $2 ORDER BY s.at DESC LIMIT 1) s ON true
WHERE p.party_id = $1 AND p.kind = 'brand' AND ($3::text IS NULL OR s.state = $3)
    AND ($4::uuid IS NULL OR p.case_id > $4) ORDER BY p.case_id LIMIT $5"""


async def page(
    db: Connection, party: PartyId, now: datetime, state: CaseState | None, after: CaseId | None, limit: int
) -> list[Copy]:
    return await db.fetch(Copy, _PAGE, party, now, state, after, limit)


_OF_SUPPLIERS: Final = """-- desk.case_shown.of_suppliers
-- roles: portal
SELECT c.supplier_id, s.case_id, s.party_id, s.at, s.view, s.told, p.acknowledged_on
FROM desk."case" c JOIN desk.case_party p ON p.case_id = c.id AND p.party_id = $1 AND p.kind = 'brand'
JOIN LATERAL (
    SELECT s.case_id, s.party_id, s.at, s.view, s.told, s.due_next FROM desk.case_shown s
    WHERE s.case_id = c.id AND s.party_id = $1 AND s.at <= $2 ORDER BY s.at DESC LIMIT 1) s ON true
WHERE c.supplier_id = ANY ($3::bigint[]) ORDER BY s.due_next NULLS LAST, s.case_id"""


class Placed(Copy, frozen=True, kw_only=True):
    supplier_id: SupplierKey


async def of_suppliers(db: Connection, party: PartyId, now: datetime, suppliers: Sequence[SupplierKey]) -> list[Placed]:
    """What the brand sees at this moment, what is due next first."""
    return await db.fetch(Placed, _OF_SUPPLIERS, party, now, suppliers)


_ALL_OF: Final = """-- desk.case_shown.all_of
-- roles: portal
SELECT s.case_id, s.party_id, s.at, s.view, s.told, p.acknowledged_on
FROM desk.case_shown s JOIN desk.case_party p ON p.case_id = s.case_id AND p.party_id = s.party_id
WHERE s.case_id = $1 AND s.party_id = $2 ORDER BY s.at"""


async def all_of(db: Connection, case: CaseId, party: PartyId) -> list[Copy]:
    """All that a brand was ever shown of it."""
    return await db.fetch(Copy, _ALL_OF, case, party)


_UNTOLD: Final = """-- desk.case_shown.untold
-- roles: portal
SELECT s.case_id, s.party_id, s.at, s.view, s.told, p.acknowledged_on
FROM desk.case_shown s JOIN desk.case_party p ON p.case_id = s.case_id AND p.party_id = s.party_id
WHERE NOT s.told AND s.at <= $1 ORDER BY s.at, s.case_id, s.party_id LIMIT $2 FOR UPDATE OF s SKIP LOCKED"""


async def untold(db: Connection, now: datetime, limit: int) -> list[Copy]:
    """Changes that are seen by now; nobody else's to tell until this transaction ends."""
    return await db.fetch(Copy, _UNTOLD, now, limit)


_TELL: Final = """-- desk.case_shown.tell
-- roles: portal
UPDATE desk.case_shown SET told = true WHERE case_id = $1 AND party_id = $2 AND at = $3"""


async def tell(db: Connection, copy: Copy) -> None:
    await db.execute(_TELL, copy.case_id, copy.party_id, copy.at)
