"""Lists: filters, order, cursors that are good for one list of one party."""

from typing import Any

import pytest

from support.registry_world import World


@pytest.fixture
async def many(world: World) -> Any:
    """A brand with ten suppliers of two countries; their scores grow with their names."""
    brand = await world.party("brand")
    key = await world.secret(brand, "brand")
    await world.period("2026-Q3")
    found: list[Any] = []
    for number in range(10):
        country = "BD" if number % 2 else "VN"
        kind = "farm" if number == 9 else "factory"
        one = await world.supplier(f"Site {number}", country=country, kind=kind, isic=(f"14{number}0",))
        await world.linked(brand, one)
        if number < 8:
            await world.release(one, "2026-Q3", n=80, severity_sum=80 * number)
        found.append(one)
    return brand, key, found


async def pages(client: Any, key: str, query: str) -> list[list[Any]]:
    found: list[list[Any]] = []
    target = f"/v1/suppliers?{query}"
    while True:
        answer = await client.get(target, key)
        assert answer.status == 200, answer.body
        told = answer.json()
        found.append([one["id"] for one in told["data"]])
        assert told["has_more"] is (told["next_cursor"] is not None)
        if not told["has_more"]:
            assert "link" not in answer.headers
            return found
        link = answer.headers["link"]
        assert link.startswith("<")
        assert link.endswith('>; rel="next"')
        target = link[1 : link.index(">")]
        assert told["next_cursor"] in target


@pytest.mark.parametrize("limit", [1, 3, 10, 100])
async def test_pages_hold_each_once(client: Any, many: Any, limit: int) -> None:
    _, key, suppliers = many
    found = await pages(client, key, f"limit={limit}")
    assert [one for page in found for one in page] == suppliers
    assert all(len(page) == limit for page in found[:-1])


async def test_inserting_and_removing_while_paging(client: Any, world: World, many: Any) -> None:
    brand, key, suppliers = many
    first = (await client.get("/v1/suppliers?limit=4", key)).json()
    await world.linked(brand, await world.supplier("Site 00"))
    late = await world.supplier("Site 55")
    await world.linked(brand, late)
    await world.sql("UPDATE registry.link SET state = 'ended' WHERE supplier_id = $1", await world.key_of(suppliers[3]))
    rest = (await client.get(f"/v1/suppliers?limit=50&cursor={first['next_cursor']}", key)).json()
    assert [one["id"] for one in rest["data"]] == [*suppliers[4:6], late, *suppliers[6:]]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("country=VN", [0, 2, 4, 6, 8]),
        ("kind=farm", [9]),
        ("sector=143", [3]),
        ("sector=14", list(range(10))),
        ("q=sITE+4", [4]),
        ("q=%25", []),
        ("band=low", [0]),
        ("band=moderate", [1, 2]),
        ("country=BD&band=high", [3, 5]),
        ("country=KH", []),
    ],
)
async def test_filters(client: Any, many: Any, query: str, numbers: list[int]) -> None:
    _, key, suppliers = many
    found = await client.get(f"/v1/suppliers?{query}", key)
    assert [one["id"] for one in found.json()["data"]] == [suppliers[number] for number in numbers]


async def test_native_names_and_os_ids_are_found(client: Any, world: World, many: Any) -> None:
    brand, key, _ = many
    one = await world.supplier("X", native_name="ঢাকা", identifiers={"os_id": "BD2026001DEM011"})
    await world.linked(brand, one)
    for words in ("%E0%A6%A2%E0%A6%BE%E0%A6%95%E0%A6%BE", "bd2026001dem011"):
        found = await client.get(f"/v1/suppliers?q={words}", key)
        assert [row["id"] for row in found.json()["data"]] == [one]


async def test_the_band_is_that_of_the_newest_period_seen(client: Any, world: World, many: Any) -> None:
    _, key, suppliers = many
    await world.period("2026-Q4", "closing")
    await world.release(suppliers[0], "2026-Q4", n=80, severity_sum=800)
    low = "/v1/suppliers?band=low"
    assert [one["id"] for one in (await client.get(low, key)).json()["data"]] == [suppliers[0]]
    await world.period("2026-Q4", "counted")
    assert (await client.get(low, key)).json()["data"] == []


