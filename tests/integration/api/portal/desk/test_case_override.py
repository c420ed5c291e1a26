"""While a critical case is open its parties see at least high, beside the number; nobody else sees a byte of it."""

import json
from typing import Any

import pytest

from laborvoice.domain.ids import SupplierId
from laborvoice.pipeline.decide.turn import turn

LOW = {"n": 200, "severity_sum": 40, "conditions": (2,) * 16}
TO_VERDICT = (
    "triaged",
    ("acknowledged", {"reason": "replied"}),
    "investigating",
    ("substantiated", {"evidence_source": "union"}),
)


@pytest.fixture
async def scored(cases: Any) -> Any:
    """The supplier has a low score; two others have none of its cases."""
    await cases.world.period("2026-Q3")
    await cases.world.release(cases.buyers.supplier, "2026-Q3", **LOW)
    for name in ("Aaa Looms", "Zzz Looms"):
        other = await cases.world.supplier(name)
        for brand in cases.buyers.brands:
            await cases.world.linked(brand, other)
        await cases.world.release(other, "2026-Q3", **LOW)
    return cases


def paths(supplier: SupplierId) -> tuple[str, ...]:
    return (
        f"/v1/suppliers/{supplier}/score",
        f"/v1/suppliers/{supplier}/score?period=2026-Q3",
        f"/v1/suppliers/{supplier}/scores",
    )


