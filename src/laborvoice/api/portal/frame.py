"""Around the portal's app: a random id for each request, fixed headers, OPTIONS, and the doors hygiene judges by."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from laborvoice.api.hygiene import NO_BODY, Body, Door, Rules, hygiene
from laborvoice.api.openapi import Described, Operation
from laborvoice.api.portal.visit import SCOPE, RequestId, Visit
from laborvoice.api.problems import Problem, full
from laborvoice.bootstrap.portal import PortalParts

BODY_MAX: Final = 1 << 20
_ID_BYTES: Final = 16

_PASSES: Final = frozenset(
    {
        b"accept",
        b"authorization",
        b"content-encoding",
        b"content-length",
        b"content-type",
        b"if-none-match",
        b"transfer-encoding",
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


def frame(app: ASGIApp, described: Iterable[Described], parts: PortalParts) -> ASGIApp:
    find = _finder(_doors(described))
    inner = _with_options(app, find)
    rules = Rules(find=find, passes=_PASSES, fixed=_FIXED, refusal=lambda problem: full(problem, parts.origin, ""))

    async def framed(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await hygiene(inner, rules)(scope, receive, send)
            return
        visit = Visit(RequestId.draw(parts.chance.bytes(_ID_BYTES)))

        def refusal(problem: Problem) -> bytes:
            return full(problem, parts.origin, visit.request_id)

        marked: Any = scope.copy()
        marked[SCOPE] = visit
        out = _answer(visit, parts, find(scope["path"]), send)
        await hygiene(inner, msgspec.structs.replace(rules, refusal=refusal))(marked, receive, out)

    return framed


def _answer(visit: Visit, parts: PortalParts, door: Door | None, send: Send) -> Send:
    """Adds what the answer must have whatever it is, and counts it."""

    async def out(message: Message) -> None:
        if message["type"] == "http.response.start":
            status = message["status"]
            parts.asked[visit.route, str(status)] += 1
            more = [(b"x-request-id", visit.request_id.encode()), *visit.headers]
            if status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE and door is not None:
                more += [
                    (b"accept-post", b", ".join(sorted(body.media))) for body in door.methods.values() if body.most
                ]
            message = {**message, "headers": [*message["headers"], *more]}
        await send(message)

    return out


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
    return Body(media=frozenset({operation.body.media.encode()}), least=0, most=BODY_MAX)


def _finder(doors: Mapping[str, Door]) -> Callable[[str], Door | None]:
    """Exact paths first, then templates: a part in braces is one or more characters without a slash."""
    templates = [
        (re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))), door)
        for path, door in doors.items()
        if "{" in path
    ]

    def find(path: str) -> Door | None:
        if path in doors:
            return doors[path]
        return next((door for pattern, door in templates if pattern.fullmatch(path)), None)

    return find
