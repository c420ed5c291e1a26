"""Cases. A watchdog reads those it is a party of; what a brand sees is in ``case_shown``."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from laborvoice.domain import Value, ids
from laborvoice.domain.case import CaseClass
from laborvoice.domain.condition import Condition
from laborvoice.domain.dossier import Case, Matter, due_next, raises, wakes
from laborvoice.domain.facts import CaseState
from laborvoice.domain.ids import CaseId, PartyId, SupplierId, SupplierKey
from laborvoice.store.database import Connection


class _Row(Value, frozen=True):
    id: CaseId
    number: str
    owner: PartyId
    supplier_id: SupplierKey
    supplier: SupplierId
    cls: CaseClass
    condition: Condition | None
    state: CaseState
    received: str
    version: int
    created_on: date
    body: str

    def case(self) -> Case:
        return Case(
            id=self.id,
            number=self.number,
            owner=self.owner,
            supplier_id=self.supplier_id,
            supplier=self.supplier,
            cls=self.cls,
            condition=self.condition,
            state=self.state,
            received=self.received,
            version=self.version,
            created_on=self.created_on,
            matter=msgspec.json.decode(self.body, type=Matter, dec_hook=ids.decode),
        )


def _columns(case: Case) -> tuple[object, ...]:
    matter = case.matter
    body = msgspec.json.encode(matter, enc_hook=ids.encode).decode()
    derived = (wakes(matter.clocks, matter.told), raises(case), matter.closed_on, matter.faded, due_next(matter.clocks))
    return case.cls, case.condition, case.state, case.version, body, *derived


_PUT: Final = """-- desk.case.put
-- roles: portal
INSERT INTO desk."case"
    (id, number, owner_id, supplier_id, received, created_on, class, condition, state, version, body, wakes, raises,
    closed_on, faded, due_next)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"""


async def put(db: Connection, case: Case) -> None:
    new = (case.id, case.number, case.owner, case.supplier_id, case.received, case.created_on)
    await db.execute(_PUT, *new, *_columns(case))


_CHANGE: Final = """-- desk.case.change
-- roles: portal
UPDATE desk."case" SET class = $2, condition = $3, state = $4, version = $5, body = $6, wakes = $7, raises = $8,
    closed_on = $9, faded = $10, due_next = $11
WHERE id = $1"""


async def change(db: Connection, case: Case) -> None:
    await db.execute(_CHANGE, case.id, *_columns(case))


_HOLD: Final = """-- desk.case.hold
-- roles: portal
SELECT c.id, c.number, c.owner_id AS owner, c.supplier_id, s.public_id AS supplier, c.class AS cls, c.condition,
    c.state, c.received, c.version, c.created_on, c.body
FROM desk."case" c JOIN registry.supplier s ON s.supplier_id = c.supplier_id WHERE c.id = $1 FOR UPDATE OF c"""


async def hold(db: Connection, case: CaseId) -> Case:
    """Nobody else changes it until this transaction ends. Raises NotFound."""
    return (await db.one(_Row, _HOLD, case)).case()


_ONE: Final = """-- desk.case.one
-- roles: portal
SELECT c.id, c.number, c.owner_id AS owner, c.supplier_id, s.public_id AS supplier, c.class AS cls, c.condition,
    c.state, c.received, c.version, c.created_on, c.body
FROM desk."case" c JOIN registry.supplier s ON s.supplier_id = c.supplier_id WHERE c.id = $1"""


async def one(db: Connection, case: CaseId) -> Case:
    """Raises NotFound."""
    return (await db.one(_Row, _ONE, case)).case()


_PAGE: Final = """-- desk.case.page
-- roles: portal
SELECT c.id, c.number, c.owner_id AS owner, c.supplier_id, s.public_id AS supplier, c.class AS cls, c.condition,
    c.state, c.received, c.version, c.created_on, c.body
FROM desk.case_party p JOIN desk."case" c ON c.id = p.case_id JOIN registry.supplier s ON s.supplier_id = c.supplier_id
WHERE p.party_id = $1 AND p.kind = 'watchdog' AND ($2::text IS NULL OR c.state = $2)
    AND ($3::uuid IS NULL OR c.id > $3) ORDER BY c.id LIMIT $4"""


async def page(db: Connection, party: PartyId, state: CaseState | None, after: CaseId | None, limit: int) -> list[Case]:
    """Of one watchdog, by id, which is in no order of time."""
    return [row.case() for row in await db.fetch(_Row, _PAGE, party, state, after, limit)]


_OF_SUPPLIERS: Final = """-- desk.case.of_suppliers
-- roles: portal
SELECT c.id, c.number, c.owner_id AS owner, c.supplier_id, s.public_id AS supplier, c.class AS cls, c.condition,
    c.state, c.received, c.version, c.created_on, c.body
FROM desk."case" c JOIN registry.supplier s ON s.supplier_id = c.supplier_id
WHERE c.supplier_id = ANY ($2::bigint[]) AND EXISTS (
    SELECT FROM desk.case_party p WHERE p.case_id = c.id AND p.party_id = $1 AND p.kind = 'watchdog')
ORDER BY c.due_next NULLS LAST, c.id"""


async def of_suppliers(db: Connection, party: PartyId, suppliers: Sequence[SupplierKey]) -> list[Case]:
    """Of one watchdog, what is due next first."""
    return [row.case() for row in await db.fetch(_Row, _OF_SUPPLIERS, party, suppliers)]


_WAKING: Final = """-- desk.case.waking
-- roles: portal
SELECT id FROM desk."case" WHERE wakes <= $1 ORDER BY wakes, id LIMIT $2 FOR UPDATE SKIP LOCKED"""


async def waking(db: Connection, now: datetime, limit: int) -> list[CaseId]:
    """Those of whose clocks something is to be told; nobody else's until this transaction ends."""
    return await db.values(CaseId, _WAKING, now, limit)


_FADING: Final = """-- desk.case.fading
-- roles: portal
SELECT id FROM desk."case" WHERE NOT faded AND closed_on < $1 ORDER BY closed_on, id LIMIT $2 FOR UPDATE SKIP LOCKED"""


async def fading(db: Connection, before: date, limit: int) -> list[CaseId]:
    """Those that were closed before that day and hold something personal still."""
    return await db.values(CaseId, _FADING, before, limit)
