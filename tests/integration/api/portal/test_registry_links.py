"""Links through the doors: what a brand learns of a claim is what it typed, whatever it claimed."""

from typing import Any

import pytest

from laborvoice.domain.ids import LinkId, SupplierId
from support.registry_world import World

DEAL = {"tier": 2, "role": "sewing", "from": "2026-01-01", "source": "own records", "disclosure": "private"}
OS_ID = "BD2026001DEM011"
SITE = {"name": "Nobody Knows Ltd", "address": "5 Hidden Road", "country": "BD"}
KEYS = {"id", "state", "typed", "tier", "role", "from", "source", "disclosure", "created_on"}


@pytest.fixture
async def operator(world: World) -> str:
    return await world.secret(await world.party("operator"), "operator")


@pytest.fixture
async def brand(world: World) -> str:
    return await world.secret(await world.party("brand", "Buyer"), "brand")


async def claim(client: Any, key: str, what: dict[str, Any], again: str = "c1") -> Any:
    return await client.post("/v1/links", key, {**DEAL, **what}, idempotency_key=again)


async def act(client: Any, key: str, link: str, what: str, body: dict[str, Any], again: str = "a1") -> Any:
    return await client.post(f"/v1/links/{link}/{what}", key, body, idempotency_key=again)


async def patched(client: Any, key: str, link: str, patch: bytes, tag: str = "*") -> Any:
    headers = {"content-type": "application/merge-patch+json", "if-match": tag}
    return await client.ask("PATCH", f"/v1/links/{link}", key=key, body=patch, headers=headers)


async def test_a_claim_is_answered_alike_whatever_it_names(client: Any, brand: str, world: World) -> None:
    known = await world.supplier(identifiers={"os_id": OS_ID})
    told: list[Any] = []
    claims: dict[str, dict[str, Any]] = {
        "known": {"supplier": known},
        "invented": {"supplier": SupplierId.draw(b"\7" * 16)},
        "by number": {"os_id": OS_ID},
        "no such number": {"os_id": "PK2026001DEM07W"},
        "by name": {"name": "Sample Garments", "address": "1 Example Road", "country": "BD"},
        "new": SITE,
        "twice": {"supplier": known},
    }
    for name, what in claims.items():
        answer = await claim(client, brand, what, name.replace(" ", "-"))
        read = await client.get(f"/v1/links/{answer.json()['id']}", brand)
        assert answer.headers["location"] == f"/v1/links/{answer.json()['id']}"
        assert read.json()["typed"] == what
        assert set(read.json()) == KEYS
        told.append((answer.status, set(answer.json()), [pair[0] for pair in answer.pairs], answer.json()["state"]))
    assert told == [(202, {"id", "state"}, told[0][2], "claimed")] * len(claims)
    listed = (await client.get("/v1/links?state=claimed", brand)).json()["data"]
    assert len(listed) == len(claims)
    assert all(set(row) == KEYS for row in listed)


