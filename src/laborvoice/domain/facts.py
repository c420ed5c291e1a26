"""What each event says: ids, closed lists, whole numbers, a URL of ours, and never a word of anybody's (webhooks 1)."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, TypeAlias, get_args

from msgspec import UNSET, Meta, UnsetType

from laborvoice.domain import Value
from laborvoice.domain.ids import (
    CaseId,
    EndpointId,
    ExportId,
    LinkId,
    PetitionId,
    ReleaseId,
    StatementId,
    SupplierId,
)
from laborvoice.domain.party import PartyKind

EventType = Literal[
    "release.published",
    "release.withheld",
    "score.changed",
    "score.band_changed",
    "case.shared",
    "case.updated",
    "case.sla_due",
    "statement.published",
    "statement.corrected",
    "statement.withdrawn",
    "petition.threshold_reached",
    "petition.expired",
    "supplier.merged",
    "supplier.updated",
    "link.confirmed",
    "link.ended",
    "export.ready",
    "inbox.heartbeat",
    "endpoint.failing",
    "endpoint.disabled",
    "endpoint.recovered",
    "audit.anchored",
    "endpoint.verify",
    "endpoint.test",
]
TYPES: Final[tuple[EventType, ...]] = get_args(EventType)

Label = Annotated[str, Meta(pattern=r"^[0-9]{4}-(Q[1-4]|0[1-9]|1[0-2])$")]
Hash = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
ChallengeText = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Whole = Annotated[int, Meta(ge=0)]

CaseState = Literal[
    "received",
    "triaged",
    "acknowledged",
    "out_of_scope",
    "duplicate",
    "investigating",
    "substantiated",
    "not_substantiated",
    "inconclusive",
    "plan_agreed",
    "remediating",
    "verified",
    "loop_closed",
    "closed",
    "reopened",
    "on_hold_safety",
]
CaseStep = Literal[
    "triage",
    "acknowledge",
    "brand_told",
    "brand_acknowledge",
    "containment",
    "plan",
    "feedback",
    "close",
    "review",
]
Trouble = Literal["failing", "heartbeat", "gone", "auto", "manual", "recovered"]
"""Why an endpoint's event came."""
Chain = Literal["acts", "inbox"]


class OfRelease(Value, frozen=True):
    """The facts of every event that follows from a release."""

    supplier: SupplierId
    period: Label
    release: ReleaseId


class OfBand(OfRelease, frozen=True):
    """``case``: of an override, which its parties alone hear of."""

    case: CaseId | UnsetType = UNSET


class OfCase(Value, frozen=True):
    case: CaseId


class CaseMoved(Value, frozen=True):
    case: CaseId
    state: CaseState


class CaseDue(Value, frozen=True):
    case: CaseId
    step: CaseStep
    overdue: bool


class OfStatement(Value, frozen=True):
    statement: StatementId


class OfPetition(Value, frozen=True):
    petition: PetitionId


class OfSupplier(Value, frozen=True):
    supplier: SupplierId


class Merged(Value, frozen=True):
    """``into``: the survivor."""

    supplier: SupplierId
    into: SupplierId


class OfLink(Value, frozen=True):
    link: LinkId


class OfExport(Value, frozen=True):
    export: ExportId


class OfTrouble(Value, frozen=True):
    """``level``: 50, 70 or 90 percent of the way to being switched off; 0 where there is no way."""

    endpoint: EndpointId
    reason: Trouble
    level: Annotated[int, Meta(ge=0, le=100)] = 0


class Anchored(Value, frozen=True):
    """The head of an audit chain."""

    chain: Chain
    seq: Whole
    hash: Hash


class OfVerify(Value, frozen=True):
    """``challenge``: 32 bytes, for the receiver to send back."""

    endpoint: EndpointId
    challenge: ChallengeText


class OfTest(Value, frozen=True):
    endpoint: EndpointId


class Beat(Value, frozen=True):
    """The heartbeat of an inbox: always as long, whatever waits. It has no URL."""

    cursor: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{24}$")]
    urgent_waiting: Annotated[str, Meta(pattern="^[0-9]{4}$")]
    pad: Annotated[str, Meta(pattern="^0*$")]


Facts: TypeAlias = (
    OfRelease
    | OfBand
    | OfCase
    | CaseMoved
    | CaseDue
    | OfStatement
    | OfPetition
    | OfSupplier
    | Merged
    | OfLink
    | OfExport
    | OfTrouble
    | Anchored
    | OfVerify
    | OfTest
    | Beat
)

