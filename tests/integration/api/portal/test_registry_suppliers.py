"""Suppliers enter the registry, change and are merged: through the doors."""

import asyncio
from typing import Any

import pytest

from laborvoice.domain.ids import SupplierId
from support.registry_world import World

SITE = {"name": "Mohammadi Garments Ltd.", "address": "12 Station Rd, Dacca", "country": "BD"}
AGAIN = {"name": "Muhammadi Garment Limited", "address": "12 Station Road, Dhaka", "country": "BD"}
GOOD = {"os_id": "BD2026001DEM011", "lei": "213800KUD8LAJWSQ9D15", "gln": "5412345000013", "imo": "9074729"}
BAD = {"os_id": "BD2026001DEM012", "lei": "213800KUD8LXJWSQ9D15", "gln": "5412345000014", "imo": "9074728"}


@pytest.fixture
async def operator(world: World) -> str:
    return await world.secret(await world.party("operator"), "operator")


@pytest.fixture
async def watchdog(world: World) -> str:
    return await world.secret(await world.watchdog("BD"), "watchdog")


def numbered(scheme: str, value: str) -> dict[str, Any]:
    return {"os_id": value} if scheme == "os_id" else {"identifiers": [{"scheme": scheme, "value": value}]}


async def merge(client: Any, key: str, one: str, into: str, again: str = "m1") -> Any:
    return await client.post(f"/v1/suppliers/{one}/merge", key, {"into": into}, idempotency_key=again)


async def changed(client: Any, key: str, one: str, patch: bytes, tag: str) -> Any:
    headers = {"content-type": "application/merge-patch+json", "if-match": tag}
    return await client.ask("PATCH", f"/v1/suppliers/{one}", key=key, body=patch, headers=headers)


async def test_a_supplier_is_admitted_and_read(client: Any, operator: str) -> None:
    wanted = {**SITE, **numbered("os_id", "bd-2026 001DEM011"), "isic": ["1410"], "parent": "Group", "workers_min": 9}
    made = await client.post("/v1/suppliers", operator, wanted)
    assert made.status == 201
    told = made.json()
    assert made.headers["location"] == f"/v1/suppliers/{told['id']}"
    assert (told["os_id"], told["parent"], told["synthetic"]) == ("BD2026001DEM011", "Group", False)
    assert told["identifiers"] == [{"scheme": "os_id", "value": "BD2026001DEM011", "checked": True}]
    assert (await client.get(f"/v1/suppliers/{told['id']}", operator)).json() == told


@pytest.mark.parametrize("scheme", BAD)
async def test_a_wrong_check_digit_names_its_field(client: Any, operator: str, scheme: str) -> None:
    refused = await client.post("/v1/suppliers", operator, {**SITE, **numbered(scheme, BAD[scheme])})
    assert (refused.status, refused.json()["code"]) == (422, "invalid-body")
    pointer = "/os_id" if scheme == "os_id" else "/identifiers/0/value"
    assert [one["pointer"] for one in refused.json()["errors"]] == [pointer]
    assert BAD[scheme].encode() not in refused.body
    good = await client.post("/v1/suppliers", operator, {**SITE, **numbered(scheme, GOOD[scheme])})
    assert good.status == 201


