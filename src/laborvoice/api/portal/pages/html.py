"""What every page of the portal has around it: navigation by role, its headers, and the answer to a POST."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from laborvoice.api.openapi import OPERATION, Answer, Content, Operation
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.outbound import Asked
from laborvoice.domain import Value
from laborvoice.domain.party import PERMITTED
from laborvoice.views.principals import Principal
from laborvoice.web import pages
from laborvoice.web.forms import Form
from laborvoice.web.pages import Frame, Item

HTML: Final = "text/html"
FORM: Final = Content(media="application/x-www-form-urlencoded")
"""The body of a form that posts."""
UPLOAD: Final = Content(media="multipart/form-data")
"""The body of a form that sends a file."""

PAGE: Final = Answer(status=200, text="The page.", contents=(Content(media=HTML),))
SEE: Final = Answer(status=303, text="Done: see the page named.", contents=(Content(media=HTML),))

HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none';"
    " require-trusted-types-for 'script'; trusted-types lv",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
}

DONE: Final[Mapping[str, str]] = {
    "endpoint-enable": "It is on; where it has to be verified first, a challenge is on its way.",
    "endpoint-disable": "It is off. What waits for it stays.",
    "endpoint-test": "A test is on its way.",
    "endpoint-verify": "Noted: it is verified, or a new challenge is on its way.",
    "endpoint-recover": "What it missed is on its way.",
    "endpoint-delete": "It is deleted.",
    "endpoint-replay": "It is on its way again.",
    "signed-out": "You are signed out.",
    "session-ended": "The session is over.",
    "user-changed": "Saved.",
    "user-removed": "Removed: sessions and keys of that user are dead.",
    "totp-asked": "Noted. Now another admin must do the same; until then nothing changes.",
    "totp-reset": "The second factor is removed: a new one is set up at the next sign-in.",
    "key-revoked": "Revoked: the key is dead.",
    "notices-on": "Noted. The address will not be shown again.",
    "notices-off": "Your address is forgotten.",
    "password-changed": "Your password is changed; your other sessions are over.",
    "welcome": "Welcome. Your password is set.",
    "password-set": "Your password is set. Sign in with it.",
    "claim-sent": "Sent to review.",
    "link-confirmed": "Confirmed: the brand can read it now.",
    "link-ended": "Ended.",
    "suppliers-merged": "Merged: the survivor is found by either number.",
    "help-saved": "Saved. Phones get it with the next manifest.",
    "case-acknowledged": "Acknowledged.",
    "case-opened": "Opened: its clocks run.",
    "case-saved": "Saved.",
    "case-waits": "It waits for a second person, under Approvals.",
    "case-shared": "Shared. Brands see it on the day that was said.",
    "approval-given": "Approved: it is done.",
    "approval-refused": "Refused: nothing was done.",
    "case-moved": "Noted: repair has begun.",
    "export-asked": "It is being made. Look again in a moment.",
    "keys-added": "Published. The keys wait for the manifest: once it is signed, phones seal to them.",
    "campaign-opened": "Open. Print its cards next.",
}
"""What can be said after a POST, by code: ``html.see("/things", "saved")``."""


class Line(Value, frozen=True):
    """Of the navigation, and what one must hold to see it."""

    item: Item
    scopes: frozenset[str]


Menu = tuple[Line, ...]
"""All lines there are, in the order of the pages."""

NO_HEADERS: Final[Mapping[str, str]] = {}
MENU: Final = "laborvoice.menu"
"""Under which name the app holds its Menu."""


def menu(handlers: Iterable[HTTPRouteHandler]) -> Menu:
    return tuple(
        Line(item=Item(href=path, label=operation.menu), scopes=frozenset(operation.scopes))
        for handler in handlers
        if (operation := _operation(handler)).menu
        for path in handler.paths
    )


def page(request: Asked, name: str, /, **structs: object) -> Response[bytes]:
    """``name`` is a template, ``structs`` what it shows; the frame comes from the visit."""
    return _page(request, name, HTTPStatus.OK, structs)


def filled(request: Asked, name: str, form: Form, /, **structs: object) -> Response[bytes]:
    """A page with a form, as typed: 422 where it holds faults."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.faults else HTTPStatus.OK
    return _page(request, name, status, {**structs, "form": form})


def _page(request: Asked, name: str, status: int, structs: Mapping[str, object]) -> Response[bytes]:
    body = pages.render(name, frame=frame(request), **structs)
    return Response(body, status_code=status, media_type=HTML, headers=dict(HEADERS))


def see(path: str, done: str = "", headers: Mapping[str, str] = NO_HEADERS) -> Response[bytes]:
    """After a POST: the browser goes to ``path``, where the text of ``done`` is shown."""
    query = f"{'&' if '?' in path else '?'}{urlencode({'done': done})}" if done else ""
    told = {"Location": path + query, **headers}
    return Response(b"", status_code=HTTPStatus.SEE_OTHER, media_type=HTML, headers=told)


def frame(request: Asked) -> Frame:
    visit = visits.of(request)
    lines: Menu = request.app.opt[MENU]
    return Frame(
        path=request.scope["path"],
        menu=_of(lines, visit.known),
        viewer=visit.viewer,
        csrf=visit.csrf,
        flash=DONE.get(visit.done, ""),
    )


def _of(lines: Menu, principal: Principal | None) -> tuple[Item, ...]:
    """What a role may not open is absent."""
    if principal is None:
        return ()
    held = principal.scopes & PERMITTED[principal.kind]
    return tuple(line.item for line in lines if held.issuperset(line.scopes))


def _operation(handler: HTTPRouteHandler) -> Operation:
    found: Operation = handler.opt[OPERATION]
    return found
