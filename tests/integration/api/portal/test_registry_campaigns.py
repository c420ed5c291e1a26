"""Campaigns and cards through the doors: what must hold before anybody is asked, and codes that are shown once."""

from typing import Any

import pytest

from laborvoice.crypto.exchange import code_hash
from laborvoice.crypto.manifest import encode_manifest, sign_manifest
from laborvoice.domain import card
from laborvoice.domain.ids import CampaignId, KeyId
from laborvoice.store.ballot import manifest
from support.registry_world import World

HOST = "voice.example"
PERIODS = ["2026-Q4", "2027-Q1"]
NO_CAMPAIGN = CampaignId.draw(b"\6" * 16)


async def published(world: World, seq: int = 1) -> None:
    """A manifest as the vault stores it, of which cards need the host and the key."""
    payload = (
        f'{{"v":1,"origin":"{HOST}","seq":{seq},"prev":"","not_before":"2026-11-01","not_after":"2026-11-15","box":[],'
        '"mix":[],"watchdogs":[],"parts":{"count":0,"size":4096,"root":""},"pow_bits":4,"mailbox":{},'
        '"policy":{"name":"standard","epsilon":"2","delta":"1e-4","k":10},"files":{}}'
    )
    body = encode_manifest(sign_manifest(payload, (bytes(32),)))
    stored = manifest.Stored(seq=seq, not_before=world.today, not_after=world.today, payload=payload)
    await world.vault.run("test", lambda db: manifest.put(db, stored, body))


@pytest.fixture
async def ready(world: World) -> World:
    await world.help("BD")
    await world.watchdog("BD")
    await published(world)
    return world


@pytest.fixture
async def operator(world: World) -> str:
    return await world.secret(await world.party("operator"), "operator")


async def opened(client: Any, key: str, supplier: str, **more: Any) -> Any:
    wanted = {"supplier": supplier, "periods": PERIODS, "headcount": 100, **more}
    return await client.post("/v1/campaigns", key, wanted)


async def printed(client: Any, key: str, campaign: str, again: str = "p1", **more: Any) -> Any:
    return await client.post(
        f"/v1/campaigns/{campaign}/invites", key, {"count": 24, **more}, idempotency_key=again, accept="*/*"
    )


async def test_a_campaign_opens_and_is_read(client: Any, operator: str, ready: World) -> None:
    one = await ready.supplier()
    made = await opened(client, operator, one, distributor="mixed", languages=["bn", "en"])
    assert made.status == 201
    told = made.json()
    assert made.headers["location"] == f"/v1/campaigns/{told['id']}"
    assert (told["supplier"], told["state"], told["periods"], told["enrolled"]) == (one, "open", PERIODS, 0)
    assert [row["name"] for row in told["watchdogs"]] == ["A watchdog"]
    assert len(told["locator"]) == 6
    assert "printed" not in told
    assert (await client.get(f"/v1/campaigns/{told['id']}", operator)).json() == told
    assert (await client.get("/v1/campaigns", operator)).json()["data"] == [told]


async def test_what_is_refused(client: Any, operator: str, ready: World) -> None:
    one = await ready.supplier()
    wrong: list[dict[str, Any]] = [{"headcount": 18}, {"periods": ["2026-Q3"]}, {"periods": []}, {"printed": 1}]
    for more in wrong:
        refused = await opened(client, operator, one, **more)
        assert (refused.status, refused.json()["code"]) == (422, "invalid-body"), more
    assert (await opened(client, operator, one, headcount=18)).json()["errors"][0]["pointer"] == "/headcount"
    assert (await opened(client, operator, one)).status == 201
    twice = await opened(client, operator, one)
    assert (twice.status, twice.json()["code"]) == (409, "conflict")
    prohibited = await ready.supplier(engagement="prohibited")
    refused = await opened(client, operator, prohibited)
    assert (refused.status, refused.json()["code"]) == (409, "engagement-prohibited")
    without = await opened(client, operator, await ready.supplier(country="VN"))
    assert (without.status, "help number" in without.json()["detail"]) == (422, True)


async def test_where_engagement_is_restricted_a_watchdog_opens(client: Any, operator: str, ready: World) -> None:
    one = await ready.supplier(engagement="restricted")
    assert (await opened(client, operator, one)).status == 422
    watchdog = await ready.secret(await ready.watchdog("BD-14"), "watchdog")
    assert (await opened(client, watchdog, one, distributor="supplier")).status == 422
    assert (await opened(client, watchdog, one)).status == 201


async def test_a_watchdog_sees_the_campaigns_of_what_it_covers(client: Any, operator: str, ready: World) -> None:
    made = (await opened(client, operator, await ready.supplier())).json()["id"]
    near = await ready.secret(await ready.watchdog("BD-14"), "watchdog")
    far = await ready.secret(await ready.watchdog("VN"), "watchdog")
    brand = await ready.secret(await ready.party("brand"), "brand")
    assert (await client.get(f"/v1/campaigns/{made}", near)).status == 200
    assert (await client.get(f"/v1/campaigns/{made}", far)).status == 404
    assert (await printed(client, far, made)).status == 404
    assert (await client.get("/v1/campaigns", far)).json()["data"] == []
    assert (await opened(client, far, await ready.supplier())).status == 404
    assert (await client.get("/v1/campaigns", brand)).status == 403
    assert (await client.get(f"/v1/campaigns/{NO_CAMPAIGN}", operator)).status == 404
    assert (await client.get("/v1/campaigns/cmp_x", operator)).status == 404


