"""Doors to what moves a case: its states, and with whom it is shared."""

from typing import Any

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Answer, Content, Operation
from laborvoice.api.portal import acts, inbound
from laborvoice.api.portal import desk_examples as examples
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.case_body import ShareWanted, TransitionWanted
from laborvoice.api.portal.case_frame import BODY, CASE, SHOWN, WAITS, acted
from laborvoice.api.portal.common import common
from laborvoice.api.problems import Refusal
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain.case import Wanted
from laborvoice.domain.dossier import Approval
from laborvoice.domain.ids import CaseId
from laborvoice.pipeline.decide import move, share
from laborvoice.pipeline.decide.keep import By, held
from laborvoice.views import cases


@post(
    "/v1/cases/{case:str}/transitions",
    opt={
        OPERATION: Operation(
            id="move_case",
            summary="Move a case to its next state",
            text="By its watchdogs; from `plan_agreed` to `remediating` by a brand too. What is missing is named. The"
            " verdict on a U1 case waits for a second person.",
            tag="cases",
            scopes=("cases:write",),
            path={"case": CASE},
            body=Content(shape=TransitionWanted, example=examples.TRANSITION),
            once=True,
            match=True,
            answers=(Answer(status=200, text="As it is now.", contents=(SHOWN,)), WAITS),
            problems=common(*BODY, "not-found", "transition-not-allowed", "two-person-rule"),
        )
    },
)
async def move_case(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    body = await inbound.body(request, TransitionWanted)
    message = None if body.loop_message is None else body.loop_message.message()
    wanted = Wanted(
        to=body.to, reason=body.reason, evidence_source=body.evidence_source, loop_message=message is not None
    )
    sight = visits.of(request).principal.sight(parts.clock.now().date())

    async def step(db: Any, who: By, named: CaseId) -> Approval | None:  # noqa: ANN401 - the store's connection
        await held(db, who, named)
        acts.unchanged(request)(await cases.known(db, sight, who.now, named))
        return await move.move_in(db, parts.chance, who, named, (wanted, message))

    return await acted(request, parts, step)


@post(
    "/v1/cases/{case:str}/share",
    opt={
        OPERATION: Operation(
            id="share_case",
            summary="Share a case",
            text="With brands that have a confirmed link to the supplier, or watchdogs who cover it. Eight questions"
            " must be answered; one that fails refuses it. Brands see it, and are told, on the first of a month at"
            " least a week away; of a U1 case at once, when a second person has seen the same and approved.",
            tag="cases",
            scopes=("cases:write",),
            path={"case": CASE},
            body=Content(shape=ShareWanted, example=examples.SHARE),
            once=True,
            answers=(Answer(status=200, text="As it is now.", contents=(SHOWN,)), WAITS),
            problems=common(*BODY, "not-found", "transition-not-allowed", "two-person-rule"),
        )
    },
)
async def share_case(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    if visits.of(request).principal.kind != "watchdog":
        raise Refusal("forbidden", "Watchdogs share cases.")
    body = await inbound.body(request, ShareWanted)
    to = tuple(dict.fromkeys(body.parties)), msgspec.structs.asdict(body.disclosure_check)

    async def step(db: Any, who: By, named: CaseId) -> Approval | None:  # noqa: ANN401 - the store's connection
        return await share.share_in(db, parts.chance, who, named, to)

    return await acted(request, parts, step)
