"""What every answer of the portal keeps to (design, api 2)."""

from typing import Any

import pytest

from laborvoice.api.problems import TABLE
from laborvoice.domain.ids import ReleaseId, SupplierId
from support.portal_answers import FIXED, is_problem
from support.registry_world import World

GETS = (
    "/v1/suppliers",
    "/v1/suppliers/{supplier}",
    "/v1/suppliers/{supplier}/releases",
    "/v1/suppliers/{supplier}/score",
    "/v1/suppliers/{supplier}/scores",
    "/v1/releases/{release}",
    "/v1/conditions",
)
OPEN = ("/healthz", "/docs", "/v1/openapi.json", "/problems/not-found")


def filled(path: str, chain: Any) -> str:
    return path.replace("{supplier}", chain.supplier).replace("{release}", chain.releases["2026-Q3"])


async def test_every_kind_of_error_is_a_problem(client: Any, chain: Any) -> None:
    key = chain.key
    post = "/v1/scores/query"
    form = {"content-type": "text/plain", "content-length": "2"}
    is_problem(await client.get("/v1/suppliers"), 401, "unauthenticated")
    is_problem(await client.get("/v1/periods", key), 403, "insufficient-scope")
    is_problem(await client.get("/v1/nothing", key), 404, "not-found")
    is_problem(await client.get("/nothing", key), 404, "not-found")
    is_problem(await client.get("/v1/suppliers/", key), 404, "not-found")
    is_problem(await client.ask("DELETE", "/v1/suppliers", key=key), 405, "method-not-allowed")
    is_problem(await client.get("/v1/suppliers", key, accept="text/html"), 406, "not-acceptable")
    is_problem(await client.get("/v1/suppliers?shift=night", key), 400, "unknown-parameter")
    is_problem(await client.get("/v1/suppliers?limit=0", key), 400, "invalid-parameter")
    is_problem(await client.get("/v1/suppliers?cursor=x", key), 400, "invalid-cursor")
    is_problem(await client.ask("POST", post, key=key, body=b"{}", headers=form), 415, "unsupported-media-type")
    is_problem(await client.ask("POST", post, key=key, body=b"{"), 400, "malformed-json")
    is_problem(await client.ask("POST", post, key=key, body=b"{}"), 422, "invalid-body")
    long = {"content-length": str((1 << 20) + 1), "content-type": "application/json"}
    is_problem(await client.ask("POST", post, key=key, headers=long), 413, "too-large")
    chunked = {"transfer-encoding": "chunked", "content-type": "application/json"}
    is_problem(await client.ask("POST", post, key=key, headers=chunked), 411, "length-required")
    is_problem(await client.get("/v1/suppliers", key, content_length="5"), 413, "too-large")


async def test_an_unknown_error_is_a_bare_500(client: Any, world: World, chain: Any, caplog: Any) -> None:
    """The row of a score is spoiled: what then happens is nobody's business but the operator's."""
    await world.sql("UPDATE release.score SET body = 'CanaryCanary'")
    answer = await client.get(f"/v1/suppliers/{chain.supplier}/score", chain.key)
    is_problem(answer, 500, "internal")
    assert answer.json()["detail"] == TABLE["internal"].title
    assert b"Canary" not in answer.body
    assert "Canary" not in caplog.text


@pytest.mark.parametrize(
    ("raw", "code", "pointer"),
    [
        (b"", "malformed-json", None),
        (b"\xff{}", "malformed-json", None),
        (b'{"suppliers":["\xff"]}', "malformed-json", None),
        (b'\xef\xbb\xbf{"filter":{}}', "malformed-json", None),
        (b'{"filter":{},"filter":{}}', "malformed-json", None),
        (b'{"filter":{"q":"a","q":"b"}}', "malformed-json", None),
        (b'{"limit":NaN}', "malformed-json", None),
        (b'{"suppliers":["\\ud800"]}', "malformed-json", None),
        (b"[" * 100_000, "malformed-json", None),
        (b"[]", "invalid-body", ""),
        (b"null", "invalid-body", ""),
        (b"{}", "invalid-body", ""),
        (b'{"suppliers":[],"filter":{}}', "invalid-body", "/suppliers"),
        (b'{"suppliers":["x"],"filter":{}}', "invalid-body", ""),
        (b'{"suppliers":["x"],"cursor":"abc"}', "invalid-body", "/cursor"),
        (b'{"suppliers":["x",7]}', "invalid-body", "/suppliers/1"),
        (b'{"filter":{"worker":1}}', "invalid-body", "/filter/worker"),
        (b'{"filter":{},"a/b~c":1}', "invalid-body", "/a~1b~0c"),
        (b'{"filter":{"kind":"castle"}}', "invalid-body", "/filter/kind"),
        (b'{"filter":{},"limit":501}', "invalid-body", "/limit"),
        (b'{"filter":{},"limit":1.5}', "invalid-body", "/limit"),
        (b'{"filter":{},"limit":true}', "invalid-body", "/limit"),
        (b'{"filter":{},"limit":"5"}', "invalid-body", "/limit"),
        (b'{"filter":{},"period":"2026"}', "invalid-body", "/period"),
        (b'{"filter":{},"sort":"worker"}', "invalid-body", "/sort"),
        (b'{"filter":{"q":"\\u0000"}}', "invalid-body", "/filter/q"),
    ],
)
async def test_bodies_are_read_strictly(client: Any, chain: Any, raw: bytes, code: str, pointer: str | None) -> None:
    answer = await client.ask("POST", "/v1/scores/query", key=chain.key, body=raw)
    is_problem(answer, 400 if code == "malformed-json" else 422, code)
    pointers = [one["pointer"] for one in answer.json().get("errors", ())]
    assert pointers == ([] if pointer is None else [pointer])


