"""A case worked on its page, without a script: opened, changed, moved, planned, told; each fault beside its field."""

import re
from typing import Any
from urllib.parse import urlencode

from support.desk_world import YES

FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "text/html"}
FINDING = {"finding_condition": "building_fire", "finding_text": "All exits are locked.", "since_month": "2026-09"}
ACTION = {"root_cause": "Fear of theft.", "action": "Alarmed doors.", "owner": "Plant manager", "due": "2026-12-15"}
TOLD = {
    "period": "2026-Q3",
    "you_said": "Exits are locked.",
    "we_did": "They were opened on 1 December.",
    "not_yet": "The stairs.",
    "object_how": "Write to us.",
    "languages": "bn, en",
}


async def sent(cases: Any, key: str, path: str, **fields: str) -> Any:
    return await cases.client.ask("POST", path, key=key, headers=FORM, body=urlencode(fields).encode())


async def page(cases: Any, path: str, key: str = "") -> str:
    answer = await cases.client.get(path, key or cases.one.key)
    assert answer.status == 200, answer.body
    return str(answer.body.decode())


async def act(cases: Any, case: str, path: str, key: str = "", **fields: str) -> Any:
    """With the version that the page has."""
    seen = await page(cases, f"/cases/{case}", key)
    found = re.search(r'name="version" value="([^"]+)"', seen)
    version = found[1] if found else ""
    return await sent(cases, key or cases.one.key, f"/cases/{case}/{path}", version=version, **fields)


async def done(cases: Any, case: str, path: str, **fields: str) -> None:
    answer = await act(cases, case, path, **fields)
    assert answer.status == 303, answer.body.decode()


async def opened(cases: Any, cls: str = "standard") -> str:
    fields = {"supplier": cases.buyers.supplier, "class": cls, "title": "Exits", "condition": "building_fire"}
    answer = await sent(cases, cases.one.key, "/cases/new", **fields)
    assert answer.status == 303, answer.body
    return str(answer.headers["location"].removeprefix("/cases/").partition("?")[0])


async def test_a_case_is_opened_by_hand(cases: Any) -> None:
    known = await page(cases, f"/cases/new?supplier={cases.buyers.supplier}&class=U1&condition=violence")
    assert cases.buyers.supplier in known
    assert known.count("The server can read this") == 2
    wrong = await sent(cases, cases.one.key, "/cases/new", supplier="x", **{"class": "U2"}, title="", notes="Kept.")
    text = wrong.body.decode()
    assert (wrong.status, "2 things need to be changed" in text, "Kept." in text) == (422, True, True)
    far = await cases.world.supplier("Far", country="VN")
    lost = await sent(cases, cases.one.key, "/cases/new", supplier=far, **{"class": "U2"}, title="Far")
    assert (lost.status, b"You cover no such supplier." in lost.body) == (422, True)
    case = await opened(cases)
    seen = await page(cases, f"/cases/{case}")
    for text in ("Sample Garments", "Assigned to", "nobody", "opened", "Say whether you replied"):
        assert (text in seen) == (text != "Say whether you replied"), text
    assert (await cases.client.get("/cases/new", cases.buyers.keys[0])).status == 403
    assert 'href="/cases/new"' in await page(cases, "/cases")
    assert 'href="/cases/new"' not in await page(cases, "/cases", cases.buyers.keys[0])


async def test_it_is_changed_by_who_has_read_it(cases: Any) -> None:
    case = await opened(cases)
    fields = {"title": "Stairs", "class": "U2", "notes": "Call <the> union.", "assigned_to": str(cases.one.user)}
    await done(cases, case, "change", **fields)
    seen = await page(cases, f"/cases/{case}")
    assert "Call &lt;the&gt; union." in seen
    assert "One one" in seen
    assert (await cases.get(case)).json()["assigned_to"] == cases.one.user
    stale = await sent(cases, cases.one.key, f"/cases/{case}/change", version="1", **{**fields, "title": "Mine"})
    text = stale.body.decode()
    assert (stale.status, "Somebody has changed the case" in text, 'value="Mine"' in text) == (422, True, True)
    assert 'name="version" value="2"' in text
    stranger = await act(cases, case, "change", **{**fields, "assigned_to": str(cases.other.user)})
    assert (stranger.status, b"Nobody of yours has this id." in stranger.body) == (422, True)
    assert (await sent(cases, cases.other.key, f"/cases/{case}/change", **fields)).status == 404


