"""Cases as each party may see them: a watchdog the case itself, a brand its copy, with the month and no day."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

import msgspec
from msgspec import UNSET, UnsetType

from laborvoice.domain import Value
from laborvoice.domain.case import CaseClass, Clock, Source, allowed
from laborvoice.domain.condition import Condition, Severity
from laborvoice.domain.dossier import (
    Action,
    Approval,
    ApprovalKind,
    ApprovalState,
    Case,
    Finding,
    LoopMessage,
    Shown,
    shown_of,
    standing,
    verified_on,
)
from laborvoice.domain.facts import CaseState, CaseStep
from laborvoice.domain.ids import ApprovalId, CaseId, PartyId, SupplierId, SupplierKey, UserId
from laborvoice.domain.party import PartyKind
from laborvoice.errors import NotFound
from laborvoice.store.database import Connection
from laborvoice.store.desk import approval, case_party, case_shown
from laborvoice.store.desk import case as cases
from laborvoice.store.desk.case_party import Named
from laborvoice.store.registry.sight import Sight
from laborvoice.views import given


class DueView(Value, frozen=True):
    """While it runs ``at`` and ``overdue``; on hold ``hours_left``; when it ended ``met``."""

    step: CaseStep
    at: datetime | UnsetType = UNSET
    overdue: bool | UnsetType = UNSET
    hours_left: int | UnsetType = UNSET
    met: bool | UnsetType = UNSET


class AudienceView(Value, frozen=True):
    party: PartyId
    name: str
    kind: PartyKind
    since: datetime | UnsetType = UNSET
    acknowledged_on: date | UnsetType = UNSET


class CaseView(Value, frozen=True):
    """From ``title`` on it is for watchdogs alone."""

    id: CaseId
    number: str
    supplier: SupplierId
    cls: CaseClass = msgspec.field(name="class")
    state: CaseState
    received: str
    due: tuple[DueView, ...]
    findings: tuple[Finding, ...]
    actions: tuple[Action, ...]
    loop_messages: tuple[LoopMessage, ...]
    condition: Condition | UnsetType = UNSET
    severity: Severity | UnsetType = UNSET
    acknowledged: bool | UnsetType = UNSET
    title: str | UnsetType = UNSET
    notes: str | UnsetType = UNSET
    audience: tuple[AudienceView, ...] | UnsetType = UNSET
    next: tuple[CaseState, ...] | UnsetType = UNSET
    evidence_source: Source | UnsetType = UNSET
    result: str | UnsetType = UNSET
    assigned_to: UserId | UnsetType = UNSET
    version: int | UnsetType = UNSET
    created_on: date | UnsetType = UNSET


class ApprovalView(Value, frozen=True):
    """``shown``: exactly what a brand would see of the case now."""

    id: ApprovalId
    case: CaseId
    kind: ApprovalKind
    state: ApprovalState
    created_on: date
    shown: CaseView
    parties: tuple[PartyId, ...] | UnsetType = UNSET
    to: CaseState | UnsetType = UNSET
    evidence_source: Source | UnsetType = UNSET


async def page(
    db: Connection, sight: Sight, now: datetime, asked: tuple[CaseState | None, CaseId | None], limit: int
) -> tuple[CaseView, ...]:
    """``asked``: only in this state, behind this case. By id, which is in no order of time."""
    if sight.kind == "brand":
        copies = await case_shown.page(db, sight.party, now, *asked, limit)
        return tuple(_copy(one, now) for one in copies)
    found = await cases.page(db, sight.party, *asked, limit)
    members = await case_party.named(db, [one.id for one in found])
    return tuple(_whole(one, now, members[one.id]) for one in found)


async def of_suppliers(
    db: Connection, sight: Sight, now: datetime, keys: Sequence[SupplierKey]
) -> dict[SupplierKey, tuple[CaseView, ...]]:
    """Of each what the viewer sees, what is due next first; suppliers without a case are left out."""
    found = await dated(db, sight, now, keys)
    return {key: tuple(view for view, _ in rows) for key, rows in found.items()}


async def dated(
    db: Connection, sight: Sight, now: datetime, keys: Sequence[SupplierKey]
) -> dict[SupplierKey, list[tuple[CaseView, date | None]]]:
    """Each with the day on which a repair was verified, of a watchdog's own cases: a brand is shown no day."""
    found: defaultdict[SupplierKey, list[tuple[CaseView, date | None]]] = defaultdict(list)
    if sight.kind == "brand":
        for copy in await case_shown.of_suppliers(db, sight.party, now, keys):
            found[copy.supplier_id].append((_copy(copy, now), None))
    elif sight.kind == "watchdog":
        rows = await cases.of_suppliers(db, sight.party, keys)
        members = await case_party.named(db, [one.id for one in rows])
        for case in rows:
            found[case.supplier_id].append((_whole(case, now, members[case.id]), verified_on(case)))
    return found


