"""Share a case: eight questions, then exactly the bytes that a brand gets, and when; then it is sent, or asked for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Operation
from laborvoice.api.portal import inbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.case_frame import CASE
from laborvoice.api.portal.common import common
from laborvoice.api.portal.outbound import encoded
from laborvoice.api.portal.pages import case, case_words, html, posted
from laborvoice.api.portal.pages.case_acts import Versioned, done, form
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain.case import DisclosureAnswer, failing
from laborvoice.domain.due import next_batch
from laborvoice.domain.ids import CaseId, PartyId
from laborvoice.pipeline.decide import share
from laborvoice.pipeline.decide.keep import By
from laborvoice.views import case_file, cases
from laborvoice.views.case_file import Offer
from laborvoice.views.cases import CaseView
from laborvoice.web.forms import Form

WORDS: Final = {one.name: case_words.UNANSWERED for one in case_words.QUESTIONS}
_NOBODY: Final = "Choose at least one party that does not see it yet."


class ShareForm(Versioned, frozen=True, kw_only=True):
    ten_or_more_could_know: DisclosureAnswer
    no_words_photo_time_or_channel: DisclosureAnswer
    teller_allows_the_brand: DisclosureAnswer
    form_names_no_source: DisclosureAnswer
    child_and_consent_first: DisclosureAnswer
    undocumented_advised: DisclosureAnswer
    no_retaliation_agreed: DisclosureAnswer
    own_part_asked: DisclosureAnswer

    @property
    def check(self) -> dict[str, DisclosureAnswer]:
        return {one.name: getattr(self, one.name) for one in case_words.QUESTIONS}


@get(
    "/cases/{case:str}/share",
    opt={
        OPERATION: Operation(
            id="page_share",
            summary="Share a case",
            text="Eight questions.",
            tag="pages",
            page=True,
            scopes=case.DESK,
            path={"case": CASE},
            answers=(html.PAGE,),
            problems=common("not-found"),
        )
    },
)
async def show_share(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    return await _page(request, parts, Form())


@post(
    "/cases/{case:str}/share",
    opt=form("page_preview_share", "See what a brand would get", "Nothing is shared yet.", answer=html.PAGE),
)
async def post_preview(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    found, offer = await _read(request, parts)
    sent = await _sent(request, offer)
    if sent.value is None:
        return await _page(request, parts, sent.form)
    who = _chosen(offer, sent.form)
    now = parts.clock.now()
    return html.page(
        request,
        "case_preview.html",
        case=found,
        version=sent.value.version,
        check=sent.value.check,
        parties=who,
        names=[one.name for one in offer.reach if str(one.id) in who],
        brands=any(one.kind == "brand" for one in offer.reach if str(one.id) in who),
        arrives=_arrives(found, now),
        shown=offer.shown,
        data=encoded(offer.shown).decode(),
        words=case_words,
    )


@post(
    "/cases/{case:str}/share/send",
    opt=form("page_send_share", "Share it", "Of a U1 case a second person is asked."),
)
async def post_share(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    _, offer = await _read(request, parts)
    sent = await _sent(request, offer)
    to = tuple(PartyId.parse(one) for one in _chosen(offer, sent.form))

    async def step(db: Any, who: By, found: CaseView, typed: ShareForm) -> object:  # noqa: ANN401 - the connection
        return await share.share_in(db, parts.chance, who, found.id, (to, typed.check))

    return await done(request, parts, sent, step, _page, "case-shared")


async def _sent(request: Request[Any, Any, Any], offer: Offer) -> posted.Posted[ShareForm]:
    """What fails is a fault of its question, which says what to change."""
    sent = await posted.read(request, ShareForm, WORDS, [str(one.id) for one in offer.reach])
    faults = dict(sent.form.faults)
    if sent.value is not None:
        wrong = failing(sent.value.check)
        faults.update({one.name: one.change for one in case_words.QUESTIONS if one.name in wrong})
    if not _chosen(offer, sent.form):
        faults["parties"] = _NOBODY
    return posted.Posted(None if faults else sent.value, msgspec.structs.replace(sent.form, faults=faults))


def _chosen(offer: Offer, form: Form) -> tuple[str, ...]:
    return tuple(str(one.id) for one in offer.reach if form.value(str(one.id)))


def _arrives(found: CaseView, now: datetime) -> datetime | None:
    """None: at once, when a second person has approved."""
    return None if found.cls == "U1" else next_batch(now)


async def _read(request: Request[Any, Any, Any], parts: PortalParts) -> tuple[CaseView, Offer]:
    """Raises NotFound."""
    principal, now = visits.of(request).principal, parts.clock.now()
    asked, sight = inbound.path_id(request, "case", CaseId), principal.sight(now.date())

    async def step(db: Any) -> tuple[CaseView, Offer]:  # noqa: ANN401 - the store's connection, handed on
        return await cases.known(db, sight, now, asked), await case_file.offer(db, sight, now, asked)

    return await parts.database.run("page_share", step)


async def _page(request: Request[Any, Any, Any], parts: PortalParts, form: Form) -> Response[bytes]:
    found, offer = await _read(request, parts)
    return html.filled(
        request,
        "case_share.html",
        form,
        case=found,
        version=case.stamp(found),
        kinds=_kinds(offer),
        known=offer.known,
        arrives=_arrives(found, parts.clock.now()),
        words=case_words,
    )


def _kinds(offer: Offer) -> Sequence[tuple[str, list[Any]]]:
    return [(kind, [one for one in offer.reach if one.kind == kind]) for kind in ("brand", "watchdog")]
