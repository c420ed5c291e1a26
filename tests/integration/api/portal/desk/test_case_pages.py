"""Cases as pages, without a script: a watchdog's own, and of a brand what it was shown."""

from typing import Any

FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "text/html"}
STEPS = ("triaged", ("acknowledged", {"reason": "replied"}), "investigating")


async def sent(cases: Any, key: str, path: str) -> Any:
    return await cases.client.ask("POST", path, key=key, headers=FORM)


async def test_a_brand_reads_acknowledges_and_begins(cases: Any) -> None:
    case, key = await cases.open(), cases.buyers.keys[0]
    await cases.walk(case, *STEPS, ("substantiated", {"evidence_source": "union"}))
    empty = (await cases.client.get("/cases", key)).body
    assert b"No watchdog has shared a case with you." in empty
    await cases.share(case)
    finding = {"condition": "building_fire", "text": "All exits are locked.", "since_month": "2026-09"}
    told = (await cases.post(cases.one.key, f"/v1/cases/{case}/findings", finding)).json()
    action = {"finding": told["findings"][0]["id"], "root_cause": "Fear.", "owner": "Manager", "due": "2026-12-15"}
    await cases.post(cases.one.key, f"/v1/cases/{case}/actions", {**action, "action": "Alarmed doors."})
    await cases.walk(case, ("plan_agreed", {"reason": "The union agrees."}))
    assert (await cases.client.get(f"/cases/{case}", key)).status == 404
    cases.world.clock.skip(days=20)
    listed = (await cases.client.get("/cases", key)).body
    assert told["number"].encode() in listed
    page = (await cases.client.get(f"/cases/{case}", key)).body
    for text in (b"All exits are locked.", b"Alarmed doors.", b"Acknowledge", b"Repair has begun"):
        assert text in page
    assert b"<h1" in page
    assert b"Exits<" not in page
    done = await sent(cases, key, f"/cases/{case}/acknowledge")
    assert (done.status, done.headers["location"]) == (303, f"/cases/{case}?done=case-acknowledged")
    assert b"You have acknowledged it." in (await cases.client.get(f"/cases/{case}", key)).body
    assert (await sent(cases, key, f"/cases/{case}/remediate")).status == 303
    assert b"Repair has begun" not in (await cases.client.get(f"/cases/{case}", key)).body
    assert (await sent(cases, cases.buyers.keys[1], f"/cases/{case}/acknowledge")).status == 404


async def test_a_watchdog_reads_its_own(cases: Any) -> None:
    case = await cases.open("U1", notes="The union visits.")
    await cases.share(case, cases.other.party)
    assert b"Exits" in (await cases.client.get("/cases", cases.one.key)).body
    page = (await cases.client.get(f"/cases/{case}", cases.one.key)).body
    assert b"The union visits." in page
    assert b"Acknowledge<" not in page
    assert (await cases.client.get(f"/cases/{case}", cases.other.key)).status == 404
    await cases.walk(case, ("on_hold_safety", {"reason": "A threat."}))
    assert b"on hold" in (await cases.client.get(f"/cases/{case}", cases.one.key)).body


async def test_a_list_goes_on(cases: Any) -> None:
    for _ in range(51):
        await cases.open()
    first = (await cases.client.get("/cases", cases.one.key)).body.decode()
    path = first.partition('rel="next" href="')[2].partition('"')[0]
    assert (await cases.client.get(path, cases.one.key)).body.count(b"Exits</th>") == 1
    page = (await cases.client.get("/v1/cases?limit=50", cases.one.key)).json()
    rest = (await cases.client.get(f"/v1/cases?cursor={page['next_cursor']}", cases.one.key)).json()
    assert (len(page["data"]), len(rest["data"])) == (50, 1)
