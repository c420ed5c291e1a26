"""The outermost wrapper of both apps: what it takes away no handler, logger or error can see (design, api 1 and 2).

A request is judged by its head alone, before a byte of its body is read. Deadlines are the server's: ``serve``.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import unquote_plus

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from laborvoice.api.problems import MEDIA_TYPE, TABLE, Problem
from laborvoice.domain import Value

Headers = tuple[tuple[bytes, bytes], ...]
CLOSE: Final = (b"connection", b"close")


class Body(Value, frozen=True):
    """What one method takes: media types without parameters, and lengths in bytes."""

    media: frozenset[bytes]
    least: int
    most: int


NO_BODY: Final = Body(media=frozenset(), least=0, most=0)


class Door(Value, frozen=True):
    """What one path takes. ``query`` is None where parameters are judged further in. HEAD comes with GET.

    ``fixed``: where its answers carry other headers than the app's.
    """

    methods: Mapping[str, Body]
    query: frozenset[str] | None = frozenset()
    fixed: Headers | None = None

    @property
    def allow(self) -> bytes:
        return ", ".join(sorted({*self.methods, "HEAD"} if "GET" in self.methods else self.methods)).encode()


class Rules(Value, frozen=True):
    """What differs between the apps.

    ``find``: the door of a path, or None. ``passes``: request headers that reach the app. ``fixed``: headers of every
    answer that does not set them itself. ``hides``: headers that no answer carries. ``closes``: methods after which the
    connection ends. ``refusal``: the bytes of a problem, which are of the type ``media``.
    """

    find: Callable[[str], Door | None]
    passes: frozenset[bytes]
    fixed: Headers
    refusal: Callable[[Problem], bytes]
    hides: frozenset[bytes] = frozenset({b"server", b"date"})
    closes: frozenset[str] = frozenset()
    media: str = MEDIA_TYPE


class Refused(Value, frozen=True):
    code: str
    headers: Headers = ()


def hygiene(app: ASGIApp, rules: Rules) -> ASGIApp:
    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await _not_http(app, scope, receive, send)
            return
        method: str = scope["method"]
        door = rules.find(scope["path"])
        fixed = rules.fixed if door is None or door.fixed is None else door.fixed
        out = _answer(rules, fixed, method, send)
        refused = _judge(door, scope)
        if refused is not None:
            await refuse(out, rules, refused)
            return
        await app(_cleaned(rules, scope), receive, out)

    return wrapped


async def _not_http(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == ScopeType.WEBSOCKET:
        await receive()
        await send({"type": "websocket.close", "code": 1000, "reason": ""})
    else:
        await app(scope, receive, send)


def _cleaned(rules: Rules, scope: HTTPScope) -> Any:  # noqa: ANN401 - litestar's scopes are not for building
    """A copy: the server goes on using its own."""
    cleaned: Any = scope.copy()
    cleaned["client"] = None
    cleaned["headers"] = [(name, value) for name, value in scope["headers"] if name in rules.passes]
    if scope["method"] == "HEAD":
        cleaned["method"] = "GET"
    return cleaned


def _answer(rules: Rules, fixed: Headers, method: str, send: Send) -> Send:
    closes = method in rules.closes
    bodiless = method == "HEAD"

    async def out(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = [(name, value) for name, value in message["headers"] if name.lower() not in rules.hides]
            named = {name for name, _ in own}
            own += [pair for pair in fixed if pair[0] not in named]
            if closes and CLOSE not in own:
                own.append(CLOSE)
            await send({**message, "headers": own})
        elif bodiless and message["type"] == "http.response.body":
            await send({**message, "body": b""})
        else:
            await send(message)

    return out


def _judge(door: Door | None, scope: HTTPScope) -> Refused | None:
    if door is None:
        return Refused(code="not-found")
    method: str = scope["method"]
    takes = door.methods.get("GET" if method == "HEAD" else method)
    if takes is None:
        return Refused(code="method-not-allowed", headers=((b"allow", door.allow),))
    if door.query is not None and not _known_once(scope["query_string"], door.query):
        return Refused(code="unknown-parameter")
    return _judge_body(takes, scope["headers"])


def _known_once(query: bytes, known: frozenset[str]) -> bool:
    if not query:
        return True
    names = [unquote_plus(pair.partition(b"=")[0].decode("latin-1")) for pair in query.split(b"&")]
    return len(set(names)) == len(names) and known.issuperset(names)


def _judge_body(takes: Body, headers: Any) -> Refused | None:  # noqa: ANN401 - pairs of bytes
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in _JUDGED:
            # Said twice is not said at all: two readers could differ on which counts.
            found[name] = b"" if name in found else value
    code = _fault(takes, found)
    return None if code is None else Refused(code=code, headers=(CLOSE,))


_JUDGED: Final = frozenset({b"content-type", b"content-length", b"content-encoding", b"transfer-encoding"})


def _fault(takes: Body, found: Mapping[bytes, bytes]) -> str | None:
    length = found.get(b"content-length", b"0" if takes.most == 0 else b"")
    if b"transfer-encoding" in found or not length.isdigit():
        return "length-required"
    size = int(length)
    if size > takes.most:
        return "too-large"
    if size < takes.least:
        return "bad-length"
    media = found.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if size and (media not in takes.media or b"content-encoding" in found):
        return "unsupported-media-type"
    return None


async def refuse(send: Send, rules: Rules, refused: Refused) -> None:
    problem = TABLE[refused.code]
    await answer(
        send, problem.status, rules.refusal(problem), ((b"content-type", rules.media.encode()), *refused.headers)
    )


async def answer(send: Send, status: int, body: bytes, headers: Headers = ()) -> None:
    """A whole answer, its length said."""
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def read(receive: Receive) -> bytes | None:
    """The whole body, whose length has been judged; None where the client went away."""
    chunks: list[bytes] = []
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return None
        chunks.append(message["body"])
        more = message["more_body"]
    return b"".join(chunks)
