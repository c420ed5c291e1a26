"""The door that stays open: a party's events as they come, as server-sent events."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, Final
from weakref import WeakSet

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.response import Stream

from laborvoice.api.openapi import OPERATION, Answer, Content, Operation
from laborvoice.api.paging import Cursors
from laborvoice.api.portal import outbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import Cursor, common
from laborvoice.api.portal.events import Places, Types, begins, types_of
from laborvoice.api.problems import Refusal
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound
from laborvoice.domain.facts import EventType
from laborvoice.domain.ids import EventId, PartyId
from laborvoice.views import feed, inbox
from laborvoice.views.feed import Bell, Expired, Page

Asked = Request[Any, Any, Any]
Beat = Callable[[], Awaitable[bytes]]

SSE: Final = "text/event-stream"
STREAMS_MAX: Final = 4
"""Of one party."""
PING_SECONDS: Final = 15.0
BEAT_SECONDS: Final = 5.0
"""Of a watchdog's stream: with the minute of a mix, a call for help is in an open inbox within 70 seconds."""
LIFE_SECONDS: Final = 3600.0
RETRY: Final = b"retry: 3000\n\n"
PING: Final = b": ping\n\n"
_BATCH: Final = 100
_ID_BYTES: Final = 16
_HEARTBEAT: Final[EventType] = "inbox.heartbeat"
_AGAIN: Final = (b"retry-after", b"60")
_EXAMPLE: Final = 'retry: 3000\n\nid: AAAA\ndata: {"id":"evt_55td3pj9p8dj9tj0h8e9mfqnh4","type":"case.shared"}\n\n'


class Ticket:
    """Of one stream: it is open for as long as somebody holds this."""


class Streams:
    """Which are open, of each party, in this process."""

    def __init__(self, processes: int) -> None:
        self._most = max(1, STREAMS_MAX // processes)
        self._open: defaultdict[PartyId, WeakSet[Ticket]] = defaultdict(WeakSet)

    def enter(self, party: PartyId) -> Ticket:
        """Raises Refusal for one too many."""
        if len(self._open[party]) >= self._most:
            raise Refusal("rate-limited", f"There are {self._most} streams of yours already.", headers=(_AGAIN,))
        ticket = Ticket()
        self._open[party].add(ticket)
        return ticket


class StreamQuery(Inbound, frozen=True):
    cursor: Cursor | None = None
    types: Types | None = None


@get(
    "/v1/events/stream",
    opt={
        OPERATION: Operation(
            id="stream_events",
            summary="Stream events",
            text="The feed as server-sent events: `id` is a cursor, `data` the bytes that are pushed. `Last-Event-ID`"
            " goes on behind it; without one, or `cursor`, it begins with the oldest. It ends after an hour: come"
            " again. At most four at a time.",
            tag="events",
            scopes=("events:read",),
            query=StreamQuery,
            query_example={"types": "score.band_changed", "cursor": "now"},
            answers=(
                Answer(
                    status=200,
                    text="Events, and a comment every 15 seconds; of a watchdog its heartbeat instead, every 5.",
                    contents=(Content(media=SSE, example=_EXAMPLE),),
                ),
            ),
            problems=common("invalid-cursor", "cursor-expired"),
        )
    },
)
async def stream_events(
    request: Asked,
    parts: NamedDependency[PortalParts],
    cursors: NamedDependency[Cursors],
    streams: NamedDependency[Streams],
) -> Response[Any]:
    visit = visits.of(request)
    query, party = visit.query(StreamQuery), visit.principal.party
    places = Places(cursors, party)
    position = await begins(parts, places, party, request.headers.get("last-event-id") or query.cursor)
    asked = feed.Asked(party=party, position=position, types=types_of(query.types), limit=_BATCH)
    first = await feed.read(parts.database, asked)
    if isinstance(first, Expired):
        raise places.expired(first)
    if visit.head:
        return outbound.plain(b"", SSE)
    beats = visit.principal.kind == "watchdog" and (not asked.types or _HEARTBEAT in asked.types)
    pages = _pages(parts, asked, first, BEAT_SECONDS if beats else PING_SECONDS)
    beat = _beat(parts, party) if beats else None
    return Stream(_told(streams.enter(party), places, pages, parts.fed, beat), media_type=SSE)


def _beat(parts: PortalParts, party: PartyId) -> Beat:
    """Without an id: it is no place in the feed."""

    async def block() -> bytes:
        identity = EventId.draw(parts.chance.bytes(_ID_BYTES))
        return b"data: %b\n\n" % await inbox.beat(parts.database, identity, party, parts.clock.now())

    return block


async def _told(
    ticket: Ticket, places: Places, pages: AsyncGenerator[Page], bell: Bell, beat: Beat | None
) -> AsyncGenerator[bytes]:
    """A watchdog's begins with its heartbeat, and has one where others have a comment: steadily, whatever came.

    The first line is said again at its end where the process stops: come back soon, another serves.
    """
    yield RETRY
    if beat is not None:
        yield await beat()
    async for page in pages:
        if not page.entries:
            yield PING if beat is None else await beat()
        for one in page.entries:
            yield b"id: %b\ndata: %b\n\n" % (places.write(one.position).encode(), one.body)
    if bell.over:
        yield RETRY
    del ticket


async def _pages(parts: PortalParts, asked: feed.Asked, first: Page, pause: float) -> AsyncGenerator[Page]:
    """What is there, and then what comes; an empty one where nothing came for so many seconds."""
    loop = asyncio.get_running_loop()
    end = loop.time() + LIFE_SECONDS
    page: Page | Expired = first
    while isinstance(page, Page) and loop.time() < end:
        if page.entries or page is not first:
            yield page
        if parts.fed.over:
            return
        following = feed.Asked(party=asked.party, position=page.position, types=asked.types, limit=asked.limit)
        page = await feed.wait(parts.database, parts.fed, following, pause)