async def test_each_step_says_what_is_missing(cases: Any) -> None:
    case = await opened(cases)
    await done(cases, case, "move", to="triaged")
    for fields, said in (
        ({"to": "acknowledged"}, "Say whether you replied in the mailbox"),
        ({"to": "duplicate"}, "Say why."),
        ({"to": "closed"}, "it cannot go there"),
    ):
        refused = await act(cases, case, "move", **fields)
        assert (refused.status, said in refused.body.decode()) == (422, True)
    await done(cases, case, "move", to="acknowledged", reply="replied")
    await done(cases, case, "move", to="investigating")
    refused = await act(cases, case, "move", to="substantiated", reason="Seen.")
    assert refused.status == 422
    assert b"Say what it is known from." in refused.body
    assert b"Seen." in refused.body
    await done(cases, case, "move", to="substantiated", evidence="union")
    seen = await page(cases, f"/cases/{case}")
    for said in ("Share it with a brand first.", "at least one finding", "Record an action"):
        assert said in seen
    refused = await act(cases, case, "move", to="plan_agreed", reason="The union agrees.")
    assert b"Share it with a brand first." in refused.body


async def test_findings_plan_and_message(cases: Any) -> None:
    case = await opened(cases)
    wrong = await act(cases, case, "findings", finding_condition="building_fire", since_month="2026-13")
    assert (wrong.status, b"Write a month" in wrong.body, b"Say what was found" in wrong.body) == (422, True, True)
    await done(cases, case, "findings", **FINDING, ilo="C155, C187")
    found = (await cases.get(case)).json()["findings"][0]
    assert found["ilo"] == ["C155", "C187"]
    wrong = await act(cases, case, "actions", **ACTION, finding="fnd_" + "0" * 26)
    assert (wrong.status, b"The case has no such finding." in wrong.body) == (422, True)
    await done(cases, case, "actions", **ACTION, finding=found["id"], brand_contribution="Half.")
    assert (await act(cases, case, "told", **{**TOLD, "languages": "?"})).status == 422
    assert {"step": "feedback", "at": "2027-02-10T10:00:00Z", "overdue": False} in (await cases.get(case)).json()["due"]
    await done(cases, case, "told", **TOLD)
    told = (await cases.get(case)).json()
    assert told["loop_messages"][0]["languages"] == ["bn", "en"]
    assert {"step": "feedback", "met": True} in told["due"]
    action = told["actions"][0]["id"]
    path = f"actions/{action}"
    assert b"verified" in (await cases.client.get(f"/cases/{case}/{path}", cases.one.key)).body
    await done(cases, case, path, state="verified", proof="Seen at a visit", brand_contribution="Half.")
    assert (await cases.get(case)).json()["actions"][0]["evidence"] == ["Seen at a visit"]
    assert "Seen at a visit" in await page(cases, f"/cases/{case}")
    lost = f"/cases/{case}/actions/act_{'0' * 26}"
    assert (await cases.client.get(lost, cases.one.key)).status == 404


async def test_a_case_on_hold_is_looked_at_each_week(cases: Any) -> None:
    case = await opened(cases)
    assert (await act(cases, case, "review", review="Why?")).status == 422
    await done(cases, case, "move", to="on_hold_safety", reason="A threat.")
    seen = await page(cases, f"/cases/{case}")
    assert "hours left" in seen
    assert "Share it" not in seen
    review = {"step": "review", "at": "2026-11-19T10:00:00Z", "overdue": False}
    assert review in (await cases.get(case)).json()["due"]
    cases.world.clock.skip(days=8)
    await cases.remind()
    assert ("case.sla_due", None) in await cases.events(cases.one.party)
    await done(cases, case, "review", review="She is not safe yet.")
    assert {**review, "at": "2026-11-27T10:00:00Z"} in (await cases.get(case)).json()["due"]
    assert "She is not safe yet." in await page(cases, f"/cases/{case}")
    await done(cases, case, "move", to="received", reason="She is safe.")
    assert "review" not in {one["step"] for one in (await cases.get(case)).json()["due"]}


async def test_a_brand_shows_what_is_done(cases: Any) -> None:
    case, key = await opened(cases), cases.buyers.keys[0]
    await done(cases, case, "findings", **FINDING)
    finding = (await cases.get(case)).json()["findings"][0]["id"]
    await done(cases, case, "actions", **ACTION, finding=finding)
    await cases.share(case)
    cases.world.clock.skip(days=20)
    action = (await cases.get(case, key)).json()["actions"][0]["id"]
    path = f"/cases/{case}/actions/{action}"
    form = await page(cases, path, key)
    assert "verified</option>" not in form
    found = re.search(r'name="version" value="([^"]+)"', form)
    assert found is not None
    fields = {"state": "done", "proof": "A photograph", "brand_contribution": "Longer lead time."}
    stale = await sent(cases, key, path, version="x", **fields)
    assert (stale.status, b"A photograph" in stale.body) == (422, True)
    refused = await sent(cases, key, path, version=found[1], **{**fields, "state": "verified"})
    assert (refused.status, b"Of an action a brand changes" in refused.body) == (422, True)
    assert (await sent(cases, key, path, version=found[1], **fields)).status == 303
    assert (await cases.get(case)).json()["actions"][0]["evidence"] == ["A photograph"]
    seen = await page(cases, f"/cases/{case}", key)
    assert "A photograph" in seen
    assert "History" not in seen
    assert (await cases.client.get(path, cases.buyers.keys[1])).status == 404


