"""What a brand reads of its chain: suppliers, releases, scores (design, api 4)."""

from datetime import date
from typing import Any

import pytest

from laborvoice.domain.ids import SupplierId
from support.registry_world import World


async def test_a_supplier(client: Any, chain: Any) -> None:
    found = await client.get(f"/v1/suppliers/{chain.supplier}", chain.key)
    assert found.status == 200
    told = found.json()
    (link,) = told.pop("links")
    assert told == {
        "id": chain.supplier,
        "name": "Sample Garments",
        "address": "1 Example Road",
        "country": "BD",
        "kind": "factory",
        "isic": ["1410"],
        "products": [],
        "identifiers": [],
        "engagement": "ok",
        "closed": False,
        "synthetic": True,
        "created_on": "2026-11-12",
    }
    assert link.pop("id").startswith("lnk_")
    assert link == {
        "tier": 1,
        "role": "sewing",
        "from": "2026-01-01",
        "state": "confirmed",
        "disclosure": "private",
        "created_on": "2026-11-12",
    }


async def test_what_is_known_of_a_supplier_is_told(client: Any, world: World, chain: Any) -> None:
    whole = await world.supplier(
        "Whole",
        native_name="সম্পূর্ণ",
        lat=23.8,
        lng=90.4,
        workers_min=100,
        workers_max=200,
        identifiers={"os_id": "BD2026001DEM011", "imo": "9074729"},
    )
    await world.linked(chain.brand, whole, to_day=date(2027, 1, 1))
    told = (await client.get(f"/v1/suppliers/{whole}", chain.key)).json()
    assert (told["os_id"], told["native_name"], told["lat"], told["lng"]) == ("BD2026001DEM011", "সম্পূর্ণ", 23.8, 90.4)
    assert (told["workers_min"], told["workers_max"]) == (100, 200)
    assert [one["scheme"] for one in told["identifiers"]] == ["os_id", "imo"]
    assert told["links"][0]["to"] == "2027-01-01"


async def test_releases(client: Any, chain: Any) -> None:
    found = (await client.get(f"/v1/suppliers/{chain.supplier}/releases", chain.key)).json()
    assert (found["next_cursor"], found["has_more"]) == (None, False)
    newest, withheld, small = found["data"]
    assert newest["id"] == chain.releases["2026-Q3"]
    assert newest["covers"] == ["2026-Q2", "2026-Q3"]
    assert newest["published_on"] == "2026-10-03"
    assert newest["totals"]["n"] == 214
    assert newest["totals"]["conditions"]["wages"] == 53
    assert "top" not in newest
    assert set(withheld) == {
        "state", "id", "supplier", "period", "covers", "policy", "questionnaire", "method", "published_on"
    }  # fmt: skip
    assert withheld["state"] == "withheld"
    assert small["top"] == "wages"
    assert "conditions" not in small["totals"]
    assert "conditions" not in small["totals"]["scales"]


async def test_a_release_by_its_id(client: Any, chain: Any) -> None:
    listed = (await client.get(f"/v1/suppliers/{chain.supplier}/releases", chain.key)).json()["data"]
    for one in listed:
        assert (await client.get(f"/v1/releases/{one['id']}", chain.key)).json() == one


async def test_a_published_score(client: Any, chain: Any) -> None:
    told = (await client.get(f"/v1/suppliers/{chain.supplier}/score", chain.key)).json()
    assert told["state"] == "published"
    assert (told["period"], told["covers"]) == ("2026-Q3", ["2026-Q2", "2026-Q3"])
    assert told["release"] == chain.releases["2026-Q3"]
    assert all(isinstance(told[name], int) for name in ("score", "low", "high", "answers"))
    assert told["answers"] == 210
    assert told["low"] <= told["score"] <= told["high"]
    assert told["usual"] == {"value": 44.444444, "suppliers": 0, "level": "assumed"}
    assert len(told["because"]) == 16
    assert set(told["because"][0]) == {"condition", "severity", "share", "low", "high", "usual", "contribution"}
    assert told["trend"]["since"] == "2026-Q1"
    assert "top" not in told
    assert "override" not in told


@pytest.mark.parametrize(("n", "top"), [(26, False), (49, False), (50, True), (99, True), (100, False)])
async def test_top_is_shown_from_50_to_99(client: Any, world: World, chain: Any, n: int, *, top: bool) -> None:
    one = await world.supplier("Another")
    await world.linked(chain.brand, one)
    await world.release(one, "2026-Q3", n=n, top="wages")
    assert ("top" in (await client.get(f"/v1/suppliers/{one}/score", chain.key)).json()) is top
    (release,) = (await client.get(f"/v1/suppliers/{one}/releases", chain.key)).json()["data"]
    assert ("top" in release) is top


