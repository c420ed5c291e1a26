"""Each request is judged before its door opens: credential, rate, scope, the types it accepts, its parameters."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from laborvoice.api.auth import Doorkeeper, Shown, SignIn
from laborvoice.api.openapi import OPERATION, Operation
from laborvoice.api.portal import inbound
from laborvoice.api.portal import visit as visits
from laborvoice.api.portal.pages import html, kept
from laborvoice.api.problems import Refusal
from laborvoice.domain import Inbound

_TOKEN: Final = {
    html.FORM.media: re.compile(rb"(?:^|&)csrf=([A-Za-z0-9_-]{1,200})(?=&|$)"),
    html.UPLOAD.media: re.compile(rb'name="csrf"\r\n\r\n([A-Za-z0-9_-]{1,200})\r\n'),
}
"""The field ``csrf`` of a form: found without reading the rest, for nobody knows yet who sends it."""

Guard = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Awaitable[None]]


class Nothing(Inbound, frozen=True):
    """No parameter at all."""


def judge(doorkeeper: Doorkeeper) -> Guard:
    async def judged(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        operation: Operation = handler.opt[OPERATION]
        visit = visits.of(connection)
        visit.route = operation.id
        shown = await _shown(connection, doorkeeper, operation)
        visit.session = shown.session
        if operation.known:
            try:
                principal = await doorkeeper.admit(shown, operation, visit.told)
            except SignIn as needed:
                # What another site sends is never offered to her as something that she typed.
                if shown.method == "POST" and isinstance(connection, Request) and doorkeeper.from_here(shown):
                    needed.kept = await _kept(connection)
                raise
            visit.enter(principal)
            visit.viewer, visit.csrf = principal.name, doorkeeper.csrf(shown.session) if principal.session else ""
        elif operation.page and shown.method == "POST" and not doorkeeper.from_here(shown):
            raise Refusal("csrf")
        visit.media = inbound.accepted(connection.headers.get("accept", ""), operation.media)
        raw: bytes = connection.scope["query_string"]
        if operation.page:
            raw, visit.done = inbound.of_form(raw)
        visit.ask(inbound.query(raw, operation.query or Nothing))

    return judged


async def _shown(connection: ASGIConnection[Any, Any, Any, Any], doorkeeper: Doorkeeper, operation: Operation) -> Shown:
    """A request with an Authorization has no cookie for us."""
    header = connection.headers.get
    scope: Any = connection.scope
    authorization = header("authorization", "")
    session = "" if authorization else doorkeeper.cookie.read(header("cookie", ""))
    csrf = header("x-csrf-token", "")
    if operation.page and session and not csrf and isinstance(connection, Request):
        csrf = await _in_form(connection)
    return Shown(
        method=scope["method"],
        authorization=authorization,
        session=session,
        csrf=csrf,
        site=header("sec-fetch-site", ""),
        origin=header("origin", ""),
    )


def _media(request: Request[Any, Any, Any]) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _in_form(request: Request[Any, Any, Any]) -> str:
    """The field ``csrf`` of a form that posts."""
    pattern = _TOKEN.get(_media(request))
    found = pattern.search(await request.body()) if pattern else None
    return found[1].decode() if found else ""


async def _kept(request: Request[Any, Any, Any]) -> str:
    return kept.packed(request.scope["path"], await request.body()) if _media(request) == html.FORM.media else ""
