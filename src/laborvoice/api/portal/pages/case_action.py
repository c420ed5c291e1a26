"""One action of a case: how far it is, what shows it, and the brand's own part."""

from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from msgspec import UNSET, Meta

from laborvoice.api.openapi import OPERATION, Operation, PathPart
from laborvoice.api.portal import desk_examples as examples
from laborvoice.api.portal import inbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.case_body import Text
from laborvoice.api.portal.case_frame import CASE
from laborvoice.api.portal.common import common
from laborvoice.api.portal.pages import case, case_words, html, posted
from laborvoice.api.portal.pages.case_acts import Versioned, done, form
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain.dossier import Action, ActionState
from laborvoice.domain.ids import ActionId, CaseId
from laborvoice.domain.party import PartyKind
from laborvoice.errors import NotFound
from laborvoice.pipeline.decide import record
from laborvoice.pipeline.decide.keep import By
from laborvoice.views import cases
from laborvoice.views.cases import CaseView
from laborvoice.web.forms import Form

Proof = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
ACTION: Final = PathPart(text="Id of an action.", example=str(examples.ACTION_ID), shape=ActionId)
PATH: Final = {"case": CASE, "action": ACTION}
STATES: Final[dict[PartyKind, tuple[ActionState, ...]]] = {
    "brand": ("open", "done"),
    "watchdog": ("open", "done", "verified", "late"),
}
WORDS: Final = {name: case_words.WORDS[name] for name in ("state", "proof", "brand_contribution")}


class ActionDone(Versioned, frozen=True, kw_only=True):
    state: ActionState
    proof: Proof | None = None
    brand_contribution: Text | None = None


@get(
    "/cases/{case:str}/actions/{action:str}",
    opt={
        OPERATION: Operation(
            id="page_action",
            summary="An action",
            text="How far it is.",
            tag="pages",
            page=True,
            scopes=("cases:write",),
            path=PATH,
            answers=(html.PAGE,),
            problems=common("not-found"),
        )
    },
)
async def show_action(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    return await _page(request, parts, Form())


@post(
    "/cases/{case:str}/actions/{action:str}",
    opt=form(
        "page_change_action",
        "Say how far an action is",
        "A brand says that it is done, and what shows it; verified is the watchdogs' word.",
        scopes=("cases:write",),
        path=PATH,
    ),
)
async def post_action_done(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    async def step(db: Any, who: By, found: CaseView, typed: ActionDone) -> None:  # noqa: ANN401 - the connection
        after = _after(_one(request, found), typed)
        await record.action_in(db, parts.chance, who, found.id, after)

    return await done(request, parts, await posted.read(request, ActionDone, WORDS), step, _page)


def _after(before: Action, typed: ActionDone) -> Action:
    return msgspec.structs.replace(
        before,
        state=typed.state,
        evidence=(*before.evidence, *((typed.proof,) if typed.proof else ())),
        brand_contribution=typed.brand_contribution or UNSET,
    )


def _one(request: Request[Any, Any, Any], found: CaseView) -> Action:
    """Raises NotFound."""
    asked = inbound.path_id(request, "action", ActionId)
    for one in found.actions:
        if one.id == asked:
            return one
    raise NotFound


async def _page(request: Request[Any, Any, Any], parts: PortalParts, form: Form) -> Response[bytes]:
    principal, now = visits.of(request).principal, parts.clock.now()
    asked, sight = inbound.path_id(request, "case", CaseId), principal.sight(now.date())
    found = await parts.database.run("page_action", lambda db: cases.known(db, sight, now, asked))
    return html.filled(
        request,
        "case_action.html",
        form,
        case=found,
        action=_one(request, found),
        version=case.stamp(found),
        states=tuple((one, one) for one in STATES[sight.kind]),
        words=case_words,
    )
