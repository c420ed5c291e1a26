"""Doors to mail notices: an address is taken, never given out again."""

from http import HTTPStatus
from typing import Annotated, Any

from litestar import Request, Response, delete, put
from litestar.di import NamedDependency
from msgspec import Meta

from laborvoice.api.openapi import OPERATION, Answer, Content, Operation
from laborvoice.api.portal import inbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import common
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound
from laborvoice.pipeline.subscribe import mails

Address = Annotated[
    str, Meta(min_length=6, max_length=254, pattern=r"^[!-?A-~]{1,64}@[A-Za-z0-9.-]+\.[A-Za-z0-9-]{2,63}$")
]


class NoticeWanted(Inbound, frozen=True):
    address: Address


@put(
    "/v1/me/notices",
    opt={
        OPERATION: Operation(
            id="put_notices",
            summary="Be told by mail that there is something new",
            text="One fixed mail, on a full quarter hour and at most hourly, if there is something new since your last"
            " sign-in. It says nothing of what it is. The address is sealed to the courier and never read back.",
            tag="accounts",
            own=True,
            session=True,
            body=Content(shape=NoticeWanted, example=NoticeWanted(address="ana@brand.example")),
            answers=(Answer(status=204, text="Noted."),),
            problems=common("malformed-json", "invalid-body", "unsupported-media-type", "notices-off"),
        )
    },
)
async def put_notices(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    wanted = await inbound.body(request, NoticeWanted)
    who, now = visits.of(request).principal, parts.clock.now()
    await parts.database.run("notices", lambda db: mails.mail_in(db, now, who.person, who.party, wanted.address))
    return Response(b"", status_code=HTTPStatus.NO_CONTENT)


@delete(
    "/v1/me/notices",
    status_code=HTTPStatus.OK,  # the default, 204, takes no Response
    opt={
        OPERATION: Operation(
            id="delete_notices",
            summary="No more mails",
            text="Your address is forgotten.",
            tag="accounts",
            own=True,
            session=True,
            answers=(Answer(status=204, text="Forgotten."),),
            problems=common(),
        )
    },
)
async def delete_notices(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    who = visits.of(request).principal
    await parts.database.run("notices", lambda db: mails.spare_in(db, who.person))
    return Response(b"", status_code=HTTPStatus.NO_CONTENT)
