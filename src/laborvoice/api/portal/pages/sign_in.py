"""Pages to sign in, with a password and then a code, and to sign out."""

from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from msgspec import Meta

from laborvoice.api.auth import Doorkeeper, SignIn
from laborvoice.api.openapi import OPERATION, Operation
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.common import common, public
from laborvoice.api.portal.outbound import Asked
from laborvoice.api.portal.pages import html, kept, posted
from laborvoice.api.problems import Refusal
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain import Inbound
from laborvoice.pipeline import sign_in
from laborvoice.web.forms import Form

WRONG: Final = "That did not fit. Check both fields, capitals too. Lost it? Ask your admin for a new link."
WRONG_CODE: Final = "That code did not fit: take the next one. Lost your phone? Type a recovery code."
ENDED: Final = "Your session had ended. What you typed is kept: sign in, then send it."
OVER: Final = "Too much time has passed. Sign in again."

Text = Annotated[str, Meta(min_length=1, max_length=200)]
Path = Annotated[str, Meta(max_length=kept.PATH_MOST)]
Packed = Annotated[str, Meta(max_length=2 * kept.MOST)]


class LoginQuery(Inbound, frozen=True):
    next: Path | None = None


class LoginForm(Inbound, frozen=True):
    name: Text
    password: Text
    next: Path = ""
    kept: Packed = ""


class CodeForm(Inbound, frozen=True):
    code: Text
    next: Path = ""
    kept: Packed = ""


_NAMED: Final = {"name": "Type your name.", "password": "Type your password."}
_CODED: Final = {"code": "Type the six digits that your app shows, or a recovery code."}


@get(
    "/login",
    opt={
        OPERATION: Operation(
            id="page_login",
            summary="Sign in",
            text="Name and password.",
            tag="pages",
            page=True,
            query=LoginQuery,
            answers=(html.PAGE,),
            problems=public(),
        )
    },
)
async def show_login(request: Request[Any, Any, Any]) -> Response[bytes]:
    return login(request, Form(values={"next": visits.of(request).query(LoginQuery).next or ""}))


def login(request: Asked, form: Form) -> Response[bytes]:
    return html.filled(request, "account/login.html", form)


@post(
    "/login",
    opt={
        OPERATION: Operation(
            id="page_login_post",
            summary="Sign in",
            text="Goes on to the code, or to the page that was asked for.",
            tag="pages",
            page=True,
            body=html.FORM,
            answers=(html.PAGE, html.SEE),
            problems=public("csrf", "invalid-body", "rate-limited"),
        )
    },
)
async def post_login(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], doorkeeper: NamedDependency[Doorkeeper]
) -> Response[bytes]:
    sent = await posted.read(request, LoginForm, _NAMED)
    if sent.value is None:
        return login(request, sent.form)
    try:
        doorkeeper.login(sent.value.name)
    except Refusal as refusal:
        return login(request, sent.refused("", refusal.detail))
    before = visits.of(request).session
    outcome = await sign_in.sign_in(parts.signing_in, sent.value.name, sent.value.password, before=before)
    match outcome:
        case sign_in.Signed():
            return _signed(request, doorkeeper, outcome.session, sent.form)
        case sign_in.Half():
            return _half(request, doorkeeper, outcome.session, sent.form)
        case sign_in.Wait():
            return login(request, sent.refused("", _wait(outcome.seconds)))
        case sign_in.Wrong():
            return login(request, sent.refused("", WRONG))


@get(
    "/login/code",
    opt={
        OPERATION: Operation(
            id="page_code",
            summary="Second factor",
            text="The code of the app, or a recovery code.",
            tag="pages",
            page=True,
            query=LoginQuery,
            answers=(html.PAGE,),
            problems=public(),
        )
    },
)
async def show_code(request: Request[Any, Any, Any]) -> Response[bytes]:
    return _code(request, Form(values={"next": visits.of(request).query(LoginQuery).next or ""}))


@post(
    "/login/code",
    opt={
        OPERATION: Operation(
            id="page_code_post",
            summary="Second factor",
            text="Goes on to the page that was asked for.",
            tag="pages",
            page=True,
            body=html.FORM,
            answers=(html.PAGE, html.SEE),
            problems=public("csrf", "invalid-body"),
        )
    },
)
async def post_code(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], doorkeeper: NamedDependency[Doorkeeper]
) -> Response[bytes]:
    sent = await posted.read(request, CodeForm, _CODED)
    if sent.value is None:
        return _code(request, sent.form)
    outcome = await sign_in.second(parts.signing_in, visits.of(request).session, sent.value.code)
    match outcome:
        case sign_in.Signed():
            return _signed(request, doorkeeper, outcome.session, sent.form)
        case sign_in.Wait():
            return _code(request, sent.refused("", _wait(outcome.seconds)))
        case sign_in.Wrong():
            return _code(request, sent.refused("", WRONG_CODE))
        case None:
            return login(request, sent.refused("", OVER))


@post(
    "/logout",
    opt={
        OPERATION: Operation(
            id="page_logout",
            summary="Sign out",
            text="Ends the session.",
            tag="pages",
            page=True,
            own=True,
            session=True,
            body=html.FORM,
            answers=(html.SEE,),
            problems=common("invalid-body"),
        )
    },
)
async def post_logout(
    request: Request[Any, Any, Any], parts: NamedDependency[PortalParts], doorkeeper: NamedDependency[Doorkeeper]
) -> Response[bytes]:
    visit = visits.of(request)
    await sign_in.sign_out(parts.signing_in, visit.session, visit.principal.actor, visit.principal.own_session)
    return html.see("/login", "signed-out", doorkeeper.cookie.clear())


def first(request: Asked, needed: SignIn) -> Response[bytes]:
    """Before the page that was asked for: a session, or the second factor of one."""
    if needed.code == "second-factor-required":
        return html.see("/account")
    if needed.kept:
        return login(request, Form(values={"kept": needed.kept}, faults={"": ENDED}))
    if request.method == "POST":
        return html.see("/login")
    query: bytes = request.scope["query_string"]
    return html.see(kept.login_at(request.scope["path"] + (f"?{query.decode('latin-1')}" if query else "")))


def _half(request: Asked, doorkeeper: Doorkeeper, session: str, form: Form) -> Response[bytes]:
    """A kept form goes along in the page; without one the browser has an address that it may load again."""
    cookie = doorkeeper.cookie.set(session)
    if not form.value("kept"):
        at = kept.login_at(form.value("next")).replace("/login", "/login/code", 1)
        return html.see(at, headers=cookie)
    carried = Form(values={name: form.value(name) for name in ("next", "kept")})
    answer = _code(request, carried)
    answer.headers.update(cookie)
    return answer


def _signed(request: Asked, doorkeeper: Doorkeeper, session: str, form: Form) -> Response[bytes]:
    cookie = doorkeeper.cookie.set(session)
    sent = kept.unpacked(form.value("kept"))
    if sent is None:
        target = form.value("next")
        return html.see(target if kept.is_own(target) else "/", headers=cookie)
    visits.of(request).csrf = doorkeeper.csrf(session)
    answer = html.page(request, "account/resume.html", sent=sent)
    answer.headers.update(cookie)
    return answer


def _code(request: Asked, form: Form) -> Response[bytes]:
    shown = Form(values={**form.values, "code": ""}, faults=form.faults)
    return html.filled(request, "account/code.html", shown)


def _wait(seconds: int) -> str:
    return f"Too many attempts under this name. Try again in {seconds} seconds."
