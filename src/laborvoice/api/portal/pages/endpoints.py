"""Pages about endpoints: the list with a form for a new one, and the secret that is shown once."""

from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from msgspec import Meta

from laborvoice.api.openapi import OPERATION, Operation
from laborvoice.api.portal import endpoint_examples
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import common
from laborvoice.api.portal.endpoints import stored
from laborvoice.api.portal.outbound import Asked
from laborvoice.api.portal.pages import html, posted
from laborvoice.api.portal.probes import Probes
from laborvoice.api.problems import Refusal
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound, Value
from laborvoice.domain.endpoint import EVERY_TYPE, NewEndpoint, Wanted
from laborvoice.domain.facts import KINDS, TYPES, EventType
from laborvoice.errors import BadField, Conflict
from laborvoice.pipeline import subscribe
from laborvoice.views import endpoints
from laborvoice.web.forms import Form

MOST: Final = 100
_KNOWN: Final[dict[str, Wanted]] = {**{kind: kind for kind in TYPES}, EVERY_TYPE: EVERY_TYPE}
_TYPES: Final = "Types from the catalogue below, with commas between them, or * for all."
WORDS: Final = {
    "url": "Type where events are sent: https and a host name of the public internet.",
    "types": _TYPES,
    "description": "At most 200 characters.",
}


class NewForm(Inbound, frozen=True):
    url: Annotated[str, Meta(min_length=1, max_length=2048)]
    types: Annotated[str, Meta(min_length=1, max_length=1000)]
    description: Annotated[str, Meta(max_length=200)] = ""
    fifo: str = ""


class Told(Value, frozen=True):
    """A line of the catalogue."""

    type: EventType
    said: str
    example: str


def catalogue(request: Asked) -> tuple[Told, ...]:
    """What the party that asks may hear of."""
    kind = visits.of(request).principal.kind
    return tuple(
        Told(type=one, said=KINDS[one].said, example=endpoint_examples.event_bytes(one).decode())
        for one in TYPES
        if kind in KINDS[one].hearers
    )


async def _list(request: Asked, parts: PortalParts, form: Form) -> Response[bytes]:
    now, principal = parts.clock.now(), visits.of(request).principal
    found = await endpoints.page(parts.database, principal.sight(now.date()), None, MOST, now)
    writes = "endpoints:write" in principal.scopes
    return html.filled(
        request, "endpoints/list.html", form, endpoints=found, catalogue=catalogue(request), writes=writes
    )


@get(
    "/endpoints",
    opt={
        OPERATION: Operation(
            id="page_endpoints",
            summary="Endpoints",
            text="Where events are sent.",
            tag="pages",
            page=True,
            menu="Webhooks",
            scopes=("endpoints:read",),
            answers=(html.PAGE,),
            problems=common(),
        )
    },
)
async def show_endpoints(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    return await _list(request, parts, Form())


@post(
    "/endpoints",
    opt={
        OPERATION: Operation(
            id="page_endpoints_post",
            summary="Make an endpoint",
            text="Shows its secret, this once.",
            tag="pages",
            page=True,
            keyed=False,
            scopes=("endpoints:write",),
            body=html.FORM,
            answers=(html.PAGE,),
            problems=common("csrf", "invalid-body"),
        )
    },
)
async def post_endpoint(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], probes: NamedDependency[Probes]
) -> Response[bytes]:
    sent = await posted.read(request, NewForm, WORDS)
    if sent.value is None:
        return await _list(request, parts, sent.form)
    party = visits.of(request).principal.party
    try:
        wanted = stored(parts, _wanted(sent.value))
        probes.take(party)
        one, secret = await parts.database.run(
            "subscribe", lambda db: subscribe.subscribe_in(db, parts.clock.now(), parts.chance, party, wanted)
        )
    except Refusal as refusal:
        name = "url" if refusal.faults else ""
        return await _list(request, parts, sent.refused(name, refusal.faults[0].detail if name else refusal.detail))
    except BadField as error:
        return await _list(request, parts, sent.refused("types", str(error)))
    except Conflict as error:
        return await _list(request, parts, sent.refused("", str(error)))
    return html.page(request, "endpoints/secret.html", endpoint=one.id, secret=secret, made=True)


def _wanted(form: NewForm) -> NewEndpoint:
    """Raises BadField."""
    names = tuple(part.strip() for part in form.types.split(",") if part.strip())
    if not names or not _KNOWN.keys() >= set(names):
        raise BadField("/types", _TYPES)
    types: tuple[Wanted, ...] = tuple(_KNOWN[name] for name in names)
    return NewEndpoint(url=form.url, types=types, description=form.description, fifo=bool(form.fifo))
