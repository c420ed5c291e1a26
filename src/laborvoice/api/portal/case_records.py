"""Doors to what a case gathers: findings, actions, what workers are told, and that a brand has seen it."""

from typing import Any, Final

from litestar import Request, Response, post
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Answer, Content, Operation
from laborvoice.api.portal import desk_examples as examples
from laborvoice.api.portal import inbound
from laborvoice.api.portal.case_body import ActionWanted, FindingWanted, LoopWanted
from laborvoice.api.portal.case_frame import BODY, CASE, SHOWN, acted, made
from laborvoice.api.portal.common import common
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain.ids import ActionId, CaseId, FindingId
from laborvoice.pipeline.decide import record
from laborvoice.pipeline.decide.keep import By

_ADDED: Final = (Answer(status=201, text="The case, with what was added.", contents=(SHOWN,)),)
_ID_BYTES: Final = 16


@post(
    "/v1/cases/{case:str}/findings",
    opt={
        OPERATION: Operation(
            id="record_finding",
            summary="Record a finding",
            text="Of the whole site, so that it fits anyone there. By the case's watchdogs.",
            tag="cases",
            scopes=("cases:write",),
            path={"case": CASE},
            body=Content(shape=FindingWanted, example=examples.FINDING),
            answers=_ADDED,
            problems=common(*BODY, "not-found"),
        )
    },
)
async def record_finding(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    wanted = await inbound.body(request, FindingWanted)

    async def step(db: Any, who: By, named: CaseId) -> None:  # noqa: ANN401 - the store's connection, handed on
        finding = wanted.finding(FindingId.draw(parts.chance.bytes(_ID_BYTES)))
        await record.finding_in(db, parts.chance, who, named, finding)

    return await acted(request, parts, step, made)


@post(
    "/v1/cases/{case:str}/actions",
    opt={
        OPERATION: Operation(
            id="record_action",
            summary="Record an action",
            text="On a finding of the case; with `id` in the place of the one that has it. A brand replaces one, and"
            " changes of it the evidence, its own part, and whether it is done.",
            tag="cases",
            scopes=("cases:write",),
            path={"case": CASE},
            body=Content(shape=ActionWanted, example=examples.ACTION),
            answers=_ADDED,
            problems=common(*BODY, "not-found", "conflict"),
        )
    },
)
async def record_action(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    wanted = await inbound.body(request, ActionWanted)

    async def step(db: Any, who: By, named: CaseId) -> None:  # noqa: ANN401 - the store's connection, handed on
        action = wanted.made(ActionId.draw(parts.chance.bytes(_ID_BYTES)))
        await record.action_in(db, parts.chance, who, named, action)

    return await acted(request, parts, step, made)


@post(
    "/v1/cases/{case:str}/loop-messages",
    opt={
        OPERATION: Operation(
            id="record_loop_message",
            summary="Record what workers are told",
            text="What they said, as a release has it; what was done, and what is not. By the case's watchdogs.",
            tag="cases",
            scopes=("cases:write",),
            path={"case": CASE},
            body=Content(shape=LoopWanted, example=examples.LOOP),
            answers=_ADDED,
            problems=common(*BODY, "not-found"),
        )
    },
)
async def record_loop_message(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    message = (await inbound.body(request, LoopWanted)).message()

    async def step(db: Any, who: By, named: CaseId) -> None:  # noqa: ANN401 - the store's connection, handed on
        await record.loop_message_in(db, parts.chance, who, named, message)

    return await acted(request, parts, step, made)


@post(
    "/v1/cases/{case:str}/acknowledgements",
    opt={
        OPERATION: Operation(
            id="acknowledge_case",
            summary="Acknowledge a case",
            text="By a brand that it was shared with: its clock stops. Once more changes nothing.",
            tag="cases",
            scopes=("cases:write",),
            path={"case": CASE},
            answers=_ADDED,
            problems=common("not-found"),
        )
    },
)
async def acknowledge_case(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    async def step(db: Any, who: By, named: CaseId) -> None:  # noqa: ANN401 - the store's connection, handed on
        await record.acknowledge_in(db, parts.chance, who, named)

    return await acted(request, parts, step, made)
