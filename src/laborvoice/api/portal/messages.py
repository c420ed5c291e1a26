"""Doors to messages: lists of what waits, sealed, and the bytes themselves. Whoever reads them is written down."""

from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from msgspec import Meta

from laborvoice.api.openapi import OPERATION, Answer, Content, Operation, PathPart
from laborvoice.api.paging import Cursors, List
from laborvoice.api.portal import desk_examples as examples
from laborvoice.api.portal import inbound, outbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import LISTED, Cursor, Limit, common
from laborvoice.api.problems import Pointed, Refusal
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.crypto import inbox
from laborvoice.domain import Inbound, Value
from laborvoice.domain.ids import MessageId, PartyId
from laborvoice.domain.message import MessageKind, MessageState
from laborvoice.errors import Malformed
from laborvoice.pipeline import answer
from laborvoice.views import messages
from laborvoice.views.messages import After, MessageView

MESSAGE: Final = PathPart(text="Id of a message.", example=str(examples.MESSAGE_ID), shape=MessageId)
OCTETS: Final = "application/octet-stream"
FIRST: Final[After] = (0, MessageId.of(UUID(int=0)))
_LAST: Final = MessageId.of(UUID(int=(1 << 128) - 1))


class MessagesQuery(Inbound, frozen=True):
    kind: MessageKind | None = None
    state: MessageState | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


class MessageList(Value, frozen=True):
    data: tuple[MessageView, ...]
    next_cursor: str | None
    has_more: bool


class ReadWanted(Inbound, frozen=True):
    messages: Annotated[tuple[MessageId, ...], Meta(min_length=1, max_length=50)]


@get(
    "/v1/messages",
    opt={
        OPERATION: Operation(
            id="list_messages",
            summary="List messages",
            text="What is sealed to your keys, batch by batch as mixes brought it, shuffled inside a batch. Nothing"
            " tells a supplier or a time. Of urgent ones that are shown for the first time the clock begins.",
            tag="messages",
            scopes=("messages:read",),
            query=MessagesQuery,
            query_example={"kind": "urgent", "state": "new", "limit": 50},
            answers=(
                Answer(
                    status=200,
                    text="A page of messages.",
                    contents=(Content(shape=MessageList, example=examples.MESSAGES),),
                    headers={"Link": LISTED["Link"]},
                ),
            ),
            problems=common("invalid-cursor"),
        )
    },
)
async def list_messages(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    visit, now = visits.of(request), parts.clock.now()
    query, party = visit.query(MessagesQuery), visit.principal.party
    of = List(party=party, path=request.scope["path"], filters=query)
    after = _after(cursors, of, party, query.cursor)

    async def step(db: Any) -> tuple[tuple[MessageView, After], ...]:  # noqa: ANN401 - the store's connection
        own = await messages.kids(db, party)
        await answer.show_in(db, now, own)
        return await messages.page(db, own, (query.kind, query.state), after, query.limit + 1)

    rows = await parts.database.run("list_messages", step)
    shown, cursor = outbound.paged(cursors, of, rows, query.limit, lambda row: row[1])
    told = MessageList(data=tuple(view for view, _ in shown), next_cursor=cursor, has_more=cursor is not None)
    return outbound.plain(outbound.encoded(told), headers=outbound.next_link(request, cursor))


def _after(cursors: Cursors, of: List, party: PartyId, cursor: str | None) -> After:
    """Raises Refusal."""
    if cursor is None:
        return FIRST
    if len(cursor) != inbox.CURSOR_CHARACTERS:
        return cursors.read(of, cursor, tuple[int, MessageId])
    try:
        # Behind all of the batch before.
        return inbox.batch_of(party, cursor) - 1, _LAST
    except Malformed:
        fault = Pointed(pointer="?cursor", detail="It was not made for this list.")
        raise Refusal("invalid-cursor", faults=(fault,)) from None


@get(
    "/v1/messages/{message:str}",
    opt={
        OPERATION: Operation(
            id="get_message",
            summary="Read a message",
            text="The inner message as it was sealed: 5,246 or 7,422 bytes, by its suite. That you read it is written"
            " into your own chain of the audit log, with the week.",
            tag="messages",
            scopes=("messages:read",),
            path={"message": MESSAGE},
            answers=(Answer(status=200, text="The bytes.", contents=(Content(media=OCTETS, size=0),)),),
            problems=common("not-found"),
        )
    },
)
async def get_message(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    asked = inbound.path_id(request, "message", MessageId)
    return await _bytes(request, parts, (asked,))


@post(
    "/v1/messages/read",
    opt={
        OPERATION: Operation(
            id="read_messages",
            summary="Read several messages",
            text="Their bytes one after another, in the order asked for; each is written down as if read alone.",
            tag="messages",
            scopes=("messages:read",),
            keyed=False,
            body=Content(shape=ReadWanted, example=examples.READ),
            answers=(Answer(status=200, text="The bytes.", contents=(Content(media=OCTETS, size=0),)),),
            problems=common("unsupported-media-type", "malformed-json", "invalid-body", "not-found"),
        )
    },
)
async def read_messages(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    wanted = await inbound.body(request, ReadWanted)
    return await _bytes(request, parts, tuple(dict.fromkeys(wanted.messages)))


async def _bytes(request: Request[Any, Any, Any], parts: PortalParts, asked: tuple[MessageId, ...]) -> Response[bytes]:
    actor, now = visits.of(request).principal.actor, parts.clock.now()
    found = await parts.database.run("read_message", lambda db: messages.read_message(db, now, actor, asked))
    return Response(b"".join(found), status_code=200, media_type=OCTETS)