_READERS: Final[frozenset[PartyKind]] = frozenset({"brand", "watchdog"})
_BRANDS: Final[frozenset[PartyKind]] = frozenset({"brand"})
_WATCHDOGS: Final[frozenset[PartyKind]] = frozenset({"watchdog"})
_EVERYONE: Final[frozenset[PartyKind]] = frozenset({"brand", "watchdog", "operator"})
_NOBODY: Final[frozenset[PartyKind]] = frozenset()


class Kind(Value, frozen=True):
    """Of one type: what it holds, who may subscribe to it, and where to read on.

    ``path`` is a template over the facts. ``daily``: its moment is told by the day, else by the hour. Nobody
    subscribes to what is for one endpoint alone.
    """

    facts: type[Facts]
    said: str
    hearers: frozenset[PartyKind]
    path: str
    daily: bool = False


def _release(said: str) -> Kind:
    return Kind(facts=OfRelease, said=said, hearers=_READERS, path="/v1/releases/{release}", daily=True)


def _score(facts: type[OfRelease], said: str) -> Kind:
    path = "/v1/suppliers/{supplier}/score?period={period}"
    return Kind(facts=facts, said=said, hearers=_READERS, path=path, daily=True)


def _case(facts: type[Facts], said: str) -> Kind:
    return Kind(facts=facts, said=said, hearers=_READERS, path="/v1/cases/{case}", daily=True)


def _statement(said: str) -> Kind:
    return Kind(facts=OfStatement, said=said, hearers=_BRANDS, path="/v1/statements/{statement}")


def _petition(said: str) -> Kind:
    return Kind(facts=OfPetition, said=said, hearers=_READERS, path="/v1/petitions/{petition}")


def _link(said: str) -> Kind:
    return Kind(facts=OfLink, said=said, hearers=_BRANDS, path="/v1/links/{link}")


def _endpoint(facts: type[Facts], said: str, hearers: frozenset[PartyKind] = _EVERYONE) -> Kind:
    return Kind(facts=facts, said=said, hearers=hearers, path="/v1/endpoints/{endpoint}")


_SUPPLIER: Final = "/v1/suppliers/{supplier}"

KINDS: Final[Mapping[EventType, Kind]] = {
    "release.published": _release("A supplier's release of a closed period is there."),
    "release.withheld": _release("The period was too small to publish."),
    "score.changed": _score(OfRelease, "The score shown differs from the previous release's."),
    "score.band_changed": _score(
        OfBand, "Its band differs, or a finding of a case overrides it from now on, or no more."
    ),
    "case.shared": _case(OfCase, "A case was shared with you."),
    "case.updated": _case(CaseMoved, "Somebody changed what you see of a case."),
    "case.sla_due": _case(CaseDue, "A step of a case is due in 24 hours, or overdue."),
    "statement.published": _statement("A statement about a supplier of yours was published."),
    "statement.corrected": _statement("It was corrected."),
    "statement.withdrawn": _statement("It was withdrawn; its id and day stay."),
    "petition.threshold_reached": _petition("A petition has as many signatures as it asked for."),
    "petition.expired": _petition("A petition of yours ended without."),
    "supplier.merged": Kind(facts=Merged, said="Two suppliers were one.", hearers=_BRANDS, path="/v1/suppliers/{into}"),
    "supplier.updated": Kind(facts=OfSupplier, said="A supplier's entry changed.", hearers=_BRANDS, path=_SUPPLIER),
    "link.confirmed": _link("A link you claimed was confirmed."),
    "link.ended": _link("A link of yours ended, or was refused."),
    "export.ready": Kind(
        facts=OfExport, said="An export you asked for is ready.", hearers=_EVERYONE, path="/v1/exports/{export}"
    ),
    "inbox.heartbeat": Kind(
        facts=Beat, said="Each minute, always 1,024 bytes: where your inbox is.", hearers=_WATCHDOGS, path=""
    ),
    "endpoint.failing": _endpoint(OfTrouble, "An endpoint of yours has only failed for a while."),
    "endpoint.disabled": _endpoint(OfTrouble, "An endpoint was switched off."),
    "endpoint.recovered": _endpoint(OfTrouble, "An endpoint that failed answers again."),
    "audit.anchored": Kind(
        facts=Anchored,
        said="The head of an audit chain, so that cutting its tail would show.",
        hearers=frozenset({"watchdog", "operator"}),
        path="/v1/audit/head?chain={chain}",
    ),
    "endpoint.verify": _endpoint(OfVerify, "Answer the challenge, and the endpoint is yours.", _NOBODY),
    "endpoint.test": _endpoint(OfTest, "You asked for a test.", _NOBODY),
}