async def test_strict_shows_no_top(client: Any, world: World, chain: Any) -> None:
    one = await world.supplier("Another")
    await world.linked(chain.brand, one)
    await world.release(one, "2026-Q3", n=60, policy="strict")
    assert "top" not in (await client.get(f"/v1/suppliers/{one}/score", chain.key)).json()


async def test_a_withheld_period_carries_its_label_alone(client: Any, world: World, chain: Any) -> None:
    asked = await client.get(f"/v1/suppliers/{chain.supplier}/score?period=2026-Q2", chain.key)
    assert asked.body == b'{"state":"withheld","period":"2026-Q2"}'
    other = await world.supplier("Another")
    await world.linked(chain.brand, other)
    await world.release(other, "2026-Q2", covers=("2025-Q4", "2026-Q1", "2026-Q2"))
    again = await client.get(f"/v1/suppliers/{other}/score", chain.key)
    assert again.body == asked.body
    assert again.headers["etag"] == asked.headers["etag"]


async def test_a_newest_period_withheld_shows_no_earlier_score(client: Any, world: World, chain: Any) -> None:
    await world.period("2026-Q4")
    await world.release(chain.supplier, "2026-Q4")
    told = (await client.get(f"/v1/suppliers/{chain.supplier}/score", chain.key)).json()
    assert told == {"state": "withheld", "period": "2026-Q4"}


async def test_without_a_release_there_is_none(client: Any, world: World, chain: Any) -> None:
    one = await world.supplier("New")
    await world.linked(chain.brand, one)
    assert (await client.get(f"/v1/suppliers/{one}/score", chain.key)).body == b'{"state":"none"}'
    assert (await client.get(f"/v1/suppliers/{chain.supplier}/score?period=2025-Q1", chain.key)).json() == {
        "state": "none"
    }
    for path in ("scores", "releases"):
        assert (await client.get(f"/v1/suppliers/{one}/{path}", chain.key)).json()["data"] == []


async def test_scores_over_time(client: Any, chain: Any) -> None:
    found = (await client.get(f"/v1/suppliers/{chain.supplier}/scores", chain.key)).json()
    assert [(one["state"], one["period"]) for one in found["data"]] == [
        ("published", "2026-Q3"),
        ("withheld", "2026-Q2"),
        ("published", "2026-Q1"),
    ]
    assert found["data"][0] == (await client.get(f"/v1/suppliers/{chain.supplier}/score", chain.key)).json()


async def test_nothing_is_seen_before_the_period_is_counted(client: Any, world: World, chain: Any) -> None:
    before = await client.get(f"/v1/suppliers/{chain.supplier}/score", chain.key)
    await world.period("2026-Q4", "closing")
    hidden = await world.release(chain.supplier, "2026-Q4", n=300)
    assert (await client.get(f"/v1/suppliers/{chain.supplier}/score", chain.key)).body == before.body
    assert (await client.get(f"/v1/releases/{hidden}", chain.key)).status == 404
    assert (await client.get(f"/v1/suppliers/{chain.supplier}/score?period=2026-Q4", chain.key)).json() == {
        "state": "none"
    }
    await world.period("2026-Q4", "counted")
    assert (await client.get(f"/v1/releases/{hidden}", chain.key)).status == 200


async def test_a_link_opens_the_periods_that_ended_while_it_ran(client: Any, world: World) -> None:
    brand, one = await world.party("brand"), await world.supplier()
    key = await world.secret(brand, "brand")
    releases: dict[str, Any] = {}
    for label in ("2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"):
        await world.period(label)
        releases[label] = await world.release(one, label, n=60)
    await world.linked(brand, one, from_day=date(2026, 3, 31), to_day=date(2026, 6, 30))
    seen = (await client.get(f"/v1/suppliers/{one}/scores", key)).json()["data"]
    assert [row["period"] for row in seen] == ["2026-Q2", "2026-Q1"]
    assert (await client.get(f"/v1/suppliers/{one}/score", key)).json()["period"] == "2026-Q2"
    statuses = {label: (await client.get(f"/v1/releases/{found}", key)).status for label, found in releases.items()}
    assert statuses == {"2025-Q4": 404, "2026-Q1": 200, "2026-Q2": 200, "2026-Q3": 404}


async def test_two_links_open_two_spans(client: Any, world: World) -> None:
    brand, one = await world.party("brand"), await world.supplier()
    for label in ("2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"):
        await world.period(label)
        await world.release(one, label, n=60)
    await world.linked(brand, one, from_day=date(2025, 10, 1), to_day=date(2026, 1, 31))
    await world.linked(brand, one, from_day=date(2026, 7, 1), role="dyeing")
    key = await world.secret(brand, "brand")
    seen = (await client.get(f"/v1/suppliers/{one}/scores", key)).json()["data"]
    assert [row["period"] for row in seen] == ["2026-Q3", "2025-Q4"]


