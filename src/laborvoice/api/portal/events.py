"""Doors to events: which there are, and what was told to a party, to be polled."""

import base64
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from msgspec import Meta

from laborvoice.api.openapi import OPERATION, Answer, Content, Operation, PathPart
from laborvoice.api.paging import Cursors, List
from laborvoice.api.portal import endpoint_examples as examples
from laborvoice.api.portal import event_contract, inbound, outbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import LISTED, Cursor, Limit, common, public
from laborvoice.api.problems import Pointed, Refusal
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound, Value
from laborvoice.domain.facts import KINDS, TYPES, EventType
from laborvoice.domain.ids import EndpointId, PartyId
from laborvoice.domain.party import PartyKind
from laborvoice.errors import NotFound
from laborvoice.views import endpoints, feed
from laborvoice.views.endpoints import PublicKeyView
from laborvoice.views.feed import Expired, Page

Asked = Request[Any, Any, Any]
Types = Annotated[str, Meta(min_length=1, max_length=1000, pattern=r"^[a-z_.]+(,[a-z_.]+)*$")]

NOW: Final = "now"
_KEY_SECONDS: Final = 3600
_FEED: Final = "/v1/events"
EXPIRED: Final = "What comes next is not kept any more. The oldest that is kept is behind the cursor"


class NoFilter(Inbound, frozen=True):
    """A place in the feed is the same whatever is left out of it."""


class EventsQuery(Inbound, frozen=True):
    cursor: Cursor | None = None
    types: Types | None = None
    limit: Limit = 50
    wait: Annotated[int, Meta(ge=0, le=25)] = 0


class EventList(Value, frozen=True):
    """``data`` holds the very bytes that are pushed."""

    data: tuple[msgspec.Raw, ...]
    next_cursor: str
    has_more: bool


class EventTypeView(Value, frozen=True):
    type: EventType
    description: str
    hearers: tuple[PartyKind, ...]
    example: dict[str, Any]
    schema: dict[str, Any]


class EventTypeList(Value, frozen=True):
    data: tuple[EventTypeView, ...]


class KeyList(Value, frozen=True):
    keys: tuple[PublicKeyView, ...]


_CATALOGUE: Final = EventTypeList(
    data=tuple(
        EventTypeView(
            type=kind,
            description=KINDS[kind].said,
            hearers=tuple(sorted(KINDS[kind].hearers)),
            example=examples.EVENTS[kind],
            schema=event_contract.alone(kind),
        )
        for kind in TYPES
    )
)


def types_of(text: str | None) -> tuple[EventType, ...]:
    """Raises Refusal for one that is not."""
    asked = () if text is None else tuple(text.split(","))
    known: dict[str, EventType] = {kind: kind for kind in TYPES}
    if not known.keys() >= set(asked):
        raise Refusal("invalid-parameter", faults=(Pointed(pointer="?types", detail="There is no such type."),))
    return tuple(known[one] for one in asked)


class Places:
    """Cursors into the feed of a party: the same for who polls and who streams."""

    def __init__(self, cursors: Cursors, party: PartyId) -> None:
        self._cursors = cursors
        self._of = List(party=party, path=_FEED, filters=NoFilter())

    def write(self, position: int) -> str:
        return self._cursors.make(self._of, position)

    def read(self, text: str) -> int:
        """Raises Refusal."""
        return self._cursors.read(self._of, text, int)

    def expired(self, found: Expired) -> Refusal:
        cursor = self.write(found.oldest)
        link = f'<{_FEED}?cursor={cursor}>; rel="first"'
        return Refusal("cursor-expired", f"{EXPIRED} {cursor}", headers=((b"link", link.encode()),))


async def begins(parts: PortalParts, places: Places, party: PartyId, cursor: str | None) -> int | None:
    """The position behind which to begin; None: with the oldest. Raises Refusal."""
    if cursor is None:
        return None
    return await feed.newest(parts.database, party) if cursor == NOW else places.read(cursor)


@get(
    "/v1/event-types",
    opt={
        OPERATION: Operation(
            id="list_event_types",
            summary="List the types of events",
            text="Each with its JSON Schema and an example, and which kinds of party may hear of it: none where it is"
            " for one endpoint alone.",
            tag="events",
            answers=(
                Answer(
                    status=200,
                    text="All types.",
                    contents=(
                        Content(
                            shape=EventTypeList, example=msgspec.structs.replace(_CATALOGUE, data=_CATALOGUE.data[:1])
                        ),
                    ),
                ),
            ),
            problems=public(),
        )
    },
)
async def list_event_types() -> Response[bytes]:
    return outbound.plain(outbound.encoded(_CATALOGUE))


@get(
    "/v1/events",
    opt={
        OPERATION: Operation(
            id="list_events",
            summary="Poll events",
            text="What was told to you, in order, as the bytes that are pushed; kept for 30 days. Without `cursor` from"
            " the oldest on, with `cursor=now` from now on. Keep `next_cursor`, also where nothing came. With `wait`"
            " the answer comes when there is something, or after so many seconds.",
            tag="events",
            scopes=("events:read",),
            query=EventsQuery,
            query_example={"types": "score.band_changed,case.shared", "wait": 25},
            answers=(
                Answer(
                    status=200,
                    text="What came.",
                    contents=(
                        Content(
                            shape=EventList,
                            example={
                                "data": [examples.EVENTS["score.band_changed"]],
                                "next_cursor": base64.urlsafe_b64encode(bytes(60)).decode(),
                                "has_more": False,
                            },
                        ),
                    ),
                    headers={"Link": LISTED["Link"]},
                ),
            ),
            problems=common("invalid-cursor", "cursor-expired"),
        )
    },
)
async def list_events(
    request: Asked, parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    visit = visits.of(request)
    query, party = visit.query(EventsQuery), visit.principal.party
    places = Places(cursors, party)
    position = await begins(parts, places, party, query.cursor)
    asked = feed.Asked(party=party, position=position, types=types_of(query.types), limit=query.limit)
    match await feed.wait(parts.database, parts.fed, asked, query.wait):
        case Expired() as found:
            raise places.expired(found)
        case Page() as found:
            cursor = places.write(found.position)
            told = EventList(
                data=tuple(msgspec.Raw(one.body) for one in found.entries), next_cursor=cursor, has_more=found.more
            )
            return outbound.plain(outbound.encoded(told), headers=outbound.next_link(request, cursor))


@get(
    "/.well-known/webhook-keys/{endpoint:str}",
    opt={
        OPERATION: Operation(
            id="list_webhook_keys",
            summary="Read the public keys of an endpoint",
            text="Those that sign what the endpoint is sent (v1a, Ed25519), the newest first, and the next one.",
            tag="events",
            path={"endpoint": PathPart(text="Id of an endpoint.", example=str(examples.ENDPOINT_ID), shape=EndpointId)},
            answers=(Answer(status=200, text="The keys.", contents=(Content(shape=KeyList, example=examples.KEYS),)),),
            problems=public("not-found"),
        )
    },
)
async def list_webhook_keys(request: Asked, parts: NamedDependency[PortalParts]) -> Response[bytes]:
    endpoint = inbound.path_id(request, "endpoint", EndpointId)
    found = await endpoints.public_keys(parts.database, endpoint, parts.clock.now().date())
    if not found:
        raise NotFound
    control = {"Cache-Control": f"public, max-age={_KEY_SECONDS}"}
    return outbound.plain(outbound.encoded(KeyList(keys=found)), headers=control)
