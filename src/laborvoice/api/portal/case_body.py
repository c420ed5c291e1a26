"""What is sent of cases. Whatever is text here can be read by the server, and says so where it is typed."""

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from laborvoice.domain import Inbound
from laborvoice.domain.case import CaseClass, DisclosureAnswer, Source
from laborvoice.domain.condition import Condition
from laborvoice.domain.dossier import Action, ActionState, Finding, LoopMessage, Month
from laborvoice.domain.facts import CaseState
from laborvoice.domain.ids import ActionId, FindingId, PartyId, SupplierId, UserId
from laborvoice.pipeline.decide import Edited, Opened

Line = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Text = Annotated[str, Meta(min_length=1, max_length=1000)]
Notes = Annotated[str, Meta(min_length=1, max_length=4000)]
Instrument = Annotated[str, Meta(pattern=r"^[CPR][0-9]{1,3}$")]
Language = Annotated[str, Meta(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Period = Annotated[str, Meta(pattern=r"^[0-9]{4}-(Q[1-4]|0[1-9]|1[0-2])$")]


class CaseWanted(Inbound, frozen=True):
    supplier: SupplierId
    cls: CaseClass = msgspec.field(name="class")
    title: Line
    condition: Condition | None = None
    notes: Notes | None = None

    def opened(self) -> Opened:
        return Opened(**msgspec.structs.asdict(self))


class CaseChange(Inbound, frozen=True):
    cls: CaseClass = msgspec.field(name="class")
    title: Line
    condition: Condition | None = None
    notes: Notes | None = None
    assigned_to: UserId | None = None

    def edited(self) -> Edited:
        return Edited(
            cls=self.cls,
            title=self.title,
            condition=self.condition,
            notes=self.notes,
            assigned=self.assigned_to,
        )


class LoopWanted(Inbound, frozen=True):
    period: Period
    you_said: Text
    we_did: Text
    not_yet: Text
    object_how: Text
    languages: Annotated[tuple[Language, ...], Meta(min_length=1, max_length=20)]

    def message(self) -> LoopMessage:
        return LoopMessage(**msgspec.structs.asdict(self))


class TransitionWanted(Inbound, frozen=True):
    to: CaseState
    reason: Text | None = None
    evidence_source: Source | None = None
    loop_message: LoopWanted | None = None


class CheckWanted(Inbound, frozen=True):
    """All eight; yes means that it is safe so."""

    ten_or_more_could_know: DisclosureAnswer
    no_words_photo_time_or_channel: DisclosureAnswer
    teller_allows_the_brand: DisclosureAnswer
    form_names_no_source: DisclosureAnswer
    child_and_consent_first: DisclosureAnswer
    undocumented_advised: DisclosureAnswer
    no_retaliation_agreed: DisclosureAnswer
    own_part_asked: DisclosureAnswer


class ShareWanted(Inbound, frozen=True):
    parties: Annotated[tuple[PartyId, ...], Meta(min_length=1, max_length=20)]
    disclosure_check: CheckWanted


class FindingWanted(Inbound, frozen=True):
    condition: Condition
    text: Text
    since_month: Month
    ilo: Annotated[tuple[Instrument, ...], Meta(max_length=20)] = ()

    def finding(self, named: FindingId) -> Finding:
        return Finding(id=named, **msgspec.structs.asdict(self))


class ActionWanted(Inbound, frozen=True):
    """With ``id`` in the place of the one that has it."""

    finding: FindingId
    root_cause: Text
    action: Text
    owner: Line
    due: date
    state: ActionState = "open"
    evidence: Annotated[tuple[Line, ...], Meta(max_length=20)] = ()
    brand_contribution: Text | None = None
    id: ActionId | None = None

    def made(self, named: ActionId) -> Action:
        return Action(
            id=self.id or named,
            finding=self.finding,
            root_cause=self.root_cause,
            action=self.action,
            owner=self.owner,
            due=self.due,
            evidence=self.evidence,
            state=self.state,
            brand_contribution=msgspec.UNSET if self.brand_contribution is None else self.brand_contribution,
        )


class DecisionWanted(Inbound, frozen=True):
    decision: Literal["approve", "refuse"]
