"""A case as its watchdogs work on it: what each next step lacks, who is told how far, and who did what on which day."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.audit import Row
from laborvoice.domain.case import Guard, allowed, lacking
from laborvoice.domain.dossier import BRANDS, PROPOSE, WATCHDOGS, Case, Said, standing
from laborvoice.domain.facts import CaseState, CaseStep
from laborvoice.domain.ids import CaseId, SupplierId, UserId
from laborvoice.errors import NotFound
from laborvoice.store.access import audit, user
from laborvoice.store.database import Connection
from laborvoice.store.desk import approval, case_party, case_reach
from laborvoice.store.desk import case as cases
from laborvoice.store.desk.case_party import Named
from laborvoice.store.desk.case_reach import Reach
from laborvoice.store.registry import supplier as suppliers
from laborvoice.store.registry.sight import Sight
from laborvoice.views import repoll
from laborvoice.views.cases import CaseView, preview
from laborvoice.views.repoll import Repoll

ACTS: Final = 200
PEOPLE: Final = 100
_DAY: Final = len("2026-11-12")


class Way(Value, frozen=True):
    """A next state, and what is missing on the way there."""

    to: CaseState
    missing: tuple[Guard, ...]


class Entry(Value, frozen=True):
    """An act: the day, who, what, and the state it led to. ``by`` is empty of whoever is no party of the case."""

    on: str
    by: str
    act: str
    to: str


class Late(Value, frozen=True):
    """A clock that is overdue: who was told beyond its own parties, and whether a statement may be proposed."""

    step: CaseStep
    watchdogs: bool
    brands: bool
    propose: bool


class CaseFile(Value, frozen=True):
    ways: tuple[Way, ...]
    history: tuple[Entry, ...]
    said: tuple[Said, ...]
    people: tuple[tuple[UserId, str], ...]
    late: tuple[Late, ...]
    waiting: int
    repoll: Repoll | None


class Offer(Value, frozen=True):
    """With whom a case can be shared, who sees it already, and exactly what a brand would get now."""

    reach: tuple[Reach, ...]
    known: frozenset[str]
    shown: CaseView


async def file(db: Connection, sight: Sight, now: datetime, named: CaseId) -> CaseFile:
    """Raises NotFound."""
    case, members = await _own(db, sight, named)
    asked = await approval.of_case(db, named)
    shared = any(one.kind == "brand" for one in members)
    stands = standing(case, shared=shared)
    people = await user.page(db, sight.party, None, PEOPLE)
    return CaseFile(
        ways=tuple(Way(to=to, missing=lacking(stands, to)) for to in allowed(stands)),
        history=_history(await audit.of_case(db, named, ACTS), members),
        said=tuple(reversed(case.matter.said)),
        people=tuple((one.id, one.name) for one in people),
        late=_late(case, now),
        waiting=len(asked),
        repoll=await repoll.of(db, sight, case),
    )


async def offer(db: Connection, sight: Sight, now: datetime, named: CaseId) -> Offer:
    """Raises NotFound."""
    case, members = await _own(db, sight, named)
    known = frozenset(str(one.party_id) for one in members)
    found = await case_reach.who(db, case.supplier_id, sight.today)
    return Offer(reach=tuple(one for one in found if one.id != sight.party), known=known, shown=preview(case, now))


async def supplier_name(db: Connection, supplier: SupplierId) -> str:
    """Of whoever sees the case."""
    return (await suppliers.by_id(db, supplier)).name


async def _own(db: Connection, sight: Sight, named: CaseId) -> tuple[Case, list[Named]]:
    case = await cases.one(db, named)
    members = (await case_party.named(db, [named]))[named]
    if sight.kind != "watchdog" or sight.party not in {one.party_id for one in members}:
        raise NotFound
    return case, members


def _history(rows: Sequence[Row], members: Sequence[Named]) -> tuple[Entry, ...]:
    """The newest first; by the day, however fine the log is."""
    names = {str(one.party_id): one.name for one in members}
    return tuple(
        Entry(on=row.at[:_DAY], by=names.get(row.actor, ""), act=row.action, to=str(row.facts.get("to", "")))
        for row in rows
    )


def _late(case: Case, now: datetime) -> tuple[Late, ...]:
    told = case.matter.told
    return tuple(
        Late(
            step=one.step,
            watchdogs=told.get(one.step, 0) >= WATCHDOGS,
            brands=told.get(one.step, 0) >= BRANDS,
            propose=now >= one.due + PROPOSE,
        )
        for one in case.matter.clocks
        if one.due is not None and now > one.due
    )