async def test_only_brands_claim_and_a_claim_names_something(client: Any, brand: str, operator: str) -> None:
    assert (await claim(client, operator, SITE)).status == 403
    for fault, pointer in (
        ({}, ""),
        ({"name": "Half"}, ""),
        ({"os_id": "BD2026001DEM012"}, "/os_id"),
        ({**SITE, "to": "2025-01-01"}, "/to"),
        ({**SITE, "tier": 5}, "/tier"),
        ({**SITE, "state": "confirmed"}, "/state"),
    ):
        refused = await claim(client, brand, fault)
        assert (refused.status, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    bare = await client.post("/v1/links", brand, {**DEAL, **SITE})
    assert bare.json()["code"] == "idempotency-key-required"


async def test_a_claim_reads_nothing_until_it_is_confirmed(
    client: Any, brand: str, operator: str, world: World, chain: Any
) -> None:
    made = (await claim(client, brand, SITE)).json()["id"]
    assert (await client.get(f"/v1/suppliers/{chain.supplier}", brand)).status == 404
    done = await act(client, operator, made, "confirm", {"supplier": chain.supplier})
    assert (done.json()["state"], done.json()["supplier"], done.json()["party"]["name"]) == (
        "confirmed",
        chain.supplier,
        "Buyer",
    )
    own = (await client.get(f"/v1/links/{made}", brand)).json()
    assert (own["supplier"], own["typed"]) == (chain.supplier, SITE)
    assert "party" not in own
    assert (await client.get(f"/v1/suppliers/{chain.supplier}", brand)).status == 200
    again = await act(client, operator, made, "confirm", {"supplier": chain.supplier}, "a2")
    assert (again.status, again.json()["code"]) == (409, "link-not-claimed")
    assert await world.sql("SELECT count(*) FROM outbox.event WHERE type = 'link.confirmed'") == 2


async def test_who_confirms(client: Any, brand: str, operator: str, world: World, chain: Any) -> None:
    far = await world.secret(await world.watchdog("VN"), "watchdog")
    near = await world.secret(await world.watchdog("BD-14"), "watchdog")
    country = await world.secret(await world.watchdog("BD"), "watchdog")
    made = (await claim(client, brand, SITE)).json()["id"]
    named = {"supplier": chain.supplier}
    for key in (brand, far, near):
        hidden = await act(client, key, made, "confirm", named, key[-9:])
        assert (hidden.status, hidden.json()["code"]) == (404, "not-found")
    assert (await act(client, operator, made, "confirm", {"supplier": SupplierId.draw(bytes(16))})).status == 404
    abroad = await world.supplier("Abroad", country="VN")
    assert (await act(client, country, made, "confirm", {"supplier": abroad})).status == 404
    assert (await act(client, country, made, "confirm", named, "a2")).status == 200
    hinted = (await claim(client, brand, {"supplier": chain.supplier}, "c2")).json()["id"]
    assert (await act(client, near, hinted, "confirm", named)).status == 200


async def test_a_refused_claim_never_names_a_supplier(client: Any, brand: str, operator: str, chain: Any) -> None:
    made = (await claim(client, brand, {"supplier": chain.supplier})).json()["id"]
    done = await act(client, operator, made, "end", {"reason": "no proof"})
    assert done.json()["state"] == "ended"
    own = (await client.get(f"/v1/links/{made}", brand)).json()
    assert (own["state"], own["reason"], own["to"]) == ("ended", "no proof", "2026-11-12")
    assert "supplier" not in own
    assert (await client.get(f"/v1/suppliers/{chain.supplier}", brand)).status == 404


async def test_what_ended_shows_its_past_and_nothing_newer(client: Any, chain: Any) -> None:
    (row,) = (await client.get("/v1/links", chain.key)).json()["data"]
    assert (await patched(client, chain.key, row["id"], b'{"to": "2026-07-15"}')).status == 200
    done = await act(client, chain.key, row["id"], "end", {"reason": "moved away"})
    assert (done.json()["state"], done.json()["to"]) == ("ended", "2026-07-15")
    seen = (await client.get(f"/v1/suppliers/{chain.supplier}/scores", chain.key)).json()["data"]
    assert [one["period"] for one in seen] == ["2026-Q2", "2026-Q1"]
    newer = await client.get(f"/v1/releases/{chain.releases['2026-Q3']}", chain.key)
    assert newer.status == 404
    (link,) = (await client.get(f"/v1/suppliers/{chain.supplier}", chain.key)).json()["links"]
    assert link["state"] == "ended"
    assert (await patched(client, chain.key, row["id"], b'{"to": null}')).status == 409
    again = await act(client, chain.key, row["id"], "end", {"reason": "twice"}, "a2")
    assert (again.status, again.json()["code"]) == (409, "link-not-claimed")


async def test_a_link_changes_only_as_it_was_read(client: Any, world: World, chain: Any, operator: str) -> None:
    (row,) = (await client.get("/v1/links", chain.key)).json()["data"]
    tag = (await client.get(f"/v1/links/{row['id']}", chain.key)).headers["etag"]
    done = await patched(client, chain.key, row["id"], b'{"tier": 3, "disclosure": "public"}', tag)
    assert (done.json()["tier"], done.json()["disclosure"], done.json()["role"]) == (3, "public", "sewing")
    assert (await patched(client, chain.key, row["id"], b'{"tier": 1}', tag)).status == 412
    assert (await patched(client, operator, row["id"], b'{"role": "dyeing"}')).json()["role"] == "dyeing"
    watchdog = await world.secret(await world.watchdog("BD"), "watchdog")
    assert (await patched(client, watchdog, row["id"], b'{"tier": 1}')).status == 404
    early = await patched(client, chain.key, row["id"], b'{"to": "2025-01-01"}')
    assert (early.status, early.json()["code"]) == (409, "conflict")
    for fault in (b'{"tier": 9}', b'{"from": "2020-01-01"}', b'{"role": null}'):
        assert (await patched(client, chain.key, row["id"], fault)).status == 422


async def test_two_brands_with_ids_swapped(client: Any, brand: str, chain: Any) -> None:
    """Another's link is as missing as one that nobody has."""
    (row,) = (await client.get("/v1/links", chain.key)).json()["data"]
    mine = (await claim(client, brand, SITE)).json()["id"]
    missing = str(LinkId.draw(b"\5" * 16))
    for key, theirs in ((brand, row["id"]), (chain.key, mine)):
        for method, path, body in (
            ("GET", "", b""),
            ("PATCH", "", b'{"tier": 1}'),
            ("POST", "/confirm", b'{"supplier": "%s"}' % chain.supplier.encode()),
            ("POST", "/end", b'{"reason": "mine"}'),
        ):
            headers = {"if-match": "*", "idempotency-key": theirs + method + path}
            hidden = await client.ask(method, f"/v1/links/{theirs}{path}", key=key, body=body, headers=headers)
            headers = {"if-match": "*", "idempotency-key": missing + method + path}
            absent = await client.ask(method, f"/v1/links/{missing}{path}", key=key, body=body, headers=headers)
            assert (hidden.status, absent.status) == (404, 404), path
            assert len(hidden.body) == len(absent.body)
            assert {k: v for k, v in hidden.json().items() if k != "request_id"} == {
                k: v for k, v in absent.json().items() if k != "request_id"
            }
    assert {one["id"] for one in (await client.get("/v1/links", brand)).json()["data"]} == {mine}


async def test_a_claim_reads_the_same_with_and_without_releases(client: Any, world: World, brand: str) -> None:
    one = await world.supplier()
    made = (await claim(client, brand, {"supplier": one})).json()["id"]
    before = (await client.get(f"/v1/links/{made}", brand)).body
    await world.period("2026-Q3")
    await world.release(one, "2026-Q3", n=214)
    assert (await client.get(f"/v1/links/{made}", brand)).body == before


async def test_links_come_by_pages(client: Any, brand: str, operator: str, world: World) -> None:
    for number in range(5):
        await claim(client, brand, SITE, f"c{number}")
        world.clock.skip(days=number % 2)
    for key in (brand, operator):
        seen: list[str] = []
        target = "/v1/links?limit=2"
        while target:
            page = (await client.get(target, key)).json()
            seen += [row["id"] for row in page["data"]]
            target = f"/v1/links?limit=2&cursor={page['next_cursor']}" if page["has_more"] else ""
        assert len(seen) == len(set(seen)) == 5
    assert (await client.get("/v1/links?state=confirmed", operator)).json()["data"] == []
