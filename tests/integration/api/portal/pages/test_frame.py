"""What is around every page: headers, navigation by role, files, and a way back when something is refused."""

from typing import Any

import pytest

from laborvoice.api.portal.pages import html
from laborvoice.web import files
from support.portal_answers import is_problem
from support.registry_world import World

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lv"
)
HEADERS = {
    "content-security-policy": POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
    "cache-control": "no-store",
}


@pytest.mark.parametrize("path", ["/suppliers", "/heat", "/compare", "/suppliers/{supplier}", "/nothing", "/docs/x"])
async def test_headers_of_a_page(client: Any, chain: Any, path: str) -> None:
    answer = await client.get(path.replace("{supplier}", chain.supplier), chain.key, **HTML)
    assert answer.headers["content-type"].startswith("text/html")
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "content-encoding" not in answer.headers
    assert "set-cookie" not in answer.headers


async def test_files_are_kept_for_ever(client: Any) -> None:
    for one in files.by_name().values():
        answer = await client.get(f"/static/{one.name}")
        assert (answer.status, answer.body) == (200, one.body)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"].startswith(one.media)
    is_problem(await client.get("/static/portal.css"), 404, "not-found")


async def test_what_a_role_may_not_open_is_absent(world: World, client: Any) -> None:
    brand = await world.party("brand")
    whole = (await client.get("/suppliers", await world.secret(brand, "brand"))).body
    assert b'<a href="/heat"' in whole
    less = await world.secret(brand, "brand", "suppliers:read")
    assert (await client.get("/suppliers", less, **HTML)).status == 403
    home = await client.get("/", await world.secret(brand, "brand"))
    assert (home.status, home.headers["location"]) == (303, "/suppliers")


async def test_a_refusal_has_a_way_back_and_no_detail(client: Any, world: World, chain: Any) -> None:
    missing = await client.get("/suppliers/sup_4jfhky32628wfaybwzv7f5tadw", chain.key, **HTML)
    assert missing.status == 404
    assert b'href="/">Back to the start' in missing.body
    assert missing.headers["x-request-id"].encode() in missing.body
    assert b'<a href="/suppliers"' in missing.body
    nothing = await client.get("/nothing", chain.key, **HTML)
    assert nothing.status == 404
    assert b'href="/">Back to the start' in nothing.body
    await world.sql("UPDATE release.score SET body = 'CanaryCanary'")
    broken = await client.get(f"/suppliers/{chain.supplier}", chain.key, **HTML)
    assert broken.status == 500
    assert b"Back to the start" in broken.body
    assert b"Canary" not in broken.body
    odd = await client.get("/suppliers?shift=night", chain.key, **HTML)
    assert odd.status == 400
    assert b"night" not in odd.body


async def test_what_was_done_is_said_once_and_only_if_known(
    client: Any, chain: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html, "DONE", {"saved": "Saved."})
    assert b'role="status">Saved.' in (await client.get("/suppliers?done=saved", chain.key)).body
    assert b'role="status"' not in (await client.get("/suppliers?done=%3Cb%3E", chain.key)).body
    assert html.see("/things", "saved").headers["Location"] == "/things?done=saved"
    assert html.see("/things?a=b", "saved").headers["Location"] == "/things?a=b&done=saved"


async def test_a_system_is_refused_as_ever(client: Any, chain: Any) -> None:
    is_problem(await client.get("/v1/suppliers?shift=night", chain.key, **HTML), 400, "unknown-parameter")
    is_problem(await client.get("/suppliers/x", chain.key), 404, "not-found")
