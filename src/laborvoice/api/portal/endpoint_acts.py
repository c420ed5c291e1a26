"""Doors to what an owner does with an endpoint: on and off, new keys, a test, a proof, and what was missed."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Annotated, Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from msgspec import Meta

from laborvoice.api.openapi import OPERATION, Answer, Content, Operation
from laborvoice.api.portal import acts, inbound, outbound
from laborvoice.api.portal import endpoint_examples as examples
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import common
from laborvoice.api.portal.endpoints import ENDPOINT, SHOWN
from laborvoice.api.portal.probes import Probes
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound, Value
from laborvoice.domain.facts import ChallengeText
from laborvoice.domain.ids import EndpointId, EventId
from laborvoice.pipeline import subscribe
from laborvoice.pipeline.once import Reply
from laborvoice.pipeline.subscribe import Owned, again, change
from laborvoice.pipeline.subscribe.again import RecoverWanted
from laborvoice.views import endpoints
from laborvoice.views.endpoints import EndpointMade, EndpointView, RecoveryView

Asked = Request[Any, Any, Any]
Step = Callable[[Any, datetime, Owned], Awaitable[Owned]]


class RotateWanted(Inbound, frozen=True):
    """``overlap_hours``: how long the old secret and key sign on beside the new ones."""

    overlap_hours: Annotated[int, Meta(ge=0, le=168)] = 24


class VerifyWanted(Inbound, frozen=True):
    """With the challenge that the receiver was sent; without one, another is sent."""

    challenge: ChallengeText | None = None


class Sent(Value, frozen=True):
    event: EventId


class RecoverCount(Value, frozen=True):
    """``total``: how many would be sent."""

    total: int


async def _act(request: Asked, parts: PortalParts, what: Step) -> Response[bytes]:
    """Do ``what`` to the endpoint in the path, held; answer how it stands then."""
    asked, now = inbound.path_id(request, "endpoint", EndpointId), parts.clock.now()
    party = visits.of(request).principal.party

    async def step(db: Any) -> EndpointView:  # noqa: ANN401 - the store's connection, handed on
        one = await change.held(db, party, asked)
        return await endpoints.shown(db, await what(db, now, one), now)

    return await acts.done(request, parts, step, acts.told())


def _operation(name: str, summary: str, text: str, *, body: Content | None = None, **more: Any) -> Operation:  # noqa: ANN401 - fields
    fields: dict[str, Any] = {"answers": (SHOWN,), "problems": (), "scopes": ("endpoints:write",), **more}
    read = ("unsupported-media-type", "malformed-json", "invalid-body") if body else ()
    fields["problems"] = common("not-found", *read, *fields["problems"])
    return Operation(
        id=name, summary=summary, text=text, tag="endpoints", path={"endpoint": ENDPOINT}, body=body, **fields
    )


@post(
    "/v1/endpoints/{endpoint:str}/enable",
    opt={
        OPERATION: _operation(
            "enable_endpoint",
            "Switch an endpoint on",
            "It is `pending`, with a new challenge on the way, where its URL was never verified or it was off for 30"
            " days. What came meanwhile is not sent by itself: recover it.",
        )
    },
)
async def enable_endpoint(
    request: Asked, parts: NamedDependency[PortalParts], probes: NamedDependency[Probes]
) -> Response[bytes]:
    async def what(db: Any, now: datetime, one: Owned) -> Owned:  # noqa: ANN401 - the store's connection, handed on
        if one.state == "disabled" and change.must_prove(one, now.date()):
            probes.take(one.party_id)
        return await change.enable_in(db, now, parts.chance, one)

    return await _act(request, parts, what)


@post(
    "/v1/endpoints/{endpoint:str}/disable",
    opt={
        OPERATION: _operation(
            "disable_endpoint",
            "Switch an endpoint off",
            "What waits for it stays, and goes when it is on again.",
        )
    },
)
async def disable_endpoint(request: Asked, parts: NamedDependency[PortalParts]) -> Response[bytes]:
    async def what(db: Any, now: datetime, one: Owned) -> Owned:  # noqa: ANN401 - the store's connection, handed on
        return await change.disable_in(db, now.date(), one)

    return await _act(request, parts, what)


@post(
    "/v1/endpoints/{endpoint:str}/rotate-secret",
    opt={
        OPERATION: _operation(
            "rotate_endpoint_secret",
            "Rotate an endpoint's keys",
            "A new secret, shown in this answer alone, and a new public key. The old ones sign on beside them for"
            " `overlap_hours`; at most ten old ones.",
            body=Content(shape=RotateWanted, example={"overlap_hours": 24}),
            answers=(
                Answer(
                    status=200,
                    text="The new secret.",
                    contents=(Content(shape=EndpointMade, example=examples.MADE),),
                ),
            ),
            problems=("conflict", "secret-already-shown"),
        )
    },
)
async def rotate_endpoint_secret(request: Asked, parts: NamedDependency[PortalParts]) -> Response[bytes]:
    asked, now = inbound.path_id(request, "endpoint", EndpointId), parts.clock.now()
    party, wanted = visits.of(request).principal.party, await inbound.body(request, RotateWanted)

    async def step(db: Any) -> EndpointMade:  # noqa: ANN401 - the store's connection, handed on
        one = await change.held(db, party, asked)
        overlap = timedelta(hours=wanted.overlap_hours)
        rotated, secret = await change.rotate_in(db, now, parts.chance, one, overlap)
        return endpoints.made(await endpoints.shown(db, rotated, now), secret)

    return await acts.done(
        request,
        parts,
        step,
        lambda made: Reply(status=200, body=outbound.encoded(made), secret_at=f"/v1/endpoints/{made.id}"),
    )


@post(
    "/v1/endpoints/{endpoint:str}/test",
    status_code=202,
    opt={
        OPERATION: _operation(
            "test_endpoint",
            "Test an endpoint",
            "Sends an `endpoint.test` event, also where the endpoint is `pending`. Tests and challenges are sent ten"
            " times an hour at most.",
            answers=(
                Answer(
                    status=202,
                    text="It is on its way.",
                    contents=(Content(shape=Sent, example=Sent(event=examples.EVENT_ID)),),
                ),
            ),
            problems=("conflict",),
        )
    },
)
async def test_endpoint(
    request: Asked, parts: NamedDependency[PortalParts], probes: NamedDependency[Probes]
) -> Response[bytes]:
    asked, now = inbound.path_id(request, "endpoint", EndpointId), parts.clock.now()
    party = visits.of(request).principal.party

    async def step(db: Any) -> Sent:  # noqa: ANN401 - the store's connection, handed on
        one = await change.held(db, party, asked)
        made = await subscribe.try_out_in(db, now, parts.chance, one)
        probes.take(party)
        return Sent(event=made)

    return await acts.done(request, parts, step, acts.told(202))


@post(
    "/v1/endpoints/{endpoint:str}/verify",
    opt={
        OPERATION: _operation(
            "verify_endpoint",
            "Verify an endpoint",
            "With the challenge that its receiver was sent: for receivers that cannot answer it themselves. Without"
            " one, a new challenge is sent, three times if need be.",
            body=Content(shape=VerifyWanted, example={"challenge": "a1" * 32}),
            problems=("conflict",),
        )
    },
)
async def verify_endpoint(
    request: Asked, parts: NamedDependency[PortalParts], probes: NamedDependency[Probes]
) -> Response[bytes]:
    wanted = await inbound.body(request, VerifyWanted)

    async def what(db: Any, now: datetime, one: Owned) -> Owned:  # noqa: ANN401 - the store's connection, handed on
        change.check_pending(one)
        if wanted.challenge is not None:
            return await change.prove_in(db, one, bytes.fromhex(wanted.challenge))
        probes.take(one.party_id)
        return await change.prove_again_in(db, now, parts.chance, one)

    return await _act(request, parts, what)


@post(
    "/v1/endpoints/{endpoint:str}/recover",
    status_code=202,
    opt={
        OPERATION: _operation(
            "recover_endpoint",
            "Send what an endpoint missed",
            "What was given up (`failed`), and what came while it was off or before it was made (`never_sent`), of the"
            " last 30 days. With `dry_run` nothing is sent, and the answer is how much it would be.",
            body=Content(
                shape=RecoverWanted,
                example={"since": "2026-10-01T00:00:00Z", "include": ["failed", "never_sent"], "dry_run": True},
            ),
            once=True,
            answers=(
                Answer(
                    status=200,
                    text="How many would be sent (`dry_run`).",
                    contents=(Content(shape=RecoverCount, example=RecoverCount(total=120)),),
                ),
                Answer(
                    status=202,
                    text="The job.",
                    contents=(Content(shape=RecoveryView, example=examples.RECOVERY),),
                    headers={"Location": "Where it is."},
                ),
            ),
            problems=("conflict", "endpoint-not-verified"),
        )
    },
)
async def recover_endpoint(request: Asked, parts: NamedDependency[PortalParts]) -> Response[bytes]:
    asked, now = inbound.path_id(request, "endpoint", EndpointId), parts.clock.now()
    party, wanted = visits.of(request).principal.party, await inbound.body(request, RecoverWanted)

    async def step(db: Any) -> RecoverCount | RecoveryView:  # noqa: ANN401 - the store's connection, handed on
        one = await change.held(db, party, asked)
        if wanted.dry_run:
            _, total = await again.missed_in(db, now, one, wanted)
            return RecoverCount(total=total)
        return endpoints.recovered(await again.recover_in(db, now, parts.chance, one, wanted))

    return await acts.done(request, parts, step, _recovering)


def _recovering(told: RecoverCount | RecoveryView) -> Reply:
    if isinstance(told, RecoverCount):
        return Reply(status=200, body=outbound.encoded(told))
    where = f"/v1/endpoints/{told.endpoint}/recoveries/{told.id}"
    return Reply(status=202, body=outbound.encoded(told), headers=(("Location", where),))