async def test_a_merged_supplier_answers_with_the_survivor(client: Any, world: World, chain: Any) -> None:
    old = await world.supplier("Old name")
    await world.sql(
        "UPDATE registry.supplier SET merged_into = $1 WHERE supplier_id = $2",
        await world.key_of(chain.supplier),
        await world.key_of(old),
    )
    found = await client.get(f"/v1/suppliers/{old}", chain.key)
    assert found.status == 200
    assert found.json()["id"] == chain.supplier
    assert found.headers["content-location"] == f"/v1/suppliers/{chain.supplier}"
    listed = (await client.get("/v1/suppliers", chain.key)).json()["data"]
    assert [one["id"] for one in listed] == [chain.supplier]
    stranger = await world.secret(await world.party("brand"), "brand")
    assert (await client.get(f"/v1/suppliers/{old}", stranger)).status == 404


async def test_conditions(client: Any, chain: Any) -> None:
    rows = (await client.get("/v1/conditions", chain.key)).json()["data"]
    assert len(rows) == 16
    moving = rows[3]
    assert (moving["code"], moving["severity"], moving["weight"]) == ("freedom_of_movement", "critical", 4)
    assert (moving["action_level"], moving["factor"]) == (0.05, 1.0)
    assert moving["mappings"]["ilo"] == ["C29", "P29", "C105"]


async def test_periods_and_policy_are_the_operators(client: Any, world: World) -> None:
    key = await world.secret(await world.party("operator"), "operator")
    assert (await client.get("/v1/policy", key)).status == 404
    await world.period("2026-Q3", "burned")
    await world.period("2026-Q4", "open")
    rows = (await client.get("/v1/periods", key)).json()["data"]
    assert rows == [
        {
            "label": "2026-Q4",
            "kind": "quarter",
            "begin": "2026-10-01",
            "end": "2026-12-31",
            "close": "2027-01-03",
            "state": "open",
        },
        {
            "label": "2026-Q3",
            "kind": "quarter",
            "begin": "2026-07-01",
            "end": "2026-09-30",
            "close": "2026-10-03",
            "state": "burned",
        },
    ]
    await world.sql(
        "INSERT INTO ballot.manifest (seq, not_before, not_after, payload, body) VALUES (1, $1, $2, $3, '')",
        date(2026, 11, 9),
        date(2026, 11, 23),
        '{"v":1,"policy":{"name":"strict","epsilon":"1","delta":"1e-4","k":10}}',
    )
    told = (await client.get("/v1/policy", key)).json()
    assert (told["name"], told["eps"], told["published_from"], told["top_from"]) == ("strict", 1.0, 39, None)


async def test_many_scores_in_the_order_asked_for(client: Any, world: World, chain: Any) -> None:
    other = await world.supplier("Another")
    await world.linked(chain.brand, other)
    foreign, nobody = await world.supplier("Foreign"), SupplierId.draw(b"\1" * 16)
    wanted = [other, "sup_nonsense", foreign, chain.supplier, nobody, other]
    found = await client.post("/v1/scores/query", chain.key, {"suppliers": wanted})
    assert found.status == 200
    told = found.json()
    assert [(one["supplier"], one["score"]["state"]) for one in told["data"]] == [
        (other, "none"),
        (chain.supplier, "published"),
    ]
    assert (told["next_cursor"], told["has_more"]) == (None, False)
    single = await client.get(f"/v1/suppliers/{chain.supplier}/score", chain.key)
    assert told["data"][1]["score"] == single.json()
    older = await client.post("/v1/scores/query", chain.key, {"suppliers": [chain.supplier], "period": "2026-Q2"})
    assert older.json()["data"][0]["score"] == {"state": "withheld", "period": "2026-Q2"}


async def test_scores_as_a_table_and_as_lines(client: Any, world: World, chain: Any) -> None:
    other = await world.supplier("Another")
    await world.linked(chain.brand, other)
    wanted = {"suppliers": [chain.supplier, other], "period": "2026-Q3"}
    table = await client.post("/v1/scores/query", chain.key, wanted, accept="text/csv")
    assert table.headers["content-type"].startswith("text/csv")
    head, first, second, last = table.body.decode().split("\r\n")
    assert head.startswith("supplier,state,period,score,low,high,band,")
    assert first.startswith(f"{chain.supplier},published,2026-Q3,")
    assert first.count(",") == second.count(",") == head.count(",")
    assert second == f"{other},none" + "," * 12
    assert last == ""
    lines = await client.post("/v1/scores/query", chain.key, wanted, accept="application/x-ndjson")
    assert lines.headers["content-type"].startswith("application/x-ndjson")
    assert lines.body.count(b"\n") == 2
    withheld = await client.post("/v1/scores/query", chain.key, {**wanted, "period": "2026-Q2"}, accept="text/csv")
    assert f"{chain.supplier},withheld,2026-Q2{',' * 10}" in withheld.body.decode()
