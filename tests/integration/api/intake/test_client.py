"""The client's page and files from outside: the same bytes to all, pinned by the page, and nothing beside them."""

import base64
import gzip
import hashlib
import json
import re
from typing import Any

import pytest

from laborvoice.crypto import manifest, signing
from laborvoice.domain.card import FINGERPRINT_CHARS, decode
from laborvoice.web import worker

MAP = re.compile(r'<script type="importmap">(.*?)</script>')
DOCUMENT = {
    "cache-control": "no-store",
    "content-encoding": "gzip",
    "content-type": "text/html; charset=utf-8",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "integrity-policy": "blocked-destinations=(script)",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), browsing-topics=(), "
    "ch-ua=(), ch-ua-mobile=(), ch-ua-platform=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
POLICY = (
    "default-src 'none'; script-src 'self' 'sha256-MAP'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; worker-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types lv"
)


async def page(door: Any) -> str:
    return gzip.decompress((await door.get("/")).body).decode()


async def test_the_headers_of_the_page_are_these(door: Any) -> None:
    answer = await door.get("/")
    found = MAP.search(gzip.decompress(answer.body).decode())
    assert found is not None
    pinned = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
    assert answer.status == 200
    assert dict(answer.headers) == {
        **DOCUMENT,
        "content-security-policy": POLICY.replace("MAP", pinned),
        "content-length": str(len(answer.body)),
    }
    assert len(answer.headers) == len(dict(answer.headers))


async def test_every_script_of_the_page_is_pinned_and_served(door: Any) -> None:
    found = MAP.search(await page(door))
    assert found is not None
    pins = json.loads(found[1])["integrity"]
    assert {path.rpartition(".")[2] for path in pins} == {"js", "mjs"}
    for path, pin in pins.items():
        answer = await door.get(path)
        body = gzip.decompress(answer.body)
        assert pin == "sha384-" + base64.b64encode(hashlib.sha384(body).digest()).decode()
        scope = {"service-worker-allowed": "/"} if path.endswith("/sw.js") else {}
        assert dict(answer.headers) == {
            **scope,
            "cache-control": "no-store",
            "content-encoding": "gzip",
            "content-length": str(len(answer.body)),
            "content-type": "text/javascript; charset=utf-8",
            "cross-origin-resource-policy": "same-origin",
            "x-content-type-options": "nosniff",
        }


async def test_what_the_page_links_to_is_served(door: Any) -> None:
    linked = re.findall(r'(?:href|src)="(/[^"]+)"', await page(door))
    assert linked
    for path in linked:
        assert (await door.get(path)).status == 200, path


@pytest.mark.parametrize(
    "path",
    [
        "/a/{release}/worker/page.html",
        "/a/{release}/vendor/VENDOR.toml",
        "/a/{release}/vendor/seal.d.mts",
        "/a/{release}/index.html",
        "/a/{release}/phone/../phone/first.mjs",
        "/a/{release}//phone/first.mjs",
        "/a/{release}/phone/first.mjs/",
        "/a/{release}/portal.css",
        "/a/{release}/",
        "/a/000000000000/phone/first.mjs",
        "/a/phone/first.mjs",
        "/phone/first.mjs",
    ],
)
async def test_nothing_else_is(door: Any, path: str) -> None:
    answer = await door.get(path.format(release=worker.release()))
    assert answer.status == 404
    assert answer.header("content-type") == "application/problem+json"


async def test_the_page_names_the_key_of_the_manifest_and_where_to_leave_to(open_intake_door: Any) -> None:
    async with open_intake_door(intake_exit_url='https://example.org/"<x>', intake_draft_languages="on") as door:
        text = await page(door)
    found = re.search(r'data-fp="([^"]*)" data-exit="([^"]*)" data-audio="([^"]*)"', text)
    assert found is not None
    assert len(found[1]) == FINGERPRINT_CHARS
    assert decode(found[1]) >> 2 == int.from_bytes(manifest.fingerprint(signing.public_of(bytes(32))), "big")
    assert found[2] == "https://example.org/&quot;&lt;x&gt;"
    assert found[3] == ""


async def test_before_the_first_manifest_it_names_none_and_then_it_does(
    database: Any, quick_clock: Any, open_bare_door: Any, booth_in: Any, signers: Any
) -> None:
    async with open_bare_door(database.dsn("intake"), quick_clock) as door, booth_in(database, signers[0]) as booth:
        assert 'data-fp=""' in await page(door)
        await booth.publish()
        first, second = await page(door), await page(door)
    assert 'data-fp=""' not in first
    assert first == second


async def test_head_and_parameters(door: Any) -> None:
    answer = await door.get("/", "HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert (await door.get("/?a=1")).status == 400
    assert (await door.get("/", "POST")).status == 405
