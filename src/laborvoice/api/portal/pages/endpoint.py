"""The page of one endpoint: how it stands, what became of its messages, and what its owner can do with it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Final, Literal

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from msgspec import Meta

from laborvoice.api.openapi import OPERATION, Operation
from laborvoice.api.portal import inbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import common
from laborvoice.api.portal.endpoint_deliveries import DELIVERY
from laborvoice.api.portal.endpoints import ENDPOINT
from laborvoice.api.portal.outbound import Asked
from laborvoice.api.portal.pages import html, posted
from laborvoice.api.portal.probes import Probes
from laborvoice.api.problems import Refusal
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound
from laborvoice.domain.endpoint import RECOVER_SPAN
from laborvoice.domain.facts import ChallengeText
from laborvoice.domain.ids import DeliveryId, EndpointId
from laborvoice.errors import BadField, Conflict
from laborvoice.pipeline import subscribe
from laborvoice.pipeline.subscribe import Owned, again, change
from laborvoice.pipeline.subscribe.again import RecoverWanted
from laborvoice.views import endpoints
from laborvoice.web.forms import Form

DELIVERIES: Final = 50
RECOVERIES: Final = 5
SINCE: Final = "Name a day of the last 30."
COUNTED: Final = "So many would be sent: {}."
WORDS: Final = {
    "challenge": "A challenge has 64 characters, of 0 to 9 and a to f.",
    "overlap": "A number of hours, from 0 to 168.",
    "since": SINCE,
}

Act = Literal["enable", "disable", "test", "verify", "delete", "rotate", "count", "recover"]


class ActForm(Inbound, frozen=True):
    """``act``: the button. ``overlap`` in hours; ``since``: a day."""

    act: Act
    challenge: ChallengeText | None = None
    overlap: Annotated[int, Meta(ge=0, le=168)] = 24
    since: date | None = None


class ReplayForm(Inbound, frozen=True):
    """Nothing but that it was sent."""


async def _page(request: Asked, parts: PortalParts, form: Form, said: str = "") -> Response[bytes]:
    asked, now = inbound.path_id(request, "endpoint", EndpointId), parts.clock.now()
    principal = visits.of(request).principal
    sight = principal.sight(now.date())
    narrow = endpoints.Narrow(endpoint=asked)
    shown: dict[str, object] = {
        "one": await endpoints.one(parts.database, sight, asked, now),
        "deliveries": await endpoints.deliveries(parts.database, sight, narrow, DELIVERIES),
        "recoveries": await endpoints.recoveries(parts.database, sight, asked, RECOVERIES),
        "writes": "endpoints:write" in principal.scopes,
        "week": (now - timedelta(days=7)).date(),
    }
    return html.filled(request, "endpoints/one.html", form, said=said, **shown)


@get(
    "/endpoints/{endpoint:str}",
    opt={
        OPERATION: Operation(
            id="page_endpoint",
            summary="An endpoint",
            text="How it stands.",
            tag="pages",
            page=True,
            scopes=("endpoints:read",),
            path={"endpoint": ENDPOINT},
            answers=(html.PAGE,),
            problems=common("not-found"),
        )
    },
)
async def show_endpoint(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    return await _page(request, parts, Form())


@post(
    "/endpoints/{endpoint:str}",
    opt={
        OPERATION: Operation(
            id="page_endpoint_post",
            summary="Do something with an endpoint",
            text="Which, the button says.",
            tag="pages",
            page=True,
            keyed=False,
            scopes=("endpoints:write",),
            path={"endpoint": ENDPOINT},
            body=html.FORM,
            answers=(html.PAGE, html.SEE),
            problems=common("csrf", "invalid-body", "not-found"),
        )
    },
)
async def post_endpoint_act(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], probes: NamedDependency[Probes]
) -> Response[bytes]:
    sent = await posted.read(request, ActForm, WORDS)
    if sent.value is None:
        return await _page(request, parts, sent.form)
    try:
        return await _acted(request, parts, probes, sent.value)
    except BadField as error:
        return await _page(request, parts, sent.refused(error.pointer.removeprefix("/"), str(error)))
    except Conflict as error:
        return await _page(request, parts, sent.refused("", str(error)))
    except Refusal as refusal:
        return await _page(request, parts, sent.refused("", refusal.detail))


async def _acted(request: Asked, parts: PortalParts, probes: Probes, form: ActForm) -> Response[bytes]:
    asked, now = inbound.path_id(request, "endpoint", EndpointId), parts.clock.now()
    party = visits.of(request).principal.party

    async def step(db: Any) -> str | int:  # noqa: ANN401 - the store's connection, handed on
        one = await change.held(db, party, asked)
        if form.act in {"verify", "test"}:
            await _prove(db, now, parts, probes, one, form)
        elif form.act in {"enable", "disable", "delete"}:
            await _switch(db, now, parts, probes, one, form.act)
        else:
            return await _more(db, now, parts, one, form)
        return ""

    told = await parts.database.run("endpoint act", step)
    if isinstance(told, int):
        return await _page(request, parts, Form(values={"since": str(form.since)}), COUNTED.format(told))
    if told:
        return html.page(request, "endpoints/secret.html", endpoint=asked, secret=told, made=False)
    return html.see("/endpoints" if form.act == "delete" else f"/endpoints/{asked}", f"endpoint-{form.act}")


async def _more(db: Any, now: datetime, parts: PortalParts, one: Owned, form: ActForm) -> str | int:  # noqa: ANN401 - as above
    """The secret of a rotation, how many a recovery would be, or nothing to be shown."""
    if form.act == "rotate":
        return (await change.rotate_in(db, now, parts.chance, one, timedelta(hours=form.overlap)))[1]
    if form.act == "count":
        return (await again.missed_in(db, now, one, _recovery(form, now)))[1]
    await again.recover_in(db, now, parts.chance, one, _recovery(form, now))
    return ""


def _recovery(form: ActForm, now: datetime) -> RecoverWanted:
    """Raises BadField where no day is named."""
    if form.since is None:
        raise BadField("/since", SINCE)
    since = max(datetime.combine(form.since, time(), UTC), now - RECOVER_SPAN)
    return RecoverWanted(since=since, include=("failed", "never_sent"))


async def _switch(
    db: Any,  # noqa: ANN401 - the store's connection, handed on
    now: datetime,
    parts: PortalParts,
    probes: Probes,
    one: Owned,
    act: Act,
) -> None:
    if act == "delete":
        await change.remove_in(db, one)
    elif act == "disable":
        await change.disable_in(db, now.date(), one)
    else:
        if one.state == "disabled" and change.must_prove(one, now.date()):
            probes.take(one.party_id)
        await change.enable_in(db, now, parts.chance, one)


async def _prove(
    db: Any,  # noqa: ANN401 - the store's connection, handed on
    now: datetime,
    parts: PortalParts,
    probes: Probes,
    one: Owned,
    form: ActForm,
) -> None:
    if form.act == "test":
        await subscribe.try_out_in(db, now, parts.chance, one)
        probes.take(one.party_id)
        return
    change.check_pending(one)
    if form.challenge:
        await change.prove_in(db, one, bytes.fromhex(form.challenge))
    else:
        probes.take(one.party_id)
        await change.prove_again_in(db, now, parts.chance, one)


@get(
    "/endpoints/{endpoint:str}/deliveries/{delivery:str}",
    opt={
        OPERATION: Operation(
            id="page_delivery",
            summary="A delivery",
            text="Its attempts.",
            tag="pages",
            page=True,
            scopes=("endpoints:read",),
            path={"endpoint": ENDPOINT, "delivery": DELIVERY},
            answers=(html.PAGE,),
            problems=common("not-found"),
        )
    },
)
async def show_delivery(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    asked, delivery = inbound.path_id(request, "endpoint", EndpointId), inbound.path_id(request, "delivery", DeliveryId)
    principal = visits.of(request).principal
    sight = principal.sight(parts.clock.now().date())
    found = await endpoints.attempts(parts.database, sight, asked, delivery)
    writes = "endpoints:write" in principal.scopes
    return html.page(
        request, "endpoints/delivery.html", endpoint=asked, delivery=delivery, attempts=found, writes=writes
    )


@post(
    "/endpoints/{endpoint:str}/deliveries/{delivery:str}",
    opt={
        OPERATION: Operation(
            id="page_delivery_post",
            summary="Send a delivery again",
            text="Goes back to the endpoint.",
            tag="pages",
            page=True,
            keyed=False,
            scopes=("endpoints:write",),
            path={"endpoint": ENDPOINT, "delivery": DELIVERY},
            body=html.FORM,
            answers=(html.SEE,),
            problems=common("csrf", "invalid-body", "not-found", "conflict"),
        )
    },
)
async def post_replay(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    asked, delivery = inbound.path_id(request, "endpoint", EndpointId), inbound.path_id(request, "delivery", DeliveryId)
    await posted.read(request, ReplayForm, {})
    party, now = visits.of(request).principal.party, parts.clock.now()

    async def step(db: Any) -> None:  # noqa: ANN401 - the store's connection, handed on
        await again.replay_in(db, now, parts.chance, await change.held(db, party, asked), delivery)

    await parts.database.run("replay", step)
    return html.see(f"/endpoints/{asked}", "endpoint-replay")
