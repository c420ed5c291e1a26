"""The portfolio: its order, what narrows it, its pages; and suppliers side by side. Forms alone, no script."""

import re
from typing import Any

import pytest

from laborvoice.api.portal.pages import suppliers as page
from laborvoice.web import words
from support.portal_pages import Portfolio, portfolio
from support.registry_world import World


@pytest.fixture
async def made(world: World) -> Portfolio:
    return await portfolio(world)


def names(body: bytes) -> list[str]:
    """First words, in the order of the lists below the tiles."""
    lists = body.decode().partition('id="list"')[2]
    return [name.split()[0] for name in re.findall(r'href="/suppliers/sup_[^"]+">([^<]+)', lists)]


async def test_strongest_evidence_first_and_withheld_apart(client: Any, made: Portfolio) -> None:
    answer = await client.get("/suppliers", made.key)
    found = names(answer.body)
    assert found[0] == "Harrowfin"
    assert found[-3:] == ["Juniper", "Kestrel", "Nettlewick"]
    assert b'<h2 id="withheld">Withheld</h2>' in answer.body
    assert re.search(rb">5 of 11</bdi>", answer.body)
    assert b"2 withheld</a>" in answer.body
    assert len(answer.body) <= 60 * 1024


async def test_orders(client: Any, made: Portfolio) -> None:
    by_name = names((await client.get("/suppliers?order=name", made.key)).body)
    assert by_name[:2] == ["Aurelline", "Brackenfold"]
    by_change = names((await client.get("/suppliers?order=change", made.key)).body)
    assert by_change[0] == "Corvane"
    assert by_change[10] == "Gildry"
    by_score = names((await client.get("/suppliers?order=score", made.key)).body)
    assert by_score[:2] == ["Harrowfin", "Corvane"]


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("country=TH", ["Harrowfin"]),
        ("country=&q=gildry&band=&kind=&sector=&order=low", ["Gildry"]),
        ("band=severe", ["Harrowfin"]),
        ("kind=farm", []),
        ("state=withheld", ["Juniper", "Kestrel"]),
        ("state=none", ["Nettlewick"]),
        ("sector=14&country=MY", ["Ivorel"]),
        ("sector=01", []),
    ],
)
async def test_filters(client: Any, made: Portfolio, query: str, left: list[str]) -> None:
    answer = await client.get(f"/suppliers?{query}", made.key)
    assert answer.status == 200
    assert names(answer.body) == left
    if not left:
        assert b"No supplier fits what you chose" in answer.body


async def test_an_os_id_is_found_and_a_mistyped_one_is_said(world: World, client: Any) -> None:
    brand = await world.party("brand")
    one = await world.supplier("Known Mills", identifiers={"os_id": "BD2026001DEM011"})
    await world.linked(brand, one)
    key = await world.secret(brand, "brand")
    assert names((await client.get("/suppliers?q=bd+2026001-DEM011", key)).body) == ["Known"]
    wrong = await client.get("/suppliers?q=BD2026001DEM012", key)
    assert b"its last character does not fit" in wrong.body
    assert b'value="BD2026001DEM012"' in wrong.body
    assert b'aria-invalid="true"' in wrong.body


@pytest.mark.parametrize("order", ["low", "score", "change", "name"])
async def test_pages_go_on_where_the_last_ended(
    client: Any, made: Portfolio, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "ROWS", 4)
    found: list[str] = []
    target = f"/suppliers?order={order}"
    while target:
        answer = await client.get(target, made.key)
        found += names(answer.body)
        more = re.search(r'rel="next"[^>]*href="([^"]+)"', answer.body.decode())
        target = more[1].replace("&amp;", "&") if more else ""
    assert len(found) == len(set(found)) == len(made.suppliers)


async def test_a_cursor_is_good_for_its_list_alone(
    client: Any, made: Portfolio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "ROWS", 4)
    body = (await client.get("/suppliers", made.key)).body.decode()
    cursor = re.findall(r"cursor=([^\"&]+)", body)[-1]
    for target in (f"/suppliers?order=name&cursor={cursor}", "/suppliers?cursor=x", "/suppliers?shift=night"):
        assert (await client.get(target, made.key)).status == 400


async def test_side_by_side(client: Any, made: Portfolio) -> None:
    chosen = [made.suppliers[name] for name in ("Harrowfin", "Gildry", "Dovemark")]
    body = (await client.get(f"/compare?s={chosen[0]}&s={chosen[1]}&s={chosen[2]}", made.key)).body.decode()
    assert "Harrowfin Seafood (demo)</b> scores higher than <b>Gildry" in body
    assert "cannot be told apart" in body
    assert words.LIMITS in body
    withheld = (await client.get(f"/compare?s={chosen[0]}&s={made.suppliers['Juniper']}", made.key)).body.decode()
    assert words.WITHHELD in withheld


@pytest.mark.parametrize("names_", [(), ("Harrowfin",), ("Harrowfin", "Gildry", "Dovemark", "Corvane", "Juniper")])
async def test_two_to_four(client: Any, made: Portfolio, names_: tuple[str, ...]) -> None:
    query = "&".join(f"s={made.suppliers[name]}" for name in names_)
    answer = await client.get(f"/compare?{query}", made.key)
    assert answer.status == 200
    assert b"Choose two to four" in answer.body


async def test_what_is_no_id_is_not_found(client: Any, made: Portfolio) -> None:
    assert (await client.get("/compare?s=x&s=y", made.key)).status == 404


async def test_charts_are_files_too(client: Any, made: Portfolio) -> None:
    one = made.suppliers["Harrowfin"]
    for chart in ("trend.svg", "gauge.svg"):
        answer = await client.get(f"/suppliers/{one}/{chart}", made.key)
        assert answer.headers["content-type"].startswith("image/svg+xml")
        assert answer.body.startswith(b'<svg xmlns="http://www.w3.org/2000/svg"')
    assert (await client.get(f"/suppliers/{one}/else.svg", made.key)).status == 404
    assert (await client.get(f"/suppliers/{made.suppliers['Juniper']}/gauge.svg", made.key)).status == 404


async def test_a_supplier_page_stays_small(client: Any, made: Portfolio) -> None:
    for one in made.suppliers.values():
        assert len((await client.get(f"/suppliers/{one}", made.key)).body) <= 40 * 1024


async def test_a_watchdog_and_an_operator_see_theirs(world: World, client: Any, made: Portfolio) -> None:
    watchdog = await world.secret(await world.watchdog("TH"), "watchdog")
    assert names((await client.get("/suppliers", watchdog)).body) == ["Harrowfin"]
    operator = await world.secret(await world.party("operator"), "operator")
    assert len(names((await client.get("/suppliers", operator)).body)) == len(made.suppliers)