async def test_the_questions_then_the_bytes_then_the_share(cases: Any) -> None:
    case, brand = await opened(cases), cases.buyers.brands[0]
    path = f"/cases/{case}/share"
    asked = await page(cases, path)
    assert "Brand A" in asked
    assert "2026-12-01" in asked
    nobody = await sent(cases, cases.one.key, path, version="1", **{**YES, "own_part_asked": "no"})
    text = nobody.body.decode()
    assert nobody.status == 422
    for said in ("Ask for it in the actions.", "Choose at least one party"):
        assert said in text
    blank = await sent(cases, cases.one.key, path, version="1", own_part_asked="", **{str(brand): "yes"})
    assert blank.body.count(b"Answer this one.") == 16
    fields = {**YES, str(brand): "yes", "version": "1"}
    told = (await sent(cases, cases.one.key, path, **fields)).body.decode()
    assert "Nothing is shared yet." in told
    assert (await cases.get(case)).json()["version"] == 1
    stale = await sent(cases, cases.one.key, f"{path}/send", **{**fields, "version": "9"})
    assert (stale.status, b"Somebody has changed" in stale.body) == (422, True)
    assert (await sent(cases, cases.one.key, f"{path}/send", **YES, version="1")).status == 422
    answer = await sent(cases, cases.one.key, f"{path}/send", **fields)
    assert (answer.status, answer.headers["location"]) == (303, f"/cases/{case}?done=case-shared")
    assert ("case.shared", "2026-12-01") in await cases.events(brand)
    assert "sees it already" in await page(cases, path)
    assert (await cases.client.get(path, cases.other.key)).status == 404
    assert (await sent(cases, cases.one.key, path, par_x="yes", **fields)).status == 422
    await done(cases, case, "move", to="on_hold_safety", reason="A threat.")
    held = await sent(cases, cases.one.key, f"{path}/send", **{**fields, "version": "3"})
    assert (held.status, b"cannot go there" in held.body) == (422, True)


async def test_a_second_person_sees_the_same_bytes(cases: Any) -> None:
    case, brand, key = await opened(cases, "U1"), cases.buyers.brands[0], cases.buyers.keys[0]
    fields = {**YES, str(brand): "yes", "version": "1"}
    preview = (await sent(cases, cases.one.key, f"/cases/{case}/share", **fields)).body.decode()
    asked = await sent(cases, cases.one.key, f"/cases/{case}/share/send", **fields)
    assert asked.headers["location"] == f"/cases/{case}?done=case-waits"
    assert "1 waiting for a second person" in await page(cases, f"/cases/{case}")
    own = await page(cases, "/approvals")
    assert "You asked for it" in own
    told = await page(cases, "/approvals", cases.second)
    bytes_ = re.compile(r"<code dir=\"ltr\">(.*?)</code>")
    assert bytes_.findall(preview) == bytes_.findall(told)
    found = re.search(r'action="(/approvals/apr_[^"]+)"', told)
    assert found is not None
    path = found[1]
    first = await sent(cases, cases.one.key, path, decision="approve")
    assert (first.status, b"A second person must decide" in first.body) == (403, True)
    assert (await cases.client.get("/approvals", cases.other.key)).body.count(path.encode()) == 0
    assert (await cases.client.get("/approvals", key)).status == 403
    await changed_and_asked_again(cases, case, path, fields)
    shown = (await cases.client.get(f"/v1/cases/{case}", key)).body.decode()
    assert '"All exits are locked."' in shown
    assert "Nothing waits" in await page(cases, "/approvals", cases.second)


async def changed_and_asked_again(cases: Any, case: str, path: str, fields: dict[str, str]) -> None:
    await done(cases, case, "findings", **FINDING)
    assert "has changed since it was asked for" in await page(cases, "/approvals", cases.second)
    assert (await sent(cases, cases.second, path, decision="approve")).status == 409
    assert (await sent(cases, cases.second, path, decision="maybe")).status == 422
    assert (await sent(cases, cases.second, path, decision="refuse")).status == 303
    await sent(cases, cases.one.key, f"/cases/{case}/share/send", **{**fields, "version": "2"})
    again = re.search(r'action="(/approvals/apr_[^"]+)"', await page(cases, "/approvals", cases.second))
    assert again is not None
    assert (await sent(cases, cases.second, again[1], decision="approve")).status == 303


async def test_a_verdict_waits_for_a_second_person(cases: Any) -> None:
    case = await opened(cases, "U1")
    for step in ({"to": "triaged"}, {"to": "acknowledged", "reply": "replied"}, {"to": "investigating"}):
        await done(cases, case, "move", **step)
    verdict = await act(cases, case, "move", to="substantiated", evidence="workers")
    assert verdict.headers["location"].endswith("case-waits")
    assert "Substantiated, known from workers" in await page(cases, "/approvals", cases.second)
