"""The outermost wrapper, with the rules of an app that is neither of ours."""

import json
from typing import Any

import pytest

from laborvoice.api import hygiene, problems
from laborvoice.api.hygiene import NO_BODY, Body, Door, Rules
from laborvoice.api.intake.app import RULES as INTAKE

JSON = Body(media=frozenset({b"application/json"}), least=0, most=100)
DOORS = {
    "/": Door(methods={"GET": NO_BODY, "POST": JSON}),
    "/open": Door(methods={"GET": NO_BODY}, query=None),
    "/list": Door(methods={"GET": NO_BODY}, query=frozenset({"limit", "cursor"})),
}
RULES = Rules(
    find=DOORS.get,
    passes=frozenset({b"accept", b"cookie"}),
    fixed=((b"x-fixed", b"1"), (b"x-own", b"fixed")),
    refusal=lambda problem: problems.full(problem, "https://api.example", "req"),
)


class App:
    """Remembers its scope, answers with two headers of its own."""

    def __init__(self) -> None:
        self.scope: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scope = scope
        await hygiene.read(receive)
        headers = [(b"x-own", b"own"), (b"date", b"now"), (b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok", "more_body": False})


async def ask(
    app: Any, method: str = "GET", path: str = "/", query: bytes = b"", headers: Any = (), rules: Rules = RULES
) -> tuple[int, dict[bytes, bytes], bytes]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope: Any = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query,
        "headers": list(headers),
        "client": ("127.9.9.9", 5),
    }
    await hygiene.hygiene(app, rules)(scope, receive, send)
    assert scope["client"] == ("127.9.9.9", 5)
    assert scope["method"] == method
    return sent[0]["status"], dict(sent[0]["headers"]), b"".join(one["body"] for one in sent[1:])


async def test_address_and_headers_off_the_list_are_gone() -> None:
    app = App()
    headers = [(b"accept", b"a"), (b"user-agent", b"u"), (b"x-forwarded-for", b"f"), (b"cookie", b"c"), (b"host", b"h")]
    await ask(app, headers=headers)
    assert app.scope["client"] is None
    assert app.scope["headers"] == [(b"accept", b"a"), (b"cookie", b"c")]
    await ask(app, path="/v1/work", headers=headers, rules=INTAKE)
    assert app.scope["headers"] == [(b"accept", b"a")]


async def test_fixed_headers_are_added_where_the_app_has_none_and_the_date_is_taken_away() -> None:
    status, headers, body = await ask(App())
    assert (status, body) == (200, b"ok")
    assert headers == {b"x-own": b"own", b"content-length": b"2", b"x-fixed": b"1"}


async def test_head_reaches_the_app_as_get() -> None:
    app = App()
    status, headers, body = await ask(app, "HEAD")
    assert (status, body, headers[b"content-length"]) == (200, b"", b"2")
    assert app.scope["method"] == "GET"


@pytest.mark.parametrize(
    ("method", "path", "query", "headers", "code"),
    [
        ("GET", "/x", b"", (), "not-found"),
        ("PUT", "/", b"", (), "method-not-allowed"),
        ("GET", "/", b"a=1", (), "unknown-parameter"),
        ("GET", "/list", b"limit=1&limit=2", (), "unknown-parameter"),
        ("GET", "/list", b"limit=1&l%69mit=2", (), "unknown-parameter"),
        ("GET", "/list", b"other=1", (), "unknown-parameter"),
        ("GET", "/", b"", ((b"content-length", b"1"),), "too-large"),
        ("GET", "/", b"", ((b"content-length", b"-1"),), "length-required"),
        ("POST", "/", b"", ((b"content-length", b"101"), (b"content-type", b"application/json")), "too-large"),
        ("POST", "/", b"", ((b"transfer-encoding", b"chunked"),), "length-required"),
        ("POST", "/", b"", (), "length-required"),
        ("POST", "/", b"", ((b"content-length", b"9"), (b"content-length", b"9")), "length-required"),
        ("POST", "/", b"", ((b"content-length", b"9"), (b"content-type", b"text/csv")), "unsupported-media-type"),
    ],
)
async def test_what_does_not_fit_never_reaches_the_app(
    method: str, path: str, query: bytes, headers: Any, code: str
) -> None:
    app = App()
    status, got, body = await ask(app, method, path, query, headers)
    assert app.scope is None
    problem = json.loads(body)
    assert problem["code"] == code
    assert problem["status"] == status == problems.TABLE[code].status
    assert problem["type"] == f"https://api.example/problems/{code}"
    assert problem["request_id"] == "req"
    assert got[b"content-type"] == b"application/problem+json"
    assert got[b"x-fixed"] == b"1"
    assert (b"allow" in got) == (code == "method-not-allowed")


@pytest.mark.parametrize(
    ("method", "path", "query", "headers"),
    [
        ("GET", "/list", b"limit=1&cursor=", ()),
        ("GET", "/open", b"anything=1&anything=2", ()),
        ("POST", "/", b"", ((b"content-length", b"0"),)),
        ("POST", "/", b"", ((b"content-length", b"9"), (b"content-type", b"application/json; charset=utf-8"))),
    ],
)
async def test_what_fits_reaches_it(method: str, path: str, query: bytes, headers: Any) -> None:
    status, _, _ = await ask(App(), method, path, query, headers)
    assert status == 200


async def test_methods_are_listed_with_head() -> None:
    _, headers, _ = await ask(App(), "PUT")
    assert headers[b"allow"] == b"GET, HEAD, POST"


async def test_a_websocket_is_refused_and_a_lifespan_passed_on() -> None:
    sent: list[Any] = []
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001 - an ASGI app
        seen.append(scope["type"])

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message["type"])

    wrapped: Any = hygiene.hygiene(app, RULES)
    await wrapped({"type": "websocket"}, receive, send)
    await wrapped({"type": "lifespan"}, receive, send)
    assert sent == ["websocket.close"]
    assert seen == ["lifespan"]
