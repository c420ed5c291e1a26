"""The page of a one-time link: a new user takes her place, or sets a new password. Looking uses nothing up."""

from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from laborvoice.api.auth import Doorkeeper
from laborvoice.api.openapi import OPERATION, Operation, PathPart
from laborvoice.api.portal.common import public
from laborvoice.api.portal.outbound import Asked
from laborvoice.api.portal.pages import html, posted
from laborvoice.api.portal.pages.account import SHORT
from laborvoice.api.portal.sessions import NewPassword, PersonName
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound
from laborvoice.errors import BadField
from laborvoice.pipeline.sign_in import redeem
from laborvoice.web.forms import Form

LINK: Final = PathPart(
    text="The secret part of a one-time link.", example="Zm9yIGFuIGV4YW1wbGUsIG5vdCBhIHJlYWwgbGluayE"
)
NAME: Final = "Type the name you will sign in with."


class WelcomeForm(Inbound, frozen=True):
    password: NewPassword
    name: PersonName | None = None


@get(
    "/welcome/{link:str}",
    opt={
        OPERATION: Operation(
            id="page_welcome",
            summary="Welcome",
            text="Asks for a password; uses nothing up.",
            tag="pages",
            page=True,
            path={"link": LINK},
            answers=(html.PAGE,),
            problems=public("link-expired"),
        )
    },
)
async def show_welcome(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    return await _shown(request, parts, Form())


@post(
    "/welcome/{link:str}",
    opt={
        OPERATION: Operation(
            id="page_welcome_post",
            summary="Welcome",
            text="Sets name and password; a new user is signed in.",
            tag="pages",
            page=True,
            path={"link": LINK},
            body=html.FORM,
            answers=(html.PAGE, html.SEE),
            problems=public("csrf", "invalid-body", "link-expired", "rate-limited"),
        )
    },
)
async def post_welcome(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], doorkeeper: NamedDependency[Doorkeeper]
) -> Response[bytes]:
    sent = await posted.read(request, WelcomeForm, {"name": NAME, "password": SHORT})
    link: str = request.path_params["link"]
    doorkeeper.login(link)
    if sent.value is None:
        return await _shown(request, parts, sent.form)
    try:
        done = await redeem.redeem(parts.signing_in, link, sent.value.password, sent.value.name or "")
    except BadField as error:
        return await _shown(request, parts, sent.refused(error.pointer.removeprefix("/"), str(error)))
    if not done.session:
        return html.see("/login", "password-set")
    return html.see("/account", "welcome", doorkeeper.cookie.set(done.session))


async def _shown(request: Asked, parts: PortalParts, form: Form) -> Response[bytes]:
    user = await redeem.looked_at(parts.signing_in, request.path_params["link"])
    return html.filled(request, "account/welcome.html", form, user=user)
