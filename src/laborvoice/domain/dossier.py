"""What a case holds: plain words of watchdogs and brands, which the server can read, and never a worker's."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from laborvoice.domain import Value, ids
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
RAISING: Final[frozenset[CaseState]] = frozenset({"substantiated", "plan_agreed", "remediating"})
"""While a case with a critical condition is there, its parties see at least the band high."""
WARNING: Final = timedelta(hours=24)
LADDER: Final = (-WARNING, timedelta(0), timedelta(hours=24), timedelta(hours=72))
"""When a clock that runs is told of, from when it is due: to its parties, once more, to the other watchdogs of the
supplier, to the brands that see it."""
OVERDUE: Final = 2
WATCHDOGS: Final = 3
BRANDS: Final = 4
PROPOSE: Final = timedelta(hours=168)
"""Overdue for so long, a statement may be proposed."""


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


class Said(Value, frozen=True):
    """A step, the day it was taken, and what was said with it."""

    to: CaseState
    on: date
    reason: str | None = None
    evidence_source: Source | None = None


class Matter(Value, frozen=True):
    """What of a case is chosen by nobody. ``told``: which rung of the ladder a running clock is on, by step.

    ``assigned``: whose task it is. ``faded``: nothing personal is left in it.
    """

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
    assigned: UserId | None = None
    said: tuple[Said, ...] = ()
    closed_on: date | None = None
    faded: bool = False


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
    """What a brand sees of it; ``raises`` only by the band of the supplier."""

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
    raises: bool = False


class Facts(Value, frozen=True):
    """What was asked for when another person had to agree. ``seen``: digest of what a brand would see of it then."""

    parties: tuple[PartyId, ...] = ()
    check: Mapping[str, DisclosureAnswer] = {}
    wanted: Wanted | None = None
    seen: str = ""


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
        raises=raises(case),
    )


def seen(case: Case) -> str:
    """Digest of what a brand would see of it: the second person must have seen the same."""
    told = msgspec.json.encode(shown_of(case), enc_hook=ids.encode)
    return hashlib.sha256(told).hexdigest()


def raises(case: Case) -> bool:
    """Whether its parties see at least high; also while it is on hold from there."""
    state = case.matter.held or case.state
    return case.condition is not None and case.condition.severity is Severity.CRITICAL and state in RAISING


def verified_on(case: Case) -> date | None:
    """The last day on which a repair was verified, while it counts as one."""
    days = [one.on for one in case.matter.said if one.to == "verified"]
    return max(days, default=None) if case.matter.verified else None


def due_next(clocks: Sequence[Clock]) -> datetime | None:
    return min((one.due for one in clocks if one.due is not None), default=None)


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
    """When the next of them is to be told of."""
    moments = [
        one.due + LADDER[told.get(one.step, 0)]
        for one in clocks
        if one.due is not None and told.get(one.step, 0) < len(LADDER)
    ]
    return min(moments, default=None)


class Rung(Value, frozen=True):
    """A clock that is told of now, the rung it was on, and the one it has come to."""

    clock: Clock
    before: int
    now: int


def rung(case: Case, now: datetime) -> tuple[Case, tuple[Rung, ...]]:
    """Which running clocks are to be told of now; the case with that noted."""
    told, due = dict(case.matter.told), list[Rung]()
    for one in case.matter.clocks:
        before = told.get(one.step, 0)
        level = 0 if one.due is None else sum(one.due + after <= now for after in LADDER)
        if level > before:
            told[one.step] = level
            due.append(Rung(clock=one, before=before, now=level))
    return msgspec.structs.replace(case, matter=msgspec.structs.replace(case.matter, told=told)), tuple(due)
