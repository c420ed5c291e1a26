"""What a watchdog does on the page of a case: each act a form, each fault beside its field. Brands say what is done."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency
from msgspec import UNSET, Meta

from laborvoice.api.openapi import OPERATION, Answer, Operation, PathPart
from laborvoice.api.portal import inbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.case_body import Line, Notes, Period, Text
from laborvoice.api.portal.case_frame import CASE, by
from laborvoice.api.portal.common import common
from laborvoice.api.portal.pages import case, case_words, html, posted
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound
from laborvoice.domain.case import CaseClass, Source, Wanted
from laborvoice.domain.condition import Condition
from laborvoice.domain.dossier import Action, Finding, LoopMessage, Month
from laborvoice.domain.facts import CaseState
from laborvoice.domain.ids import ActionId, CaseId, FindingId, UserId
from laborvoice.errors import BadField, Conflict, TransitionRefused
from laborvoice.pipeline import decide
from laborvoice.pipeline.decide import Edited, move, record
from laborvoice.pipeline.decide.keep import By, held
from laborvoice.views import cases
from laborvoice.views.cases import CaseView
from laborvoice.web.forms import Form

Version = Annotated[str, Meta(max_length=40)]
Instruments = Annotated[str, Meta(pattern=r"^[CPR][0-9]{1,3}([ ,]+[CPR][0-9]{1,3}){0,19}$")]
Codes = Annotated[str, Meta(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*([ ,]+[A-Za-z]{2,3}(-[A-Za-z0-9]+)*){0,19}$")]
BROKEN: Final = common("unsupported-media-type", "invalid-body", "not-found", "two-person-rule")
_CASE: Final[Mapping[str, PathPart]] = {"case": CASE}
_ID_BYTES: Final = 16


class Versioned(Inbound, frozen=True, kw_only=True):
    """``version``: of the case as it was read."""

    version: Version = ""


V = TypeVar("V", bound=Versioned)
Page = Callable[[Request[Any, Any, Any], PortalParts, Form], Awaitable[Response[bytes]]]
Step = Callable[[Any, By, CaseView, V], Awaitable[object]]
"""With the case as it is. What it returns waits for a second person; nothing: it is done."""


class ChangeForm(Versioned, frozen=True, kw_only=True):
    cls: CaseClass = msgspec.field(name="class")
    title: Line
    condition: Condition | None = None
    notes: Notes | None = None
    assigned_to: UserId | None = None


class MoveForm(Versioned, frozen=True, kw_only=True):
    to: CaseState
    reply: Literal["replied", "no_conversation"] | None = None
    evidence: Source | None = None
    reason: Text | None = None


class FindingForm(Versioned, frozen=True, kw_only=True):
    finding_condition: Condition
    finding_text: Text
    since_month: Month
    ilo: Instruments | None = None


class ActionForm(Versioned, frozen=True, kw_only=True):
    finding: FindingId
    root_cause: Text
    action: Text
    owner: Line
    due: date
    brand_contribution: Text | None = None


class ToldForm(Versioned, frozen=True, kw_only=True):
    period: Period
    you_said: Text
    we_did: Text
    not_yet: Text
    object_how: Text
    languages: Codes


class ReviewForm(Versioned, frozen=True, kw_only=True):
    review: Text


def form(
    name: str,
    summary: str,
    text: str = "On the page of the case.",
    *,
    scopes: tuple[str, ...] = case.DESK,
    path: Mapping[str, PathPart] = _CASE,
    answer: Answer = html.SEE,
) -> dict[str, Operation]:
    made = Operation(
        id=name,
        summary=summary,
        text=text,
        tag="pages",
        page=True,
        scopes=scopes,
        path=path,
        body=html.FORM,
        answers=(answer,),
        problems=BROKEN,
    )
    return {OPERATION: made}


async def acted(request: Request[Any, Any, Any], parts: PortalParts, kind: type[V], step: Step[V]) -> Response[bytes]:
    """Of a form on the page of the case, with the words of its fields."""
    fields = {field.encode_name for field in msgspec.structs.fields(kind)}
    sent = await posted.read(request, kind, {name: text for name, text in case_words.WORDS.items() if name in fields})
    return await done(request, parts, sent, step, case.shown)


async def done(
    request: Request[Any, Any, Any],
    parts: PortalParts,
    sent: posted.Posted[V],
    step: Step[V],
    page: Page,
    told: str = "case-saved",
) -> Response[bytes]:
    """The act, if the case is as it was read; then its page, or ``page``, the form with what is wrong."""
    who, named = by(request, parts), inbound.path_id(request, "case", CaseId)
    sight, value = visits.of(request).principal.sight(who.now.date()), sent.value
    if value is None:
        return await page(request, parts, sent.form)

    async def whole(db: Any) -> object:  # noqa: ANN401 - the store's connection, handed on
        await held(db, who, named)
        found = await cases.known(db, sight, who.now, named)
        if case.stamp(found) != value.version:
            raise Conflict(case_words.STALE)
        return await step(db, who, found, value)

    try:
        waits = await parts.database.run("case_form", whole)
    except (BadField, Conflict) as error:
        return await page(request, parts, _refused(sent, error))
    return html.see(f"/cases/{named}", told if waits is None else "case-waits")


def _refused(sent: posted.Posted[Any], error: BadField | Conflict) -> Form:
    if isinstance(error, BadField):
        return sent.refused(error.pointer.removeprefix("/"), str(error))
    if not isinstance(error, TransitionRefused):
        return sent.refused("", str(error))
    faults = sent.form
    for guard in error.missing:
        text = case_words.guard(guard)
        faults = Form(values=faults.values, faults={**faults.faults, case_words.field(guard): text})
    return faults


@post("/cases/{case:str}/change", opt=form("page_change_case", "Change a case"))
async def post_change(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    async def step(db: Any, who: By, found: CaseView, typed: ChangeForm) -> None:  # noqa: ANN401 - the connection
        edited = Edited(
            cls=typed.cls,
            title=typed.title,
            condition=typed.condition,
            notes=typed.notes,
            assigned=typed.assigned_to,
        )
        await decide.change_in(db, parts.chance, who, found.id, edited)

    return await acted(request, parts, ChangeForm, step)


@post("/cases/{case:str}/move", opt=form("page_move_case", "Move a case"))
async def post_move(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    async def step(db: Any, who: By, found: CaseView, typed: MoveForm) -> object:  # noqa: ANN401 - the connection
        reason = typed.reply if typed.to == "acknowledged" else typed.reason
        wanted = Wanted(to=typed.to, reason=reason, evidence_source=typed.evidence)
        return await move.move_in(db, parts.chance, who, found.id, (wanted, None))

    return await acted(request, parts, MoveForm, step)


@post("/cases/{case:str}/findings", opt=form("page_record_finding", "Record a finding"))
async def post_finding(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    async def step(db: Any, who: By, found: CaseView, typed: FindingForm) -> None:  # noqa: ANN401 - the connection
        recorded = Finding(
            id=FindingId.draw(parts.chance.bytes(_ID_BYTES)),
            condition=typed.finding_condition,
            text=typed.finding_text,
            since_month=typed.since_month,
            ilo=_codes(typed.ilo or ""),
        )
        await record.finding_in(db, parts.chance, who, found.id, recorded)

    return await acted(request, parts, FindingForm, step)


@post("/cases/{case:str}/actions", opt=form("page_record_action", "Record an action"))
async def post_action(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    async def step(db: Any, who: By, found: CaseView, typed: ActionForm) -> None:  # noqa: ANN401 - the connection
        planned = Action(
            id=ActionId.draw(parts.chance.bytes(_ID_BYTES)),
            finding=typed.finding,
            root_cause=typed.root_cause,
            action=typed.action,
            owner=typed.owner,
            due=typed.due,
            evidence=(),
            state="open",
            brand_contribution=typed.brand_contribution or UNSET,
        )
        await record.action_in(db, parts.chance, who, found.id, planned)

    return await acted(request, parts, ActionForm, step)


@post("/cases/{case:str}/told", opt=form("page_record_loop_message", "Record what workers are told"))
async def post_told(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    async def step(db: Any, who: By, found: CaseView, typed: ToldForm) -> None:  # noqa: ANN401 - the connection
        told = LoopMessage(
            period=typed.period,
            you_said=typed.you_said,
            we_did=typed.we_did,
            not_yet=typed.not_yet,
            object_how=typed.object_how,
            languages=_codes(typed.languages),
        )
        await record.loop_message_in(db, parts.chance, who, found.id, told)

    return await acted(request, parts, ToldForm, step)


@post("/cases/{case:str}/review", opt=form("page_review_case", "Review a case on hold"))
async def post_review(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    async def step(db: Any, who: By, found: CaseView, typed: ReviewForm) -> None:  # noqa: ANN401 - the connection
        await record.review_in(db, parts.chance, who, found.id, typed.review)

    return await acted(request, parts, ReviewForm, step)


def _codes(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.replace(",", " ").split()))