async def known(db: Connection, sight: Sight, now: datetime, named: CaseId) -> CaseView:
    """Raises NotFound."""
    if sight.kind == "brand":
        copy = await case_shown.last(db, named, sight.party, now)
        if copy is None:
            raise NotFound
        return _copy(copy, now)
    case = await cases.one(db, named)
    members = (await case_party.named(db, [named]))[named]
    if sight.party not in {one.party_id for one in members}:
        raise NotFound
    return _whole(case, now, members)


def preview(case: Case, now: datetime) -> CaseView:
    """What a brand gets that is shown it now."""
    return msgspec.structs.replace(_shown(case.id, shown_of(case), now), acknowledged=False)


async def approvals(
    db: Connection, sight: Sight, now: datetime, after: ApprovalId | None, limit: int
) -> tuple[ApprovalView, ...]:
    found = await approval.page(db, sight.party, sight.today, (None, after), limit)
    return tuple([await approved(db, one, now) for one in found])


async def approval_known(db: Connection, sight: Sight, now: datetime, asked: ApprovalId) -> ApprovalView:
    """Raises NotFound."""
    return await approved(db, await approval.one(db, sight.party, sight.today, asked), now)


async def approved(db: Connection, one: Approval, now: datetime) -> ApprovalView:
    case, wanted = await cases.one(db, one.case_id), one.facts.wanted
    return ApprovalView(
        id=one.id,
        case=one.case_id,
        kind=one.kind,
        state=one.state,
        created_on=one.created_on,
        shown=_shown(one.case_id, shown_of(case), now),
        parties=one.facts.parties or UNSET,
        to=UNSET if wanted is None else wanted.to,
        evidence_source=given(None if wanted is None else wanted.evidence_source),
    )


def _copy(copy: case_shown.Copy, now: datetime) -> CaseView:
    shown = _shown(copy.case_id, copy.shown, now)
    return msgspec.structs.replace(shown, acknowledged=copy.acknowledged_on is not None)


def _shown(case: CaseId, shown: Shown, now: datetime) -> CaseView:
    return CaseView(
        id=case,
        number=shown.number,
        supplier=shown.supplier,
        cls=shown.cls,
        state=shown.state,
        received=shown.received,
        due=_due(shown.clocks, now),
        findings=shown.findings,
        actions=shown.actions,
        loop_messages=shown.loop_messages,
        condition=shown.condition,
        severity=shown.severity,
    )


def _whole(case: Case, now: datetime, members: Sequence[Named]) -> CaseView:
    matter = case.matter
    return msgspec.structs.replace(
        _shown(case.id, shown_of(case), now),
        due=_due(matter.clocks, now),
        title=matter.title,
        notes=given(matter.notes),
        audience=tuple(map(_member, members)),
        next=allowed(standing(case, shared=True)),
        evidence_source=given(matter.evidence_source),
        result=given(matter.result),
        assigned_to=given(matter.assigned),
        version=case.version,
        created_on=case.created_on,
    )


def _member(one: Named) -> AudienceView:
    return AudienceView(
        party=one.party_id,
        name=one.name,
        kind=one.kind,
        since=given(one.since),
        acknowledged_on=given(one.acknowledged_on),
    )


def _due(clocks: Sequence[Clock], now: datetime) -> tuple[DueView, ...]:
    return tuple(
        DueView(
            step=one.step,
            at=given(one.due),
            overdue=UNSET if one.due is None else now > one.due,
            hours_left=given(one.left),
            met=given(one.met),
        )
        for one in clocks
    )
