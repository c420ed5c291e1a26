"""Around the portal's app: a random id for each request, fixed headers, OPTIONS, and the doors hygiene judges by."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from laborvoice.api.hygiene import NO_BODY, Body, Door, Rules, hygiene
from laborvoice.api.openapi import Described, Operation
from laborvoice.api.portal.pages import html, wrong
from laborvoice.api.portal.visit import SCOPE, RequestId, Visit
from laborvoice.api.problems import Problem, full
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.web.pages import Frame

_ID_BYTES: Final = 16
_API: Final = "/v1/"
_WHOLE: Final = re.escape("{path}")

_PASSES: Final = frozenset(
    {
        b"accept",
        b"authorization",
        b"content-encoding",
        b"content-length",
        b"content-type",
        b"cookie",
        b"idempotency-key",
        b"if-match",
        b"if-none-match",
        b"origin",
        b"sec-fetch-site",
        b"last-event-id",
        b"transfer-encoding",
        b"x-csrf-token",
    }
)
_FIXED: Final = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"strict-transport-security", b"max-age=63072000; includeSubDomains"),
    (b"x-content-type-options", b"nosniff"),
)

_FIXED_PAGE: Final = (
    *(pair for pair in _FIXED if not pair[0].startswith(b"content-security")),
    *((name.lower().encode(), value.encode()) for name, value in html.HEADERS.items()),
)


def frame(app: ASGIApp, described: Iterable[Described], parts: PortalParts) -> ASGIApp:
    find = _finder(_doors(described))
    inner = _with_options(app, find)
    rules = Rules(find=find, passes=_PASSES, fixed=_FIXED, refusal=lambda problem: full(problem, parts.origin, ""))

    async def framed(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await hygiene(inner, rules)(scope, receive, send)
            return
        visit = Visit(RequestId.draw(parts.chance.bytes(_ID_BYTES)), html=_for_people(scope))
        visit.head = scope["method"] == "HEAD"

        def refusal(problem: Problem) -> bytes:
            if visit.html:
                return wrong.page(problem, visit.request_id, Frame(path=scope["path"]))
            return full(problem, parts.origin, visit.request_id)

        marked: Any = scope.copy()
        marked[SCOPE] = visit
        out = _answer(visit, parts, find(scope["path"]), send)
        own = msgspec.structs.replace(rules, refusal=refusal)
        if visit.html:
            own = msgspec.structs.replace(own, media=html.HTML, fixed=_FIXED_PAGE)
        await hygiene(inner, own)(marked, receive, out)

    return framed


def _for_people(scope: HTTPScope) -> bool:
    """A browser names HTML among what it takes; of the API it gets what a system gets."""
    accepts = dict(scope["headers"]).get(b"accept", b"")
    return b"text/html" in accepts and not scope["path"].startswith(_API)


def _answer(visit: Visit, parts: PortalParts, door: Door | None, send: Send) -> Send:
    """Adds what the answer must have whatever it is, and counts it."""
    began = parts.clock.monotonic()

    async def out(message: Message) -> None:
        if message["type"] == "http.response.start":
            status = message["status"]
            parts.took.took(parts.clock.monotonic() - began)
            parts.asked[visit.route, str(status)] += 1
            more = [(b"x-request-id", visit.request_id.encode()), *visit.headers]
            if status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE and door is not None:
                more += _accepts(door)
            message = {**message, "headers": [*message["headers"], *more]}
        await send(message)

    return out


def _accepts(door: Door) -> list[tuple[bytes, bytes]]:
    """What its methods take, of those that have a header for it (RFC 5789, the Linked Data Platform)."""
    named = {"POST": b"accept-post", "PATCH": b"accept-patch"}
    return [
        (named[method], b", ".join(sorted(body.media)))
        for method, body in door.methods.items()
        if body.most and method in named
    ]


def _with_options(app: ASGIApp, find: Callable[[str], Door | None]) -> ASGIApp:
    """OPTIONS says which methods a path has; it needs no credential."""

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        door = find(scope["path"]) if scope["type"] == ScopeType.HTTP and scope["method"] == "OPTIONS" else None
        if door is None:
            await app(scope, receive, send)
            return
        await send(
            {"type": "http.response.start", "status": HTTPStatus.NO_CONTENT, "headers": [(b"allow", door.allow)]}
        )
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    return inner


def _doors(operations: Iterable[Described]) -> Mapping[str, Door]:
    """By path template. Parameters are judged further in, by the operation."""
    methods: defaultdict[str, dict[str, Body]] = defaultdict(lambda: {"OPTIONS": NO_BODY})
    for path, method, operation in operations:
        methods[path][method] = _takes(operation)
    return {path: Door(methods=of, query=None) for path, of in methods.items()}


def _takes(operation: Operation) -> Body:
    if operation.body is None:
        return NO_BODY
    return Body(media=frozenset(media.encode() for media in operation.takes), least=0, most=operation.most)


def _finder(doors: Mapping[str, Door]) -> Callable[[str], Door | None]:
    """Exact paths first, then templates: a part in braces is one or more characters; only ``{path}`` has slashes."""
    templates = [
        (re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path).replace(_WHOLE, ".+"))), door)
        for path, door in doors.items()
        if "{" in path
    ]

    def find(path: str) -> Door | None:
        if path in doors:
            return doors[path]
        return next((door for pattern, door in templates if pattern.fullmatch(path)), None)

    return find
