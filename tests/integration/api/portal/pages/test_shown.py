"""Pages over HTTP: each state as the design has it, the same digits as the API, nothing of anybody else's."""

import hashlib
import re
from datetime import date
from typing import Any

import msgspec
import pytest

from laborvoice.api.openapi import OPERATION, Operation
from laborvoice.api.portal.doors import HANDLERS
from laborvoice.api.portal.pages import compare, heat, suppliers
from laborvoice.api.portal.pages.listed import PAGES
from laborvoice.domain.condition import Condition
from laborvoice.web import words
from support.registry_world import World

HTML = {"accept": "text/html,*/*;q=0.8"}
Q3 = "2026-Q3"


def text(answer: Any) -> str:
    """What a reader sees, tags and spaces taken away."""
    assert answer.status == 200, answer.body
    assert answer.headers["content-type"].startswith("text/html")
    bare = re.sub(r"<svg.*?</svg>", "", answer.body.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", bare)).replace("&#39;", "'").replace("&#34;", '"')


async def shown(world: World, client: Any, n: int | None, **numbers: Any) -> tuple[str, Any, str]:
    """The page of a supplier with one period, its score as the API tells it, and the key."""
    brand, one = await world.party("brand"), await world.supplier()
    await world.period(Q3)
    await world.linked(brand, one)
    await world.release(one, Q3, **({} if n is None else {"n": n}), **numbers)
    key = await world.secret(brand, "brand")
    told = (await client.get(f"/v1/suppliers/{one}/score", key)).json()
    return text(await client.get(f"/suppliers/{one}", key)), told, key


async def test_published(world: World, client: Any) -> None:
    page, told, _ = await shown(world, client, 214)
    figures = f"{told['score']} of 100, 90 % range {told['low']}{words.DASH}{told['high']}"
    assert figures in page
    assert f"Confidence {told['confidence']}: 210 answers" in page
    assert "about 210 answers (± 5)" in page.lower()
    assert "of those who answered name it among their three gravest" in page
    assert "Policy standard: epsilon 2, delta 1e-4, k 10; numbers from 26 answers, conditions from 100" in page
    assert words.LIMITS in page


@pytest.mark.parametrize("policy", ["standard", "strict"])
async def test_every_page_with_numbers_names_the_policy(world: World, client: Any, policy: str) -> None:
    brand, pair = await world.party("brand"), [await world.supplier(), await world.supplier()]
    await world.period(Q3)
    for one in pair:
        await world.linked(brand, one)
        await world.release(one, Q3, n=214, policy=policy)
    key = await world.secret(brand, "brand")
    other = {"standard": "strict", "strict": "standard"}[policy]
    for path in ("/suppliers", "/heat", f"/compare?s={pair[0]},{pair[1]}", f"/suppliers/{pair[0]}"):
        page = text(await client.get(path, key))
        assert f"Policy {policy}: epsilon" in page, path
        assert f"Policy {other}" not in page, path


async def test_withheld_says_nothing_else(world: World, client: Any) -> None:
    page, _, key = await shown(world, client, None)
    assert words.WITHHELD in page
    assert not re.search(r"\d+ (answers|ballots)|&lt; ?\d", page.replace("from 26 answers", ""))
    heat = (await client.get("/heat", key)).body.decode()
    assert heat.count("h-withheld") == len(Condition) + 1


async def test_two_withheld_suppliers_look_alike(world: World, client: Any) -> None:
    """But for what they are called and when they were last published."""
    pages: list[str] = []
    for name in ("Alpha Loom", "Gamma Loom"):
        brand, one = await world.party("brand"), await world.supplier(name)
        await world.period(Q3)
        await world.linked(brand, one)
        release = await world.release(one, Q3)
        key = await world.secret(brand, "brand")
        for path in (f"/suppliers/{one}", f"/releases/{release}", f"/suppliers/{one}/trend.svg", "/suppliers", "/heat"):
            body = (await client.get(path, key)).body.decode()
            digest = re.sub(r"\b[0-9a-f]{64}\b", "DIGEST", body)
            pages.append(digest.replace(str(one), "ID").replace(str(release), "REL").replace(name, "NAME"))
    assert pages[:5] == pages[5:]


async def test_pooled_periods_are_said_beside_the_number(world: World, client: Any) -> None:
    page, _, _ = await shown(world, client, 60, covers=("2026-Q1", "2026-Q2", Q3))
    assert "Counted with 2026-Q1 and 2026-Q2." in page
    assert words.FLOOR in page


async def test_none_says_when(world: World, client: Any) -> None:
    brand, one = await world.party("brand"), await world.supplier()
    await world.linked(brand, one)
    key = await world.secret(brand, "brand")
    assert "Numbers appear when the first period is counted." in text(await client.get(f"/suppliers/{one}", key))
    await world.period("2026-Q4", "open")
    assert "When 2026-Q4 closes on 2027-01-03" in text(await client.get(f"/suppliers/{one}", key))
    await world.period("2026-Q4", "closing")
    page = text(await client.get(f"/suppliers/{one}", key))
    assert "It is being counted." in page
    assert "No period counted yet" in text(await client.get("/suppliers", key))


async def test_how_a_number_is_made(client: Any, chain: Any, parts: Any) -> None:
    release = chain.releases[Q3]
    told = (await client.get(f"/v1/suppliers/{chain.supplier}/score", chain.key)).json()
    page = text(await client.get(f"/releases/{release}/method", chain.key))
    assert f"shown {told['score']}" in page
    assert f"shown {told['low']}{words.DASH}{told['high']}" in page
    assert f"laborvoice scores --url {parts.origin} --key-file key --recompute" in page
    for part in told["because"]:
        assert f"{part['share']:.6f}" in page
    assert "What is assumption" in page
    assert (
        await client.get(f"/releases/{chain.releases['2026-Q2']}/method", chain.key, accept="text/html")
    ).status == 404
    few = text(await client.get(f"/releases/{chain.releases['2026-Q1']}/method", chain.key))
    assert "No release here has counts by condition" in few


async def test_a_release_with_its_ledger_and_digest(client: Any, chain: Any) -> None:
    release = chain.releases[Q3]
    page = text(await client.get(f"/releases/{release}", chain.key))
    served = (await client.get(f"/v1/releases/{release}", chain.key)).body
    assert hashlib.sha256(served).hexdigest() in page
    assert "Epsilon, severity1.0" in page
    assert "noise of scale 2.0 cut at 16" in page


async def test_earlier_releases_that_may_not_be_seen_are_said(world: World, client: Any) -> None:
    brand, one = await world.party("brand"), await world.supplier()
    for label in ("2026-Q2", Q3):
        await world.period(label)
        await world.release(one, label, n=200)
    await world.linked(brand, one, from_day=date(2026, 8, 1))
    key = await world.secret(brand, "brand")
    newest = (await client.get(f"/v1/suppliers/{one}/releases", key)).json()["data"]
    page = text(await client.get(f"/releases/{newest[0]['id']}/method", key))
    assert "1 earlier release has entered that you may not see" in page
    assert page.count("2026-Q2") == 0


async def test_a_link_that_has_ended_is_tagged(world: World, client: Any) -> None:
    brand, one = await world.party("brand"), await world.supplier()
    for label in ("2026-Q2", Q3):
        await world.period(label)
        await world.release(one, label, n=200)
    await world.linked(brand, one, to_day=date(2026, 8, 1))
    page = text(await client.get(f"/suppliers/{one}", await world.secret(brand, "brand")))
    assert "link ended" in page
    assert Q3 not in page


async def test_nothing_of_another_brand(world: World, client: Any, chain: Any) -> None:
    other = await world.secret(await world.party("brand"), "brand")
    nobody, else_ = "sup_4jfhky32628wfaybwzv7f5tadw", "sup_5jfhky32628wfaybwzv7f5tadw"
    no_release = "rel_4jfhky32628wfaybwzv7f5tadw"
    for path in (
        "/suppliers/{s}",
        "/suppliers/{s}/trend.svg",
        "/releases/{r}",
        "/releases/{r}/method",
        "/compare?s={s},{e}",
    ):
        asked = path.format(s=chain.supplier, r=chain.releases[Q3], e=else_)
        missing = path.format(s=nobody, r=no_release, e=else_)
        found, not_there = [await client.get(one, other, **HTML) for one in (asked, missing)]
        assert (found.status, not_there.status) == (404, 404)
        number = re.compile(rb"req_[0-9a-z]+")
        assert number.sub(b"", found.body) == number.sub(b"", not_there.body)
    assert "Nothing here" in text(await client.get("/suppliers", other))


async def test_a_claim_shows_nothing(world: World, client: Any) -> None:
    brand, one = await world.party("brand"), await world.supplier()
    await world.period(Q3)
    await world.release(one, Q3, n=200)
    key = await world.secret(brand, "brand")
    before = (await client.get("/suppliers", key)).body
    await world.claim(brand, one)
    assert (await client.get("/suppliers", key)).body == before
    assert (await client.get(f"/suppliers/{one}", key, **HTML)).status == 404


async def test_pages_are_no_part_of_the_document(client: Any) -> None:
    document = (await client.get("/v1/openapi.json")).json()
    assert not {"/suppliers", "/heat", "/compare"} & document["paths"].keys()
    for handler in (*HANDLERS, *PAGES):
        operation: Operation = handler.opt[OPERATION]
        assert operation.page == (handler in PAGES)


async def test_pages_choose_by_nothing_a_worker_said_or_is() -> None:
    """Guarantee 19, of pages: a new name fails until someone has judged it here."""
    judged = {"country", "sector", "kind", "band", "q", "state", "order", "cursor", "s"}
    mine = (suppliers.show_suppliers, heat.show_heat, compare.show_compare)
    for handler in mine:
        operation: Operation = handler.opt[OPERATION]
        assert {field.encode_name for field in msgspec.structs.fields(operation.query)} <= judged
