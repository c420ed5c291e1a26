"""What a case holds: plain words of watchdogs and brands, which the server can read, and never a worker's."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from laborvoice.domain import Value
from laborvoice.domain.case import CaseClass, Clock, DisclosureAnswer, Source, Standing, Wanted
from laborvoice.domain.condition import Condition, Severity
from laborvoice.domain.facts import CaseState, CaseStep
from laborvoice.domain.ids import ActionId, ApprovalId, CaseId, FindingId, PartyId, SupplierId, SupplierKey, UserId
from laborvoice.domain.party import PartyKind

ActionState = Literal["open", "done", "verified", "late"]
ApprovalKind = Literal["share", "verdict"]
ApprovalState = Literal["pending", "approved", "refused"]
Month = Annotated[str, Meta(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]

BRAND_STEPS: Final[frozenset[CaseStep]] = frozenset({"brand_acknowledge", "containment", "plan", "close"})
"""What brands are shown of the clocks."""
WARNING: Final = timedelta(hours=24)


class Finding(Value, frozen=True):
    """Of the whole site: it fits anyone there."""

    id: FindingId
    condition: Condition
    text: str
    since_month: Month
    ilo: tuple[str, ...]


class Action(Value, frozen=True):
    id: ActionId
    finding: FindingId
    root_cause: str
    action: str
    owner: str
    due: date
    evidence: tuple[str, ...]
    state: ActionState
    brand_contribution: str | UnsetType = UNSET


class LoopMessage(Value, frozen=True):
    """What workers are told of what came of it."""

    period: str
    you_said: str
    we_did: str
    not_yet: str
    object_how: str
    languages: tuple[str, ...]


class Matter(Value, frozen=True):
    """What of a case is chosen by nobody. ``told``: how often a running clock was told of, by step."""

    title: str
    notes: str | None = None
    held: CaseState | None = None
    verified: bool = False
    evidence_source: Source | None = None
    result: str | None = None
    clocks: tuple[Clock, ...] = ()
    told: Mapping[CaseStep, int] = {}
    findings: tuple[Finding, ...] = ()
    actions: tuple[Action, ...] = ()
    loop_messages: tuple[LoopMessage, ...] = ()


class Case(Value, frozen=True):
    """``cls`` is its class; ``owner`` the watchdog that opened it."""

    id: CaseId
    number: str
    owner: PartyId
    supplier_id: SupplierKey
    supplier: SupplierId
    cls: CaseClass
    condition: Condition | None
    state: CaseState
    received: Month
    version: int
    created_on: date
    matter: Matter


class Member(Value, frozen=True):
    """A party of a case. ``since``: when a brand begins to see it."""

    party_id: PartyId
    kind: PartyKind
    since: datetime | None = None
    at_once: bool = False
    acknowledged_on: date | None = None


class Shown(Value, frozen=True):
    """What a brand sees of it."""

    number: str
    supplier: SupplierId
    cls: CaseClass
    state: CaseState
    received: Month
    clocks: tuple[Clock, ...]
    findings: tuple[Finding, ...]
    actions: tuple[Action, ...]
    loop_messages: tuple[LoopMessage, ...]
    condition: Condition | UnsetType = UNSET
    severity: Severity | UnsetType = UNSET


class Facts(Value, frozen=True):
    """What was asked for when another person had to agree."""

    parties: tuple[PartyId, ...] = ()
    check: Mapping[str, DisclosureAnswer] = {}
    wanted: Wanted | None = None


class Approval(Value, frozen=True):
    id: ApprovalId
    case_id: CaseId
    party_id: PartyId
    asked_by: UserId
    kind: ApprovalKind
    facts: Facts
    state: ApprovalState
    created_on: date


def shown_of(case: Case) -> Shown:
    matter, condition = case.matter, case.condition
    return Shown(
        number=case.number,
        supplier=case.supplier,
        cls=case.cls,
        state=case.state,
        received=case.received,
        clocks=tuple(one for one in matter.clocks if one.step in BRAND_STEPS),
        findings=matter.findings,
        actions=matter.actions,
        loop_messages=matter.loop_messages,
        condition=UNSET if condition is None else condition,
        severity=UNSET if condition is None else condition.severity,
    )


def standing(case: Case, *, shared: bool) -> Standing:
    matter = case.matter
    return Standing(
        state=case.state,
        condition=case.condition is not None,
        shared=shared,
        findings=len(matter.findings),
        actions=len(matter.actions),
        loop_messages=len(matter.loop_messages),
        verified=matter.verified,
        held=matter.held,
    )


def wakes(clocks: Sequence[Clock], told: Mapping[CaseStep, int]) -> datetime | None:
    """When the next of them is to be told of: a day before it is due, and when it is."""
    moments = [
        one.due - WARNING if told.get(one.step, 0) == 0 else one.due
        for one in clocks
        if one.due is not None and told.get(one.step, 0) < len(("before", "due"))
    ]
    return min(moments, default=None)


def rung(case: Case, now: datetime) -> tuple[Case, tuple[tuple[Clock, bool], ...]]:
    """Which running clocks are to be told of now, and whether each is overdue; the case with that noted."""
    told, due = dict(case.matter.told), list[tuple[Clock, bool]]()
    for one in case.matter.clocks:
        if one.due is None or one.due - WARNING > now:
            continue
        overdue = now >= one.due
        level = 1 + overdue
        if told.get(one.step, 0) < level:
            told[one.step] = level
            due.append((one, overdue))
    return msgspec.structs.replace(case, matter=msgspec.structs.replace(case.matter, told=told)), tuple(due)
