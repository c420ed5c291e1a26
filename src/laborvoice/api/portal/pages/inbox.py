"""A watchdog's inbox: what the server knows of it, around a document in which the browser opens the messages."""

from typing import Any, Final

from litestar import Request, Response, get
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Operation
from laborvoice.api.paging import Cursors, List
from laborvoice.api.portal import inbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import Cursor, common
from laborvoice.api.portal.messages import FIRST, MESSAGE
from laborvoice.api.portal.outbound import Asked, encoded, paged
from laborvoice.api.portal.pages import html
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound
from laborvoice.domain.ids import MessageId
from laborvoice.domain.message import MessageState
from laborvoice.pipeline import answer
from laborvoice.views import accounts, messages
from laborvoice.views.messages import After, MessageView

ROWS: Final = 50
PEOPLE_MOST: Final = 1000


class InboxPage(Inbound, frozen=True):
    state: MessageState = "new"
    cursor: Cursor | None = None


@get(
    "/inbox",
    opt={
        OPERATION: Operation(
            id="page_inbox",
            summary="Inbox",
            text="Locked without keys: kinds, weeks, and who has them. They are opened in the browser alone.",
            tag="pages",
            page=True,
            menu="Inbox",
            scopes=("messages:read",),
            query=InboxPage,
            answers=(html.PAGE,),
            problems=common("invalid-cursor"),
        )
    },
)
async def show_inbox(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], cursors: NamedDependency[Cursors]
) -> Response[bytes]:
    visit, now = visits.of(request), parts.clock.now()
    query, party = visit.query(InboxPage), visit.principal.party
    of = List(party=party, path=request.scope["path"], filters=query)
    after = FIRST if query.cursor is None else cursors.read(of, query.cursor, tuple[int, MessageId])

    async def step(db: Any) -> tuple[tuple[MessageView, After], ...]:  # noqa: ANN401 - the store's connection
        own = await messages.kids(db, party)
        await answer.show_in(db, now, own)
        return await messages.page(db, own, (None, query.state), after, ROWS + 1)

    rows = await parts.database.run("page_inbox", step)
    shown, cursor = paged(cursors, of, rows, ROWS, lambda row: row[1])
    following = "" if cursor is None else f"/inbox?state={query.state}&cursor={cursor}"
    shown_rows = tuple(view for view, _ in shown)
    return await _inbox(request, parts, shown_rows, state=query.state, next=following, row="")


@get(
    "/inbox/{message:str}",
    opt={
        OPERATION: Operation(
            id="page_message",
            summary="A message",
            text="The same document as the inbox, in which the browser opens this one.",
            tag="pages",
            page=True,
            scopes=("messages:read",),
            path={"message": MESSAGE},
            answers=(html.PAGE,),
            problems=common("not-found"),
        )
    },
)
async def show_message(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    party, asked = visits.of(request).principal.party, inbound.path_id(request, "message", MessageId)
    found = await parts.database.run("page_message", lambda db: messages.one(db, party, asked))
    return await _inbox(request, parts, (found,), state=found.state, next="", row=encoded(found).decode())


async def _inbox(request: Asked, parts: PortalParts, rows: tuple[MessageView, ...], **more: str) -> Response[bytes]:
    visit = visits.of(request)
    users = await accounts.users(parts.database, visit.principal.party, None, PEOPLE_MOST)
    people = {str(one.id): one.name for one in users}
    return html.page(
        request,
        "inbox.html",
        rows=rows,
        people=people,
        named=encoded(people).decode(),
        me=str(visit.principal.maker or ""),
        party=str(visit.principal.party),
        **more,
    )