async def query(cases: Any, key: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    sent = json.dumps(body).encode()
    answer = await cases.client.ask("POST", "/v1/scores/query", key=key, body=sent)
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def banded(cases: Any, key: str, band: str) -> set[str]:
    """Suppliers that a filter by band finds: in two orders, in the list of suppliers and on the page."""
    found = [{one["supplier"] for one in await query(cases, key, {"filter": {"band": band}, "sort": sort})}
             for sort in ("name", "score")]  # fmt: skip
    listed = (await cases.client.get(f"/v1/suppliers?band={band}", key)).json()["data"]
    found.append({one["id"] for one in listed})
    page = (await cases.client.get(f"/suppliers?band={band}", key)).body.decode()
    found.append({one for one in found[0] | found[2] if f'value="{one}"' in page})
    assert found[0] == found[1] == found[2] == found[3]
    return found[0]


async def bytes_of(cases: Any, key: str, supplier: SupplierId) -> list[tuple[str, bytes]]:
    answers = [await cases.client.get(path, key) for path in paths(supplier)]
    page = await cases.client.get(f"/suppliers/{supplier}", key)
    return [(one.headers["etag"], one.body) for one in answers] + [("", page.body)]


async def turned(cases: Any) -> None:
    await turn(cases.world.portal, cases.world.clock, cases.world.chance)


async def bands(cases: Any, party: Any) -> int:
    return int(await cases.world.sql(
        "SELECT count(*) FROM outbox.event WHERE audience = $1 AND type = 'score.band_changed'", f"party:{party}",
    ))  # fmt: skip


async def test_its_parties_see_at_least_high_and_nobody_else(scored: Any) -> None:
    cases, supplier = scored, scored.buyers.supplier
    case, (key, stranger) = await cases.open(), cases.buyers.keys
    before = await bytes_of(cases, key, supplier), await bytes_of(cases, stranger, supplier)
    plain = await bytes_of(cases, cases.one.key, supplier)
    await cases.share(case)
    await cases.walk(case, *TO_VERDICT)
    own = (await cases.client.get(paths(supplier)[0], cases.one.key)).json()
    assert own["override"] == {"band": "high", "case": case}
    assert own["band"] == "low"
    raised = await bytes_of(cases, cases.one.key, supplier)
    assert all(now != then for now, then in zip(raised, plain, strict=True))
    assert all("override" in one for one in (await cases.client.get(paths(supplier)[2], cases.one.key)).json()["data"])
    assert (await bytes_of(cases, key, supplier), await bytes_of(cases, stranger, supplier)) == before
    assert supplier in await banded(cases, cases.one.key, "high")
    assert supplier not in await banded(cases, cases.one.key, "low")
    assert await banded(cases, key, "high") == await banded(cases, cases.other.key, "high") == set()
    cases.world.clock.skip(days=20)
    await cases.remind()
    assert (await cases.client.get(paths(supplier)[0], key)).json()["override"]["band"] == "high"
    assert (await bytes_of(cases, stranger, supplier))[:3] == before[1][:3]
    assert await banded(cases, key, "high") == {supplier}
    for path in ("/suppliers", f"/suppliers/{supplier}", "/suppliers?q=sample"):
        assert b"at least high: open critical case" in (await cases.client.get(path, cases.one.key)).body
    page = (await cases.client.get("/suppliers", key)).body.decode()
    for said in ("at least high: open critical case", "case waits", "open critical"):
        assert said in page
    assert b"open critical" not in (await cases.client.get("/suppliers", stranger)).body
    rated = await query(cases, key, {"suppliers": [supplier]})
    assert rated[0]["score"]["override"]["case"] == case


async def test_it_stays_on_hold_and_ends_with_the_repair(scored: Any) -> None:
    cases, supplier = scored, scored.buyers.supplier
    case = await cases.open()
    await cases.walk(case, *TO_VERDICT, ("on_hold_safety", {"reason": "A threat."}))
    path = paths(supplier)[0]
    assert "override" in (await cases.client.get(path, cases.one.key)).json()
    await turned(cases)
    assert await bands(cases, cases.one.party) == 1
    await cases.walk(case, ("substantiated", {"reason": "She is safe."}))
    await cases.share(case, *cases.buyers.brands)
    finding = {"condition": "building_fire", "text": "All exits are locked.", "since_month": "2026-09"}
    found = (await cases.post(cases.one.key, f"/v1/cases/{case}/findings", finding)).json()["findings"][0]["id"]
    action = {"finding": found, "root_cause": "Fear.", "action": "Doors.", "owner": "Manager", "due": "2026-12-15"}
    await cases.post(cases.one.key, f"/v1/cases/{case}/actions", action)
    await cases.walk(case, ("plan_agreed", {"reason": "The union agrees."}), "remediating")
    await turned(cases)
    brand = cases.buyers.brands[0]
    assert (await bands(cases, cases.one.party), await bands(cases, brand)) == (1, 0)
    cases.world.clock.skip(days=20)
    await turned(cases)
    await turned(cases)
    assert (await bands(cases, brand), await bands(cases, cases.other.party)) == (1, 0)
    await cases.walk(case, ("verified", {"evidence_source": "workers"}))
    await turned(cases)
    assert "override" not in (await cases.client.get(path, cases.one.key)).json()
    assert "override" in (await cases.client.get(path, cases.buyers.keys[0])).json()
    assert (await bands(cases, cases.one.party), await bands(cases, brand)) == (2, 1)
    cases.world.clock.skip(days=31)
    await turned(cases)
    assert "override" not in (await cases.client.get(path, cases.buyers.keys[0])).json()
    assert await bands(cases, brand) == 2


async def test_what_is_not_critical_or_has_no_score_raises_nothing(scored: Any) -> None:
    cases, supplier = scored, scored.buyers.supplier
    case = await cases.open(condition="wages")
    await cases.walk(case, *TO_VERDICT)
    assert "override" not in (await cases.client.get(paths(supplier)[0], cases.one.key)).json()
    new = await cases.world.supplier("New Looms")
    body = {"supplier": new, "class": "standard", "title": "Exits", "condition": "violence"}
    fresh = (await cases.post(cases.one.key, "/v1/cases", body)).json()["id"]
    await cases.walk(fresh, *TO_VERDICT)
    await turned(cases)
    assert (await cases.client.get(f"/v1/suppliers/{new}/score", cases.one.key)).json() == {"state": "none"}
    assert await bands(cases, cases.one.party) == 0
    operator = await cases.world.secret(await cases.world.party("operator"), "operator")
    assert b"open critical" not in (await cases.client.get("/suppliers", operator)).body