async def test_codes_are_shown_once(client: Any, operator: str, ready: World) -> None:
    one = (await opened(client, operator, await ready.supplier())).json()
    told = await printed(client, operator, one["id"])
    assert told.status == 200
    rows = told.json()["cards"]
    assert len({row["code"] for row in rows}) == 24
    for row in rows:
        assert card.parse_typed(row["typed"]) == (one["locator"], row["code"])
        read = card.parse_fragment(row["url"].removeprefix(f"https://{HOST}/"))
        assert (read.locator, read.code) == (one["locator"], row["code"])
    hashes = await ready.sql("SELECT array_agg(code_hash) FROM ballot.invite")
    assert sorted(hashes) == sorted(code_hash(row["code"]) for row in rows)
    again = await printed(client, operator, one["id"])
    assert (again.status, again.json()["code"]) == (409, "secret-already-shown")
    assert f"/v1/campaigns/{one['id']}" in again.json()["detail"]
    assert (await client.get(f"/v1/campaigns/{one['id']}", operator)).json()["enrolled"] == 20
    kept = await ready.sql("SELECT string_agg(body::text || headers, '') FROM access.idempotency")
    assert all(row["code"] not in kept for row in rows)
    assert await ready.sql("SELECT facts FROM access.audit WHERE action = 'invites.printed'") == (
        f'{{"by":"{await key_id(ready)}","enrolled":20}}'
    )


async def key_id(world: World) -> str:
    return str(KeyId.of(await world.sql("SELECT id FROM access.key LIMIT 1")))


async def test_cards_as_sheets_to_print(client: Any, operator: str, ready: World) -> None:
    one = (await opened(client, operator, await ready.supplier("Sample Garments"))).json()
    sheet = await printed(client, operator, one["id"], format="html", language="bn")
    assert sheet.status == 200
    assert sheet.headers["content-type"].startswith("text/html")
    assert "style-src 'sha256-" in sheet.headers["content-security-policy"]
    text = sheet.body.decode()
    assert text.count("<article") == 24
    assert text.count('<section class="sheet">') == 3
    assert text.count(card.grouped(one["locator"] + "0" * 21)[:7]) == 24
    for never in ("Sample Garments", str(one["supplier"]), str(one["id"]), "http:", "<script"):
        assert never not in text


@pytest.mark.parametrize("count", [1, 19, 111])
async def test_from_20_invites_to_a_tenth_more_than_heads(client: Any, operator: str, ready: World, count: int) -> None:
    one = (await opened(client, operator, await ready.supplier())).json()["id"]
    refused = await printed(client, operator, one, count=count)
    assert (refused.status, refused.json()["code"]) == (422, "invalid-body")


async def test_without_a_manifest_no_card_is_printed(client: Any, operator: str, world: World) -> None:
    await world.help("BD")
    await world.watchdog("BD")
    one = (await opened(client, operator, await world.supplier())).json()["id"]
    refused = await printed(client, operator, one)
    assert (refused.status, refused.json()["code"]) == (409, "conflict")
    assert await world.sql("SELECT count(*) FROM ballot.invite") == 0


async def test_campaigns_come_by_pages(client: Any, operator: str, ready: World) -> None:
    made = [(await opened(client, operator, await ready.supplier(f"S {n}"))).json()["id"] for n in range(3)]
    first = (await client.get("/v1/campaigns?limit=2", operator)).json()
    rest = (await client.get(f"/v1/campaigns?limit=2&cursor={first['next_cursor']}", operator)).json()
    assert {row["id"] for row in (*first["data"], *rest["data"])} == set(made)
    assert rest["has_more"] is False


async def test_manifests_are_read_by_their_numbers(client: Any, operator: str, ready: World) -> None:
    await published(ready, 2)
    listed = (await client.get("/v1/manifests?limit=1", operator)).json()
    assert ([row["seq"] for row in listed["data"]], listed["has_more"]) == ([1], True)
    rest = (await client.get(f"/v1/manifests?limit=1&cursor={listed['next_cursor']}", operator)).json()
    assert [row["seq"] for row in rest["data"]] == [2]
    assert [row["seq"] for row in (await client.get("/v1/manifests?after=1", operator)).json()["data"]] == [2]
    one = await client.get("/v1/manifests/2", operator)
    assert one.json() == rest["data"][0]["signed"]
    assert f'"origin":"{HOST}"' in one.json()["payload"]
    for absent in ("3", "x", "1e3", "9999999999", "²"):
        assert (await client.get(f"/v1/manifests/{absent}", operator)).status == 404
