"""Doors to what is done with messages: acknowledged, closed, answered. Reasons are codes: no word of a message."""

from typing import Annotated, Any, Final

from litestar import Request, Response, post
from litestar.di import NamedDependency
from msgspec import Meta

from laborvoice.api.openapi import OPERATION, Answer, Content, Operation
from laborvoice.api.portal import acts, inbound
from laborvoice.api.portal import desk_examples as examples
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import common
from laborvoice.api.portal.messages import MESSAGE
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.crypto.framing import unb64
from laborvoice.crypto.receipt import ITEM_SIZE
from laborvoice.domain import Inbound, Value
from laborvoice.domain.ids import MessageId
from laborvoice.domain.message import CloseReason
from laborvoice.errors import BadField, Malformed
from laborvoice.pipeline import answer
from laborvoice.pipeline.once import Reply
from laborvoice.views import messages
from laborvoice.views.messages import MessageView

_BODY: Final = ("unsupported-media-type", "malformed-json", "invalid-body")
_SHOWN: Final = (
    Answer(status=200, text="As it is now.", contents=(Content(shape=MessageView, example=examples.MESSAGE),)),
)
_ITEM: Final = 1366
"""Characters of base64url."""


class CloseWanted(Inbound, frozen=True):
    reason: CloseReason


class CloseAllWanted(Inbound, frozen=True):
    messages: Annotated[tuple[MessageId, ...], Meta(min_length=1, max_length=500)]
    reason: CloseReason


class AllClosed(Value, frozen=True):
    closed: int


class ItemWanted(Inbound, frozen=True):
    item: Annotated[str, Meta(min_length=_ITEM, max_length=_ITEM, pattern="^[A-Za-z0-9_-]*$")]


@post(
    "/v1/messages/{message:str}/acknowledge",
    opt={
        OPERATION: Operation(
            id="acknowledge_message",
            summary="Acknowledge a message",
            text="It is assigned to you, and the clock of an urgent one stops: what is left is whether it was met.",
            tag="messages",
            scopes=("messages:write",),
            path={"message": MESSAGE},
            answers=_SHOWN,
            problems=common("not-found", "transition-not-allowed"),
        )
    },
)
async def acknowledge_message(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    principal, now = visits.of(request).principal, parts.clock.now()
    asked = inbound.path_id(request, "message", MessageId)

    async def step(db: Any) -> MessageView:  # noqa: ANN401 - the store's connection, handed on
        own = await messages.kids(db, principal.party)
        await answer.acknowledge_in(db, now, (principal.actor, principal.user), own, asked)
        return await messages.one(db, principal.party, asked)

    return await acts.done(request, parts, step, acts.told())


@post(
    "/v1/messages/{message:str}/close",
    opt={
        OPERATION: Operation(
            id="close_message",
            summary="Close a message",
            text="An urgent one only after it was acknowledged.",
            tag="messages",
            scopes=("messages:write",),
            path={"message": MESSAGE},
            body=Content(shape=CloseWanted, example=examples.CLOSE),
            answers=_SHOWN,
            problems=common(*_BODY, "not-found", "transition-not-allowed"),
        )
    },
)
async def close_message(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    principal, now = visits.of(request).principal, parts.clock.now()
    asked, wanted = inbound.path_id(request, "message", MessageId), await inbound.body(request, CloseWanted)

    async def step(db: Any) -> MessageView:  # noqa: ANN401 - the store's connection, handed on
        own = await messages.kids(db, principal.party)
        await answer.close_in(db, now, principal.actor, own, (asked, wanted.reason))
        return await messages.one(db, principal.party, asked)

    return await acts.done(request, parts, step, acts.told())


@post(
    "/v1/messages/close",
    opt={
        OPERATION: Operation(
            id="close_messages",
            summary="Close several messages",
            text="All or none, for one reason; urgent ones are refused.",
            tag="messages",
            scopes=("messages:write",),
            body=Content(shape=CloseAllWanted, example=examples.CLOSE_ALL),
            answers=(
                Answer(
                    status=200,
                    text="They are closed.",
                    contents=(Content(shape=AllClosed, example=examples.CLOSED),),
                ),
            ),
            problems=common(*_BODY, "not-found", "transition-not-allowed"),
        )
    },
)
async def close_messages(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    principal, now = visits.of(request).principal, parts.clock.now()
    wanted = await inbound.body(request, CloseAllWanted)

    async def step(db: Any) -> AllClosed:  # noqa: ANN401 - the store's connection, handed on
        own = await messages.kids(db, principal.party)
        named = tuple(dict.fromkeys(wanted.messages))
        return AllClosed(closed=await answer.close_all_in(db, now, principal.actor, own, (named, wanted.reason)))

    return await acts.done(request, parts, step, acts.told())


@post(
    "/v1/mailbox",
    opt={
        OPERATION: Operation(
            id="post_reply",
            summary="Post a reply",
            text="A sealed item for the mailbox, its first 16 bytes its one-time address. It names no message, and"
            " nothing is kept that would tie it to one; an Idempotency-Key is not heeded. The same bytes again are"
            " answered alike. It can be fetched after the next mix.",
            tag="messages",
            scopes=("messages:write",),
            keyed=False,
            body=Content(shape=ItemWanted, example=examples.ITEM),
            answers=(Answer(status=201, text="It waits for the next mix."),),
            problems=common(*_BODY, "tag-taken"),
        )
    },
)
async def post_reply(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    actor, now = visits.of(request).principal.actor, parts.clock.now()
    item = _item(await inbound.body(request, ItemWanted))

    async def step(db: Any) -> None:  # noqa: ANN401 - the store's connection, handed on
        await answer.post_in(db, now, actor, item)

    return await acts.done(request, parts, step, lambda _: Reply(status=201))


def _item(wanted: ItemWanted) -> bytes:
    """Raises BadField."""
    try:
        raw = unb64(wanted.item)
    except Malformed:
        raise BadField("/item", "It is not base64url.") from None
    if len(raw) != ITEM_SIZE:
        raise BadField("/item", "An item has 1,024 bytes.")
    return raw