async def test_more_than_500_suppliers_are_refused(client: Any, chain: Any) -> None:
    for count, status in ((500, 200), (501, 422)):
        answer = await client.post("/v1/scores/query", chain.key, {"suppliers": [chain.supplier] * count})
        assert answer.status == status


@pytest.mark.parametrize(
    ("query", "code", "pointer"),
    [
        ("worker=1", "unknown-parameter", "?worker"),
        ("limit=5&limit=5", "unknown-parameter", "?limit"),
        ("limit=x", "invalid-parameter", "?limit"),
        ("limit=101", "invalid-parameter", "?limit"),
        ("limit=", "invalid-parameter", "?limit"),
        ("kind=castle", "invalid-parameter", "?kind"),
        ("band=awful", "invalid-parameter", "?band"),
        ("country=bd", "invalid-parameter", "?country"),
        ("q=", "invalid-parameter", "?q"),
        ("q=%00", "invalid-parameter", "?q"),
        ("q=%ff", "invalid-parameter", None),
        ("&", "invalid-parameter", None),
        ("limit", "invalid-parameter", None),
    ],
)
async def test_parameters_are_read_strictly(
    client: Any, chain: Any, query: str, code: str, pointer: str | None
) -> None:
    answer = await client.get(f"/v1/suppliers?{query}", chain.key)
    is_problem(answer, 400, code)
    pointers = [one["pointer"] for one in answer.json().get("errors", ())]
    assert pointers == ([] if pointer is None else [pointer])


async def test_no_parameter_is_known_where_none_is_declared(client: Any, chain: Any) -> None:
    for path in (*GETS[1:2], *GETS[5:], *OPEN):
        answer = await client.get(filled(path, chain) + "?a=1", chain.key)
        is_problem(answer, 400, "unknown-parameter")
    is_problem(
        await client.ask("POST", "/v1/scores/query?a=1", key=chain.key, body=b'{"filter":{}}'), 400, "unknown-parameter"
    )


async def test_nothing_sent_is_said_back(client: Any, chain: Any) -> None:
    canary = "CanaryCanary"
    answers = [
        await client.get(f"/v1/suppliers?kind={canary}", chain.key),
        await client.get(f"/v1/suppliers?q={canary}%00", chain.key),
        await client.get(f"/v1/suppliers/{canary}", chain.key),
        await client.get(f"/problems/{canary}", chain.key),
        await client.get(f"/v1/{canary}", chain.key),
        await client.get("/v1/suppliers", canary),
        await client.get("/v1/suppliers", chain.key, accept=canary),
        await client.get("/v1/suppliers", chain.key, x_request_id=canary),
        await client.post("/v1/scores/query", chain.key, {"filter": {"kind": canary}}),
        await client.post("/v1/scores/query", chain.key, {"suppliers": [canary]}),
    ]
    for answer in answers:
        assert canary not in answer.body.decode()
        assert canary not in str(answer.pairs)


async def test_a_malformed_id_is_as_missing_as_a_random_one(client: Any, chain: Any) -> None:
    supplier, release = SupplierId.draw(b"\5" * 16), ReleaseId.draw(b"\5" * 16)
    wrong = ("x", "sup_", supplier.upper(), f"{supplier}0", supplier[:-1], release, "sup_" + "u" * 26, "%2e%2e", "0")
    for path in GETS[1:5]:
        missing = await client.get(path.replace("{supplier}", supplier), chain.key)
        for one in wrong:
            answer = await client.get(path.replace("{supplier}", one), chain.key)
            is_problem(answer, 404, "not-found")
            ids = (missing.json()["request_id"], answer.json()["request_id"])
            assert answer.body.replace(ids[1].encode(), b"") == missing.body.replace(ids[0].encode(), b"")
            assert [name for name, _ in answer.pairs] == [name for name, _ in missing.pairs]
    assert (await client.get(f"/v1/releases/{release}", chain.key)).status == 404
    assert (await client.get(f"/v1/releases/{supplier}", chain.key)).status == 404


