"""The rules of the intake door (design, api 1), each from outside."""

import gzip
import json
from typing import Any

import pytest

OCTETS = ("content-type", "application/octet-stream")
FIXED = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
}
PATHS = {
    "/v1/manifest": "application/json",
    "/v1/manifests/1": "application/json",
    "/v1/manifest/4QX9TN": "application/octet-stream",
    "/v1/manifest/any": "application/octet-stream",
    "/v1/work": "text/plain; charset=utf-8",
    "/healthz": "text/plain; charset=utf-8",
}


def head(method: str, path: str, *headers: tuple[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "host: x", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join((*lines, "", "")).encode()


LENGTHS = (
    ("/v1/envelopes", 0, 400, "another length"),
    ("/v1/envelopes", 9_215, 400, "another length"),
    ("/v1/envelopes", 9_217, 413, "longer"),
    ("/v1/envelopes", 10 << 20, 413, "longer"),
    ("/v1/exchanges", 2_367, 400, "another length"),
    ("/v1/exchanges", 2_369, 413, "longer"),
)


async def test_a_length_is_judged_before_the_body_is_read(door: Any) -> None:
    for path, size, status, title in LENGTHS:
        async with door.connection() as (reader, writer):
            writer.write(head("POST", path, OCTETS, ("content-length", str(size))))
            answer = await reader.read()
        assert answer.startswith(f"HTTP/1.1 {status} ".encode())
        assert title.encode() in answer
        assert b"connection: close" in answer


async def test_without_a_length_nothing_is_read(door: Any, booth: Any) -> None:
    for path in ("/v1/envelopes", "/v1/exchanges"):
        for headers in ((OCTETS,), (OCTETS, ("transfer-encoding", "chunked"))):
            answer = await door.get(path, "POST", headers)
            assert (answer.status, answer.header("connection")) == (411, "close")
    assert await booth.spool() == (0, 0)


TYPES: tuple[tuple[tuple[str, str], ...], ...] = (
    (),
    (("content-type", "application/json"),),
    (OCTETS, OCTETS),
    (OCTETS, ("content-encoding", "gzip")),
    (OCTETS, ("content-encoding", "identity")),
)


async def test_another_type_or_any_encoding_is_refused(door: Any, booth: Any) -> None:
    for headers in TYPES:
        answer = await door.post("/v1/envelopes", booth.envelope(), headers)
        assert (answer.status, answer.header("connection")) == (415, "close")
    assert await booth.spool() == (0, 0)


async def test_parameters_of_the_type_do_not_matter(door: Any, booth: Any) -> None:
    answer = await door.post("/v1/envelopes", booth.envelope(), (("content-type", "Application/Octet-Stream; x=1"),))
    assert answer.status == 202


async def test_a_post_ends_its_connection(door: Any, booth: Any) -> None:
    body = booth.envelope()
    async with door.connection() as (reader, writer):
        writer.write(head("POST", "/v1/envelopes", OCTETS, ("content-length", "9216")) + body)
        answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 202 ")
    assert b"connection: close" in answer


async def test_reads_share_a_connection(door: Any) -> None:
    async with door.connection() as (reader, writer):
        for _ in range(3):
            writer.write(head("GET", "/healthz"))
            answer = await reader.readuntil(b"ok\n")
            assert b"connection" not in answer


async def test_head_is_get_without_the_body(door: Any) -> None:
    for path in PATHS:
        whole, bare = await door.get(path), await door.get(path, "HEAD")
        assert whole.status == bare.status == 200
        assert bare.headers == whole.headers
        assert int(bare.header("content-length")) == len(whole.body)


async def test_the_headers_of_a_read_are_these(door: Any) -> None:
    asked = (("accept-encoding", "identity"), ("cookie", "a=b"), ("origin", "https://x"))
    for path, kind in PATHS.items():
        answer = await door.get(path, headers=asked)
        expected = {**FIXED, "content-length": str(len(answer.body)), "content-type": kind}
        if kind == "application/json":
            expected["content-encoding"] = "gzip"
        assert dict(answer.headers) == expected
        assert len(answer.headers) == len(expected)


async def test_the_headers_of_a_cast_are_these(door: Any, booth: Any) -> None:
    answer = await door.cast(booth.envelope())
    assert dict(answer.headers) == {**FIXED, "content-length": "0", "connection": "close"}


ERRORS = (
    ("GET", "/v1/nothing", 404, "not-found"),
    ("GET", "/index.html", 404, "not-found"),
    ("GET", "/v1/manifest/", 404, "not-found"),
    ("GET", "/v1/manifest/a/b", 404, "not-found"),
    ("GET", "//v1/work", 404, "not-found"),
    ("GET", "/v1/manifests/x", 404, "not-found"),
    ("GET", "/v1/manifests/2", 404, "not-found"),
    ("GET", "/v1/manifests/-1", 404, "not-found"),
    ("POST", "/v1/work", 405, "method-not-allowed"),
    ("OPTIONS", "/v1/work", 405, "method-not-allowed"),
    ("GET", "/v1/envelopes", 405, "method-not-allowed"),
    ("HEAD", "/v1/exchanges", 405, "method-not-allowed"),
    ("GET", "/v1/work?a=1", 400, "unknown-parameter"),
    ("GET", "/v1/manifest/any?&", 400, "unknown-parameter"),
    ("POST", "/v1/envelopes?a", 400, "unknown-parameter"),
)


async def test_errors_have_fixed_bytes(door: Any) -> None:
    for method, path, status, code in ERRORS:
        answer = await door.get(path, method)
        assert answer.status == status
        assert answer.header("content-type") == "application/problem+json"
        assert answer.header("allow") is None
        assert {name: answer.header(name) for name in FIXED} == FIXED
        if method != "HEAD":
            problem = json.loads(answer.body)
            assert set(problem) == {"type", "title", "status"}
            assert (problem["type"], problem["status"]) == (f"urn:laborvoice:problem:{code}", status)


async def test_a_get_takes_no_body(door: Any) -> None:
    assert (await door.get("/healthz", headers=(("content-length", "5"),))).status == 413
    assert (await door.get("/healthz", headers=(("transfer-encoding", "chunked"),))).status == 411
    assert (await door.get("/healthz", headers=(("content-length", "0"),))).status == 200


async def test_a_websocket_is_not_opened(door: Any) -> None:
    upgrade = (("connection", "Upgrade"), ("upgrade", "websocket"), ("sec-websocket-version", "13"))
    answer = await door.get("/v1/work", headers=(*upgrade, ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")))
    assert answer.status == 200
    assert answer.header("upgrade") is None


@pytest.mark.parametrize("sent", [b"\x16\x03\x01\x00\x00\r\n\r\n", b"GET / HTTP/1.1\r\ncontent-length: x\r\n\r\n"])
async def test_what_is_no_http_is_refused_without_a_word(door: Any, sent: bytes) -> None:
    async with door.connection() as (reader, writer):
        writer.write(sent)
        answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.endswith(b"\r\n\r\n")


async def test_a_client_that_leaves_midway_casts_nothing(door: Any, booth: Any) -> None:
    for path, size in (("/v1/envelopes", 9_216), ("/v1/exchanges", 2_368)):
        async with door.connection() as (_, writer):
            writer.write(head("POST", path, OCTETS, ("content-length", str(size))) + bytes(100))
            await writer.drain()
    assert (await door.get("/healthz")).status == 200
    assert await booth.spool() == (0, 0)


async def test_manifest_and_parts_are_sent_as_stored(door: Any, booth: Any, quick_clock: Any) -> None:
    first = await door.get("/v1/manifest")
    assert json.loads(json.loads(gzip.decompress(first.body))["payload"])["seq"] == 1
    body, files = await booth.publish(2, quick_clock.day.replace(day=28))
    assert (await door.get("/v1/manifest")).body == first.body
    assert (await door.get("/v1/manifests/2")).status == 404
    quick_clock.day = quick_clock.day.replace(day=28)
    assert (await door.get("/v1/manifest")).body == body
    assert (await door.get("/v1/manifests/2")).body == body
    assert (await door.get("/v1/manifests/1")).body == first.body
    for locator in ("4QX9TN", "any"):
        assert (await door.get(f"/v1/manifest/{locator}")).body == files[locator]
    for unknown in ("AAAAAA", "4qx9tn", "x", "%00", "%2e%2e", "%F0%9F%A6%80"):
        assert (await door.get(f"/v1/manifest/{unknown}")).body == files["any"]
    assert len({len(one) for one in files.values()}) == 1


async def test_before_the_first_manifest_there_is_none(database: Any, quick_clock: Any, open_bare_door: Any) -> None:
    async with open_bare_door(database.dsn("intake"), quick_clock) as door:
        for path in ("/v1/manifest", "/v1/manifests/1", "/v1/manifest/any"):
            assert (await door.get(path)).status == 404
        assert (await door.get("/v1/work")).body == b"15"
        assert not await door.parts.ready()


async def test_work_follows_manifest_and_operator_and_is_judged_by_the_least_of_late(
    door: Any, booth: Any, quick_clock: Any
) -> None:
    assert (await door.get("/v1/work")).body == b"04"
    door.parts.gate.ask(18)
    assert (await door.get("/v1/work")).body == b"18"
    await door.cast(booth.envelope())
    assert await booth.spool() == (0, 1)
    quick_clock.ahead += 901
    await door.cast(booth.envelope())
    assert await booth.spool() == (0, 1)
    await door.cast(booth.envelope(bits=18))
    assert await booth.spool() == (0, 2)


async def test_a_new_manifest_is_learnt(open_intake_door: Any, booth: Any, signers: Any) -> None:
    async with open_intake_door() as door:
        spoken = booth.token(signer=signers[1])
        await door.cast(booth.workless(spoken))
        assert await booth.spool() == (0, 0)
        booth.signer = signers[1]
        await booth.publish(2)
        await door.cast(booth.envelope(spoken))
        assert await booth.spool() == (1, 0)
        assert await door.parts.ready()


async def test_a_failure_of_ours_is_said_without_detail(door: Any, booth: Any, caplog: Any) -> None:
    await booth.sql("REVOKE SELECT ON ballot.manifest, ballot.part FROM laborvoice_intake")
    answer = await door.get("/v1/manifest/4QX9TN")
    assert answer.status == 500
    assert json.loads(answer.body)["type"] == "urn:laborvoice:problem:internal"
    assert {name: answer.header(name) for name in FIXED} == FIXED
    assert "4QX9TN" not in caplog.text
    assert (await door.cast(booth.envelope())).status == 503
