"""One's own account: the second factor, recovery codes, password, sessions."""

from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from laborvoice.api.auth import Doorkeeper
from laborvoice.api.openapi import OPERATION, Operation
from laborvoice.api.portal import inbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import common
from laborvoice.api.portal.outbound import Asked
from laborvoice.api.portal.pages import html, posted
from laborvoice.api.portal.pages.sign_in import Text
from laborvoice.api.portal.sessions import SESSION, NewPassword
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound
from laborvoice.domain.ids import SessionId
from laborvoice.pipeline import sign_in
from laborvoice.pipeline.sign_in import prove
from laborvoice.pipeline.sign_in.prove import Proved
from laborvoice.views import accounts
from laborvoice.web import qr
from laborvoice.web.forms import Form

NO_FIT: Final = "That code did not fit. Take the next one; after five failures you must wait a little."
NOT_YOURS: Final = "That is not your present password; after five failures you must wait a little."
SHORT: Final = "At least 12 characters; a few odd words are good."
_CODE: Final = "Type the six digits that the app shows."
_EMPTY: Final = Form()


class TotpForm(Inbound, frozen=True):
    code: Text
    present: Text | None = None


class CodesForm(Inbound, frozen=True):
    present: Text


class PasswordForm(Inbound, frozen=True):
    old: Text
    password: NewPassword


def _operation(name: str, summary: str, text: str, *problems: str) -> dict[str, Any]:
    """Of a form of this page."""
    return {
        OPERATION: Operation(
            id=f"page_{name}",
            summary=summary,
            text=text,
            tag="pages",
            page=True,
            own=True,
            session=True,
            body=html.FORM,
            answers=(html.PAGE, html.SEE),
            problems=common("invalid-body", *problems),
        )
    }


@get(
    "/account",
    opt={
        OPERATION: Operation(
            id="page_account",
            summary="Your account",
            text="Second factor, recovery codes, password and sessions.",
            tag="pages",
            page=True,
            own=True,
            session=True,
            answers=(html.PAGE,),
            problems=common(),
        )
    },
)
async def show_account(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    return await _shown(request, parts, _EMPTY)


@post(
    "/account/totp",
    opt=_operation("totp", "Set up a second factor", "Ends all sessions, begins a new one, shows recovery codes once."),
)
async def post_totp(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], doorkeeper: NamedDependency[Doorkeeper]
) -> Response[bytes]:
    sent = await posted.read(request, TotpForm, {"code": _CODE})
    if sent.value is None:
        return await _shown(request, parts, sent.form)
    visit = visits.of(request)
    done = await prove.set_up(
        parts.signing_in, visit.principal.person, visit.session, sent.value.code, sent.value.present or ""
    )
    return await _proved(request, parts, doorkeeper, done, sent.refused("code", NO_FIT))


@post(
    "/account/codes",
    opt=_operation("codes", "New recovery codes", "Voids the old ones and shows the new ones once."),
)
async def post_codes(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], doorkeeper: NamedDependency[Doorkeeper]
) -> Response[bytes]:
    sent = await posted.read(request, CodesForm, {"present": _CODE})
    if sent.value is None:
        return await _shown(request, parts, sent.form)
    done = await prove.new_codes(parts.signing_in, visits.of(request).principal.person, sent.value.present)
    return await _proved(request, parts, doorkeeper, done, sent.refused("present", NO_FIT))


@post(
    "/account/password",
    opt=_operation("password", "New password", "Ends all sessions and begins a new one."),
)
async def post_password(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], doorkeeper: NamedDependency[Doorkeeper]
) -> Response[bytes]:
    sent = await posted.read(request, PasswordForm, {"old": "Type your present password.", "password": SHORT})
    if sent.value is None:
        return await _shown(request, parts, sent.form)
    person = visits.of(request).principal.person
    done = await prove.new_password(parts.signing_in, person, sent.value.old, sent.value.password)
    if done is None:
        return await _shown(request, parts, sent.refused("old", NOT_YOURS))
    return html.see("/account", "password-changed", doorkeeper.cookie.set(done.session))


@post(
    "/account/sessions/{session:str}",
    opt={
        OPERATION: Operation(
            id="page_revoke_session",
            summary="End a session",
            text="Wherever it is open, it is over at once.",
            tag="pages",
            page=True,
            own=True,
            session=True,
            path={"session": SESSION},
            body=html.FORM,
            answers=(html.SEE,),
            problems=common("not-found", "invalid-body"),
        )
    },
)
async def post_session(request: Request[Any, Any, Any], parts: NamedDependency[PortalParts]) -> Response[bytes]:
    principal, one = visits.of(request).principal, inbound.path_id(request, "session", SessionId)
    await sign_in.revoke(parts.signing_in, principal.person, principal.actor, one)
    return html.see("/account", "session-ended")


async def _shown(request: Asked, parts: PortalParts, form: Form) -> Response[bytes]:
    visit = visits.of(request)
    who = visit.principal.person
    own = await accounts.own(parts.database, visit.principal, who, parts.clock.now())
    offer = prove.offer(parts.signing_in, who, visit.session, visit.principal.name)
    return html.filled(
        request,
        "account/account.html",
        form,
        own=own,
        needed=visit.principal.unproved,
        offer=offer,
        code=qr.svg(offer.uri, "The QR code for your app; the same as text stands beside it"),
    )


async def _proved(
    request: Asked, parts: PortalParts, doorkeeper: Doorkeeper, done: Proved | None, refused: Form
) -> Response[bytes]:
    if done is None:
        return await _shown(request, parts, refused)
    visits.of(request).csrf = doorkeeper.csrf(done.session)
    answer = html.page(request, "account/codes.html", codes=done.codes)
    answer.headers.update(doorkeeper.cookie.set(done.session))
    return answer