async def test_head_is_get_without_the_body(client: Any, chain: Any) -> None:
    drop = {"x-request-id", "ratelimit"}
    for path in (*GETS, *OPEN, "/v1/nothing", "/v1/periods"):
        got = await client.get(filled(path, chain), chain.key)
        head = await client.ask("HEAD", filled(path, chain), key=chain.key)
        assert head.status == got.status
        assert head.body == b""
        assert [pair for pair in head.pairs if pair[0] not in drop] == [
            pair for pair in got.pairs if pair[0] not in drop
        ]


async def test_options_and_405_list_the_methods(client: Any, chain: Any) -> None:
    more = {"/v1/suppliers": "GET, HEAD, OPTIONS, POST", "/v1/suppliers/{supplier}": "GET, HEAD, OPTIONS, PATCH"}
    read = [(path, more.get(path, "GET, HEAD, OPTIONS")) for path in GETS]
    for path, methods in [*read, ("/v1/scores/query", "OPTIONS, POST")]:
        told = await client.ask("OPTIONS", filled(path, chain))
        assert (told.status, told.body, told.headers["allow"]) == (204, b"", methods)
        assert "content-length" not in told.headers
        for method in {"PUT", "DELETE", "PATCH", "GET", "POST"} - set(methods.split(", ")):
            answer = await client.ask(method, filled(path, chain), key=chain.key)
            is_problem(answer, 405, "method-not-allowed")
            assert answer.headers["allow"] == methods
    assert (await client.ask("OPTIONS", "/v1/nothing")).status == 404


async def test_the_types_taken_are_listed(client: Any, chain: Any) -> None:
    for media in ("text/plain", "application/xml", "application/json+x"):
        answer = await client.ask(
            "POST",
            "/v1/scores/query",
            key=chain.key,
            body=b"{}",
            headers={"content-type": media, "content-length": "2"},
        )
        is_problem(answer, 415, "unsupported-media-type")
        assert answer.headers["accept-post"] == "application/json"
    packed = {"content-encoding": "gzip", "content-type": "application/json", "content-length": "2"}
    answer = await client.ask("POST", "/v1/scores/query", key=chain.key, body=b"{}", headers=packed)
    assert answer.status == 415
    plain = {"content-type": "application/json; charset=utf-8"}
    body = b'{"filter":{}}'
    assert (await client.ask("POST", "/v1/scores/query", key=chain.key, body=body, headers=plain)).status == 200


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("text/*", "text/csv"),
        ("text/csv, application/json;q=0.5", "text/csv"),
        ("text/csv;q=0.2, application/json;q=0.5", "application/json"),
        ("application/x-ndjson;level=1", "application/x-ndjson"),
        ("application/json;q=0, */*;q=0.1", "text/csv"),
        ("APPLICATION/JSON", "application/json"),
        ("text/html", None),
        ("*/*;q=0", None),
        ("application/json;q=0", None),
    ],
)
async def test_accept(client: Any, chain: Any, accept: str, media: str | None) -> None:
    answer = await client.post("/v1/scores/query", chain.key, {"filter": {}}, accept=accept)
    if media is None:
        is_problem(answer, 406, "not-acceptable")
    else:
        assert answer.status == 200
        assert answer.headers["content-type"].partition(";")[0] == media
        assert answer.headers["vary"] == "Accept"


async def test_every_answer_has_a_random_id_and_fixed_headers(client: Any, chain: Any) -> None:
    seen: set[str] = set()
    for path in (*GETS, *OPEN):
        answer = await client.get(filled(path, chain), chain.key, x_request_id="req_mine")
        assert answer.status == 200, path
        seen.add(answer.headers["x-request-id"])
        for name, value in FIXED.items():
            if path != "/docs" or name != "content-security-policy":
                assert answer.headers[name] == value
        for name in ("set-cookie", "access-control-allow-origin", "last-modified", "server", "date"):
            assert name not in answer.headers
    assert len(seen) == len(GETS) + len(OPEN)
    assert all(one.startswith("req_") and one != "req_mine" for one in seen)


async def test_every_code_has_its_page_and_no_other_has(client: Any) -> None:
    for code, problem in TABLE.items():
        page = await client.get(f"/problems/{code}")
        assert page.status == 200
        assert page.headers["content-type"].startswith("text/html")
        assert f"<code>{code}</code>, status {problem.status}" in page.body.decode()
    is_problem(await client.get("/problems/nothing"), 404, "not-found")