@pytest.mark.parametrize(
    ("fault", "pointer"),
    [
        ({"country": "UK"}, "/country"),
        ({"workers_min": 5, "workers_max": 4}, "/workers_max"),
        ({"lat": 1.0}, "/lng"),
        ({"lng": 1.0}, "/lat"),
        ({"name": ""}, "/name"),
        ({"isic": ["14x"]}, "/isic/0"),
        ({"identifiers": [{"scheme": "gln", "value": GOOD["gln"]}] * 2}, "/identifiers/1/value"),
        ({"merged_into": 1}, "/merged_into"),
    ],
)
async def test_what_does_not_fit_is_named(client: Any, operator: str, fault: dict[str, Any], pointer: str) -> None:
    refused = await client.post("/v1/suppliers", operator, {**SITE, **fault})
    assert (refused.status, refused.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_brands_make_and_change_no_supplier(client: Any, chain: Any) -> None:
    for method, path in (("POST", ""), ("PATCH", f"/{chain.supplier}"), ("POST", f"/{chain.supplier}/merge")):
        headers = {"if-match": "*", "idempotency-key": "b"}
        answer = await client.ask(method, f"/v1/suppliers{path}", key=chain.key, body=b"{}", headers=headers)
        assert (answer.status, answer.json()["code"]) == (403, "forbidden"), path


async def test_a_likely_duplicate_is_said_to_operators_alone(client: Any, operator: str, watchdog: str) -> None:
    first = (await client.post("/v1/suppliers", operator, SITE)).json()
    refused = await client.post("/v1/suppliers", operator, AGAIN)
    assert (refused.status, refused.json()["code"]) == (409, "probable-duplicate")
    (candidate,) = refused.json()["candidates"]
    assert candidate["id"] == first["id"]
    assert candidate["match"] > 0.8
    quiet = await client.post("/v1/suppliers", watchdog, AGAIN)
    assert (quiet.status, quiet.json().get("candidates")) == (409, None)
    assert (await client.post("/v1/suppliers", watchdog, {**AGAIN, "force": True})).status == 403
    assert (await client.post("/v1/suppliers", operator, {**AGAIN, "force": True})).status == 201


async def test_a_known_os_id_cannot_be_forced(client: Any, operator: str) -> None:
    os_id = numbered("os_id", GOOD["os_id"])
    assert (await client.post("/v1/suppliers", operator, {**SITE, **os_id})).status == 201
    other = {"name": "Nothing alike", "address": "Elsewhere", "country": "VN", **os_id, "force": True}
    refused = await client.post("/v1/suppliers", operator, other)
    assert (refused.status, refused.json()["code"]) == (409, "probable-duplicate")


async def test_a_watchdog_admits_only_what_it_covers(client: Any, watchdog: str, world: World) -> None:
    assert (await client.post("/v1/suppliers", watchdog, SITE)).status == 201
    outside = await client.post("/v1/suppliers", watchdog, {**SITE, "country": "VN"})
    assert (outside.status, outside.json()["code"]) == (403, "forbidden")
    assert await world.sql("SELECT count(*) FROM registry.supplier") == 1
    far = await world.supplier("Far", country="VN")
    assert (await changed(client, watchdog, far, b'{"name": "Mine"}', "*")).status == 404


async def test_an_entry_changes_only_as_it_was_read(client: Any, operator: str, world: World) -> None:
    one = await world.supplier(identifiers={"os_id": GOOD["os_id"], "gln": GOOD["gln"]}, workers_max=10)
    tag = (await client.get(f"/v1/suppliers/{one}", operator)).headers["etag"]
    done = await changed(client, operator, one, b'{"name": "New", "workers_max": null}', tag)
    assert done.status == 200
    assert (done.json()["name"], done.json()["os_id"]) == ("New", GOOD["os_id"])
    assert "workers_max" not in done.json()
    assert {row["scheme"] for row in done.json()["identifiers"]} == {"os_id", "gln"}
    assert (await changed(client, operator, one, b'{"name": "Newer"}', tag)).status == 412
    headers = {"content-type": "application/merge-patch+json"}
    bare = await client.ask("PATCH", f"/v1/suppliers/{one}", key=operator, body=b"{}", headers=headers)
    assert bare.status == 428
    assert await world.sql("SELECT count(*) FROM outbox.event WHERE type = 'supplier.updated'") == 1


async def test_a_supplier_is_found_by_either_os_id(client: Any, operator: str, world: World) -> None:
    one = await world.supplier("A", identifiers={"os_id": GOOD["os_id"]})
    new = b'{"os_id": "PK2026001DEM07W"}'
    assert (await changed(client, operator, one, new, "*")).json()["os_id"] == "PK2026001DEM07W"
    again = {"name": "B", "address": "Far away", "country": "BD", "os_id": GOOD["os_id"]}
    refused = await client.post("/v1/suppliers", operator, again)
    assert [row["id"] for row in refused.json()["candidates"]] == [one]
    other = await world.supplier("C")
    taken = await changed(client, operator, other, new, "*")
    assert (taken.status, taken.json()["code"]) == (409, "probable-duplicate")


async def test_what_was_imported_with_a_wrong_digit_may_stay(client: Any, operator: str, world: World) -> None:
    one = await world.supplier()
    await world.sql("UPDATE registry.supplier SET identifiers = $1", [f"os_id:{BAD['os_id']}", f"gln:{BAD['gln']}"])
    done = await changed(client, operator, one, b'{"name": "Other"}', "*")
    assert done.status == 200
    assert {(row["scheme"], row["checked"]) for row in done.json()["identifiers"]} == {("os_id", False), ("gln", False)}
    refused = await changed(client, operator, one, b'{"os_id": "BD2026001DEM013"}', "*")
    assert refused.json()["errors"][0]["pointer"] == "/os_id"


async def test_merging_moves_links_and_answers_with_the_survivor(
    client: Any, operator: str, world: World, chain: Any
) -> None:
    into = await world.supplier("Survivor")
    done = await merge(client, operator, chain.supplier, into)
    assert (done.status, done.json()["id"]) == (200, into)
    assert done.headers["content-location"] == f"/v1/suppliers/{into}"
    replay = await merge(client, operator, chain.supplier, into)
    assert (replay.status, replay.headers["idempotent-replayed"]) == (200, "true")
    old = await client.get(f"/v1/suppliers/{chain.supplier}", chain.key)
    assert (old.json()["id"], old.headers["content-location"]) == (into, f"/v1/suppliers/{into}")
    assert [link["state"] for link in old.json()["links"]] == ["confirmed"]
    assert (await changed(client, operator, chain.supplier, b'{"name": "Both"}', "*")).json()["id"] == into
    assert await world.sql("SELECT count(*) FROM outbox.event WHERE type = 'supplier.merged'") == 1


async def test_what_cannot_be_merged(client: Any, operator: str, watchdog: str, world: World) -> None:
    one, two, three = [await world.supplier(name, identifiers={}) for name in "ABC"]
    abroad = await world.supplier("D", country="VN")
    for pair in ((one, one), (one, abroad)):
        assert (await merge(client, operator, *pair, again=pair[1])).status == 409
    assert (await merge(client, watchdog, one, abroad)).status == 404
    assert (await merge(client, operator, one, SupplierId.draw(bytes(16)))).status == 404
    assert (await merge(client, watchdog, one, two, "ok")).status == 200
    for pair in ((two, three), (three, one), (one, three)):
        refused = await merge(client, operator, *pair, again="x" + pair[0] + pair[1])
        assert (refused.status, refused.json()["code"]) == (409, "conflict"), pair


async def test_only_what_changed_since(client: Any, operator: str, world: World) -> None:
    one, _ = await world.supplier("A"), await world.supplier("B")
    world.clock.skip(days=2)
    since = f"/v1/suppliers?updated_since={world.today}"
    assert (await client.get(since, operator)).json()["data"] == []
    await changed(client, operator, one, b'{"closed": true}', "*")
    assert [row["id"] for row in (await client.get(since, operator)).json()["data"]] == [one]
    assert (await client.get("/v1/suppliers?updated_since=yesterday", operator)).status == 400


async def test_acts_are_written_down(client: Any, operator: str, world: World) -> None:
    one = (await client.post("/v1/suppliers", operator, SITE)).json()["id"]
    await changed(client, operator, one, b'{"closed": true}', "*")
    await merge(client, operator, one, await world.supplier("Z", identifiers={}))
    acts = await world.sql("SELECT array_agg(action ORDER BY seq) FROM access.audit WHERE object = $1", one)
    assert acts == ["supplier.created", "supplier.changed", "supplier.merged"]


async def test_a_case_on_hold_keeps_two_apart_and_others_move(client: Any, operator: str, world: World) -> None:
    one, into = await world.supplier("A"), await world.supplier("B")
    watchdog = await world.party("watchdog")
    await world.sql(
        """INSERT INTO desk."case"
        (id, number, owner_id, supplier_id, class, state, received, version, created_on, body)
        VALUES ($1, 'X', $1, $2, 'urgent', 'on_hold_safety', '2026-11', 1, $3, '{}')""",
        watchdog.uuid,
        await world.key_of(one),
        world.today,
    )
    for pair in ((one, into), (into, one)):
        refused = await merge(client, operator, *pair, again=pair[0])
        assert (refused.status, refused.json()["detail"]) == (409, "A case of one of the two is on hold.")
    await world.sql("""UPDATE desk."case" SET state = 'verified'""")
    assert (await merge(client, operator, one, into, "m2")).status == 200
    assert await world.sql('SELECT supplier_id FROM desk."case"') == await world.key_of(into)


async def test_of_many_who_bring_the_same_one_the_first_admits_it(client: Any, operator: str, world: World) -> None:
    told = await asyncio.gather(*(client.post("/v1/suppliers", operator, SITE) for _ in range(6)))
    assert sorted(answer.status for answer in told) == [201, *[409] * 5]
    assert await world.sql("SELECT count(*) FROM registry.supplier") == 1
