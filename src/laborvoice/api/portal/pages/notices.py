"""The page where one asks for mails, and reads what the relay learns by it."""

from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from laborvoice.api.openapi import OPERATION, Operation
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import common
from laborvoice.api.portal.notices import Address
from laborvoice.api.portal.pages import html, posted
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound
from laborvoice.domain.notice import SUBJECT, text
from laborvoice.errors import NoticesOff
from laborvoice.pipeline.subscribe import mails
from laborvoice.web.forms import Form

PATH: Final = "/account/notices"
_ADDRESS: Final = "An address such as ana@brand.example."
_OFF: Final = "Mails are not set up here: ask the operator."


class NoticeForm(Inbound, frozen=True):
    """No address: no more mails."""

    address: Address | None = None


@get(
    PATH,
    opt={
        OPERATION: Operation(
            id="page_notices",
            summary="Mails",
            text="Whether you are told by mail that there is something new.",
            tag="pages",
            page=True,
            own=True,
            session=True,
            answers=(html.PAGE,),
            problems=common(),
        )
    },
)
async def show_notices(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    return await _shown(request, parts, Form())


@post(
    PATH,
    opt={
        OPERATION: Operation(
            id="page_put_notices",
            summary="Ask for mails, or for no more",
            text="With an address, mails go there; without one, it is forgotten.",
            tag="pages",
            page=True,
            own=True,
            session=True,
            body=html.FORM,
            answers=(html.PAGE, html.SEE),
            problems=common("invalid-body"),
        )
    },
)
async def post_notices(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    sent = await posted.read(request, NoticeForm, {"address": _ADDRESS})
    if sent.value is None:
        return await _shown(request, parts, sent.form)
    who, now, address = visits.of(request).principal, parts.clock.now(), sent.value.address
    if address is None:
        await parts.database.run("notices", lambda db: mails.spare_in(db, who.person))
        return html.see(PATH, "notices-off")
    try:
        await parts.database.run("notices", lambda db: mails.mail_in(db, now, who.person, who.party, address))
    except NoticesOff:
        return await _shown(request, parts, sent.refused("address", _OFF))
    return html.see(PATH, "notices-on")


async def _shown(request: Request[Any, Any, Any], parts: PortalParts, form: Form) -> Response[bytes]:
    person = visits.of(request).principal.person
    relay, wanted = await parts.database.run("notices", lambda db: mails.state_in(db, person))
    letter = text(parts.origin)
    return html.filled(
        request, "account/notices.html", form, relay=relay, wanted=wanted, subject=SUBJECT, letter=letter
    )
