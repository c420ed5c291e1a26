"""Validators: strong, of the bytes alone, and what they are good for (design, api 2)."""

import re
from typing import Any

import pytest

from support.registry_world import World

PATHS = (
    "/v1/suppliers",
    "/v1/suppliers/{supplier}",
    "/v1/suppliers/{supplier}/releases",
    "/v1/suppliers/{supplier}/score",
    "/v1/suppliers/{supplier}/scores",
    "/v1/releases/{release}",
    "/v1/conditions",
)


def filled(path: str, chain: Any) -> str:
    return path.replace("{supplier}", chain.supplier).replace("{release}", chain.releases["2026-Q3"])


@pytest.mark.parametrize("path", PATHS)
async def test_304_where_the_client_has_the_bytes(client: Any, chain: Any, path: str) -> None:
    target = filled(path, chain)
    first = await client.get(target, chain.key)
    tag = first.headers["etag"]
    assert re.fullmatch(r'"[A-Za-z0-9_-]{22}"', tag)
    assert first.headers["cache-control"] == "private, max-age=60"
    assert first.headers["vary"] == "Authorization, Cookie, Accept"
    for known in (tag, f"W/{tag}", "*", f'"other", {tag}', f'W/"a,b",{tag},"c"'):
        again = await client.get(target, chain.key, if_none_match=known)
        assert (again.status, again.body) == (304, b"")
        assert {name: again.headers[name] for name in ("etag", "cache-control", "vary")} == {
            name: first.headers[name] for name in ("etag", "cache-control", "vary")
        }
        assert "content-type" not in again.headers
    for unknown in ('"other"', tag.strip('"'), "", f'"{tag}"', "W/*"):
        again = await client.get(target, chain.key, if_none_match=unknown)
        assert (again.status, again.body) == (200, first.body)


async def test_a_tag_is_no_key(client: Any, world: World, chain: Any) -> None:
    target = f"/v1/suppliers/{chain.supplier}/score"
    tag = (await client.get(target, chain.key)).headers["etag"]
    stranger = await world.secret(await world.party("brand"), "brand")
    assert (await client.get(target, stranger, if_none_match=tag)).status == 404
    assert (await client.get(target, "", if_none_match=tag)).status == 401


async def test_the_tag_of_a_score_changes_with_a_release_alone(client: Any, world: World, chain: Any) -> None:
    target = f"/v1/suppliers/{chain.supplier}/score"
    before = await client.get(target, chain.key)
    await world.sql(
        "INSERT INTO ballot.spool (lane, voiced, body) VALUES (0, true, convert_to(repeat('x', 9216), 'UTF8'))"
    )
    await world.sql(
        "INSERT INTO ballot.box (lot, period, id, blob) VALUES ('lot', '2026-Q4', gen_random_uuid(), 'sealed')"
    )
    await world.linked(await world.party("brand"), chain.supplier)
    world.clock.skip(hours=5)
    assert (await client.get(target, chain.key)).headers["etag"] == before.headers["etag"]
    await world.period("2026-Q4")
    await world.release(chain.supplier, "2026-Q4", n=220)
    assert (await client.get(target, chain.key)).headers["etag"] != before.headers["etag"]


async def test_no_answer_is_given_to_another_key(client: Any, world: World, chain: Any) -> None:
    other, theirs = await world.party("brand"), await world.supplier("Theirs")
    await world.linked(other, theirs)
    key = await world.secret(other, "brand")
    mine = await client.get("/v1/suppliers", chain.key)
    assert mine.body != (await client.get("/v1/suppliers", key)).body
    assert (await client.get("/v1/suppliers", chain.key)).body == mine.body


async def test_what_is_not_cached_says_so(client: Any, world: World, chain: Any) -> None:
    operator = await world.secret(await world.party("operator"), "operator")
    answers = [
        await client.get("/v1/periods", operator),
        await client.post("/v1/scores/query", chain.key, {"filter": {}}),
        await client.get("/healthz"),
    ]
    for answer in answers:
        assert answer.status == 200
        assert answer.headers["cache-control"] == "no-store"
        assert "etag" not in answer.headers