async def test_scores_of_a_filter_by_name_and_by_score(client: Any, many: Any) -> None:
    _, key, suppliers = many
    for sort, order in (("name", suppliers), ("score", [*reversed(suppliers[:8]), *sorted(suppliers[8:])])):
        found: list[str] = []
        cursor = None
        for _ in range(4):
            wanted: dict[str, Any] = {"filter": {}, "sort": sort, "limit": 3}
            wanted |= {"cursor": cursor} if cursor else {}
            answer = await client.post("/v1/scores/query", key, wanted)
            assert answer.status == 200, answer.body
            told = answer.json()
            found += [one["supplier"] for one in told["data"]]
            cursor = told["next_cursor"]
        assert cursor is None
        if sort == "name":
            assert found == order
        else:
            assert found[:8] == order[:8]
            assert set(found[8:]) == set(order[8:])


async def test_scores_of_a_band_and_period(client: Any, world: World, many: Any) -> None:
    _, key, suppliers = many
    await world.period("2026-Q4")
    await world.release(suppliers[0], "2026-Q4", n=80, severity_sum=800)
    for sort in ("name", "score"):
        wanted: Any = {"filter": {"band": "low", "country": "VN", "kind": "factory", "sector": "14", "q": "site"}}
        now = await client.post("/v1/scores/query", key, {**wanted, "sort": sort})
        assert now.json()["data"] == []
        then = await client.post("/v1/scores/query", key, {**wanted, "sort": sort, "period": "2026-Q3"})
        assert [one["supplier"] for one in then.json()["data"]] == [suppliers[0]]


async def test_the_next_page_of_a_table_is_named_in_a_header(client: Any, many: Any) -> None:
    _, key, _ = many
    wanted: Any = {"filter": {}, "limit": 6}
    first = await client.post("/v1/scores/query", key, wanted, accept="text/csv")
    cursor = first.headers["next-cursor"]
    second = await client.post("/v1/scores/query", key, {**wanted, "cursor": cursor}, accept="text/csv")
    assert "next-cursor" not in second.headers
    assert first.body.count(b"\n") + second.body.count(b"\n") == 12


async def refused(client: Any, key: str, target: str) -> None:
    answer = await client.get(target, key)
    assert answer.status == 400
    told = answer.json()
    assert told["code"] == "invalid-cursor"
    assert told["errors"] == [{"pointer": "?cursor", "detail": "It was not made for this list."}]


async def test_a_cursor_is_good_for_its_list_alone(client: Any, world: World, many: Any, chain: Any) -> None:
    brand, key, suppliers = many
    cursor = (await client.get("/v1/suppliers?limit=2", key)).json()["next_cursor"]
    assert (await client.get(f"/v1/suppliers?limit=5&cursor={cursor}", key)).status == 200
    for letter in (0, len(cursor) // 2, len(cursor) - 1):
        other = "A" if cursor[letter] != "A" else "B"
        await refused(client, key, f"/v1/suppliers?cursor={cursor[:letter]}{other}{cursor[letter + 1 :]}")
    await refused(client, key, f"/v1/suppliers?cursor={cursor}A")
    await refused(client, key, "/v1/suppliers?cursor=AAAA")
    await refused(client, key, f"/v1/suppliers?country=BD&cursor={cursor}")
    await refused(client, chain.key, f"/v1/suppliers?cursor={cursor}")
    await refused(client, key, f"/v1/suppliers/{suppliers[0]}/releases?cursor={cursor}")
    again = await world.secret(brand, "brand")
    assert (await client.get(f"/v1/suppliers?cursor={cursor}", again)).status == 200


async def test_a_cursor_of_another_supplier_is_refused(client: Any, world: World, chain: Any) -> None:
    other = await world.supplier("Another")
    await world.linked(chain.brand, other)
    for path in ("releases", "scores"):
        cursor = (await client.get(f"/v1/suppliers/{chain.supplier}/{path}?limit=1", chain.key)).json()["next_cursor"]
        await refused(client, chain.key, f"/v1/suppliers/{other}/{path}?cursor={cursor}")


@pytest.mark.parametrize("path", ["releases", "scores"])
async def test_periods_in_pages(client: Any, chain: Any, path: str) -> None:
    found: list[str] = []
    target = f"/v1/suppliers/{chain.supplier}/{path}?limit=1"
    for _ in range(3):
        answer = await client.get(target, chain.key)
        found += [one["period"] for one in answer.json()["data"]]
        target = answer.headers.get("link", "<>")[1:].partition(">")[0]
    assert found == ["2026-Q3", "2026-Q2", "2026-Q1"]
    assert target == ""
