"""A repair counts when the next release shows it; till then the page of the case says that it does not."""

from typing import Any

from support.desk_world import FINDING

TO_VERDICT = (
    "triaged",
    ("acknowledged", {"reason": "replied"}),
    "investigating",
    ("substantiated", {"evidence_source": "union"}),
)
BAD = {"n": 300, "severity_sum": 700, "conditions": (90,) * 16}
GOOD = {"n": 300, "severity_sum": 60, "conditions": (1,) * 16}


async def said(cases: Any, case: str) -> str:
    page = (await cases.client.get(f"/cases/{case}", cases.one.key)).body.decode()
    return str(page.partition("The repair in ballots</dt><dd>")[2].partition("<")[0])


async def repaired(cases: Any) -> str:
    case = str(await cases.open())
    await cases.walk(case, *TO_VERDICT)
    await cases.share(case)
    found = (await cases.post(cases.one.key, f"/v1/cases/{case}/findings", FINDING)).json()["findings"][0]["id"]
    action = {"finding": found, "root_cause": "Fear.", "action": "Doors.", "owner": "Manager", "due": "2026-12-15"}
    await cases.post(cases.one.key, f"/v1/cases/{case}/actions", action)
    await cases.walk(case, ("plan_agreed", {"reason": "The union agrees."}), "remediating")
    assert await said(cases, case) == ""
    await cases.walk(case, ("verified", {"evidence_source": "workers"}))
    return case


async def test_the_next_release_shows_it_or_does_not(cases: Any) -> None:
    supplier = cases.buyers.supplier
    await cases.world.period("2026-Q3")
    await cases.world.release(supplier, "2026-Q3", **BAD)
    case = await repaired(cases)
    assert await said(cases, case) == "waits for the next release"
    await cases.world.period("2026-Q4")
    await cases.world.release(supplier, "2026-Q4", **BAD)
    assert await said(cases, case) == "not yet shown"
    await cases.world.period("2027-Q1")
    await cases.world.release(supplier, "2027-Q1", **GOOD)
    assert await said(cases, case) == "shown"
    assert b'href="/cases/new?supplier=' in (await cases.client.get(f"/suppliers/{supplier}", cases.one.key)).body
    page = (await cases.client.get(f"/suppliers/{supplier}", cases.buyers.keys[0])).body
    assert b'href="/cases/new?supplier=' not in page


async def test_a_low_share_shows_it_too(cases: Any) -> None:
    case = await repaired(cases)
    await cases.world.period("2026-Q4")
    await cases.world.release(cases.buyers.supplier, "2026-Q4", **GOOD)
    assert await said(cases, case) == "shown"
