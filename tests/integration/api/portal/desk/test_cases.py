"""Cases through the doors: who sees them, which step is missing what, and what a brand sees of it when."""

from typing import Any

import pytest

from laborvoice.domain.ids import CaseId
from support.desk_world import FINDING

BRAND_FIELDS = {
    "id", "number", "supplier", "class", "state", "received", "due", "findings", "actions", "loop_messages",
    "condition", "severity", "acknowledged",
}  # fmt: skip
TO_PLAN = ("triaged", ("acknowledged", {"reason": "replied"}), "investigating")
ABSENT = CaseId.draw(b"\6" * 16)


async def test_a_case_is_its_watchdogs_alone(cases: Any) -> None:
    case = await cases.open(notes="The union visits.")
    found = (await cases.get(case)).json()
    assert (found["state"], found["received"], found["severity"], found["version"]) == (
        "received", "2026-11", "critical", 1,
    )  # fmt: skip
    assert found["due"][0] == {"step": "triage", "at": "2026-11-17T10:00:00Z", "overdue": False}
    others = (cases.other.key, *cases.buyers.keys)
    for key in others:
        hidden, absent = await cases.get(case, key), await cases.get(ABSENT, key)
        assert (hidden.status, len(hidden.body)) == (404, len(absent.body))
        assert (await cases.client.get("/v1/cases", key)).json()["data"] == []
    listed = (await cases.client.get("/v1/cases?state=received", cases.one.key)).json()["data"]
    assert listed == [found]
    shared = await cases.share(case, cases.other.party)
    assert [one["name"] for one in shared.json()["audience"]].count("Other") == 1
    assert (await cases.get(case, cases.other.key)).json()["notes"] == "The union visits."


async def test_others_acts_are_as_of_no_case(cases: Any) -> None:
    case = await cases.open()
    for key in (cases.other.key, cases.buyers.keys[0]):
        for named in (case, ABSENT):
            for path, body in (
                ("transitions", {"to": "triaged"}),
                ("findings", FINDING),
                ("acknowledgements", None),
            ):
                answer = await cases.post(key, f"/v1/cases/{named}/{path}", body, if_match="*")
                assert answer.status == 404, path
    assert (await cases.share(case, key=cases.other.key)).status == 404
    assert (await cases.share(case, key=cases.buyers.keys[0])).status == 403
    assert (await cases.get(case)).json()["version"] == 1
    far = await cases.world.supplier("Far", country="VN")
    body = {"supplier": far, "class": "U2", "title": "Far"}
    assert (await cases.post(cases.one.key, "/v1/cases", body)).status == 404
    assert (await cases.post(cases.buyers.keys[0], "/v1/cases", body)).status == 403


async def test_each_step_names_what_is_missing(cases: Any) -> None:
    case = await cases.open(condition=None)
    for to, lacking in (("triaged", "condition"), ("closed", "state"), ("on_hold_safety", "reason")):
        answer = await cases.move(case, to)
        assert (answer.status, answer.json()["code"]) == (409, "transition-not-allowed")
        assert lacking in answer.json()["detail"]
    stale = await cases.post(cases.one.key, f"/v1/cases/{case}/transitions", {"to": "triaged"}, if_match='"x"')
    assert stale.status == 412
    assert (await cases.post(cases.one.key, f"/v1/cases/{case}/transitions", {"to": "triaged"})).status == 428


async def test_a_patch_changes_what_is_the_watchdogs(cases: Any) -> None:
    case = await cases.open(condition=None)
    seen = await cases.get(case)
    headers = {"content-type": "application/merge-patch+json", "if-match": seen.headers["etag"]}
    patch = b'{"class":"U1","condition":"violence","notes":"Call the union."}'
    done = await cases.client.ask("PATCH", f"/v1/cases/{case}", key=cases.one.key, body=patch, headers=headers)
    told = done.json()
    assert (told["class"], told["condition"], told["notes"], told["version"]) == (
        "U1", "violence", "Call the union.", 2,
    )  # fmt: skip
    assert told["due"][0] == {"step": "triage", "at": "2026-11-12T11:00:00Z", "overdue": False}
    again = await cases.client.ask("PATCH", f"/v1/cases/{case}", key=cases.one.key, body=patch, headers=headers)
    assert again.status == 412
    brand = await cases.client.ask("PATCH", f"/v1/cases/{case}", key=cases.buyers.keys[0], body=patch, headers=headers)
    assert brand.status == 403


async def test_a_brand_sees_it_on_the_first_of_a_month(cases: Any) -> None:
    case, (brand, _), key = await cases.open(), cases.buyers.brands, cases.buyers.keys[0]
    refused = await cases.share(case, own_part_asked="no")
    assert (refused.status, "own_part_asked" in refused.json()["detail"]) == (409, True)
    assert (await cases.share(case, ten_or_more_could_know="not_applicable")).status == 409
    assert (await cases.share(case)).status == 200
    assert await cases.events(brand) == [("case.shared", "2026-12-01")]
    await cases.walk(case, *TO_PLAN)
    assert (await cases.get(case, key)).status == 404
    cases.world.clock.skip(days=19)
    await cases.remind()
    seen = (await cases.get(case, key)).json()
    assert set(seen) == BRAND_FIELDS
    assert (seen["state"], seen["received"]) == ("investigating", "2026-11")
    assert (await cases.get(case, cases.buyers.keys[1])).status == 404
    assert await cases.events(cases.buyers.brands[1]) == []
    tag = (await cases.get(case, key)).headers["etag"]
    await cases.walk(case, ("substantiated", {"evidence_source": "union"}))
    assert (await cases.get(case, key)).headers["etag"] == tag
    assert [kind for kind, _ in await cases.events(brand)] == ["case.shared"]
    cases.world.clock.skip(days=31)
    await cases.remind()
    assert (await cases.get(case, key)).json()["state"] == "substantiated"
    assert ("case.updated", None) in await cases.events(brand)


async def test_the_gravest_need_a_second_person(cases: Any) -> None:
    case, brand, key = await cases.open("U1"), cases.buyers.brands[0], cases.buyers.keys[0]
    asked = await cases.share(case)
    assert asked.status == 202
    told = asked.json()
    assert (told["kind"], told["parties"], told["shown"]["state"]) == ("share", [brand], "received")
    path = asked.headers["location"]
    own = await cases.post(cases.one.key, path, {"decision": "approve"})
    assert (own.status, own.json()["code"]) == (403, "two-person-rule")
    assert (await cases.post(cases.other.key, path, {"decision": "approve"})).status == 404
    assert (await cases.post(key, path, {"decision": "approve"})).status == 403
    assert (await cases.get(case, key)).status == 404
    assert (await cases.post(cases.second, path, {"decision": "approve"})).json()["state"] == "approved"
    assert (await cases.post(cases.second, path, {"decision": "refuse"})).status == 409
    assert (await cases.get(case, key)).json()["state"] == "received"
    assert await cases.events(brand) == [("case.shared", None)]
    await cases.walk(case, *TO_PLAN)
    assert (await cases.get(case, key)).json()["state"] == "investigating"
    verdict = await cases.move(case, "substantiated", evidence_source="workers")
    assert (verdict.status, verdict.json()["to"]) == (202, "substantiated")
    assert (await cases.get(case)).json()["state"] == "investigating"
    await cases.post(cases.second, verdict.headers["location"], {"decision": "refuse"})
    again = (await cases.move(case, "substantiated", evidence_source="workers")).headers["location"]
    assert (await cases.post(cases.second, again, {"decision": "approve"})).status == 200
    assert (await cases.get(case, key)).json()["state"] == "substantiated"
    states = [one["state"] for one in (await cases.client.get("/v1/approvals", cases.second)).json()["data"]]
    assert sorted(states) == ["approved", "approved", "refused"]
    assert (await cases.client.get("/v1/approvals", key)).status == 403


async def test_a_watchdog_with_one_user_asks_another_of_the_part(cases: Any) -> None:
    body = {"supplier": cases.buyers.supplier, "class": "U1", "title": "Exits"}
    case = (await cases.post(cases.other.key, "/v1/cases", body)).json()["id"]
    path = (await cases.share(case, key=cases.other.key)).headers["location"]
    assert (await cases.post(cases.other.key, path, {"decision": "approve"})).status == 403
    assert (await cases.get(case, cases.one.key)).status == 404
    assert (await cases.post(cases.one.key, path, {"decision": "approve"})).status == 200
    assert (await cases.get(case, cases.buyers.keys[0])).status == 200


async def test_what_a_brand_does_not_see_moves_nothing_of_it(cases: Any) -> None:
    case, key = await cases.open(), cases.buyers.keys[0]
    await cases.share(case)
    cases.world.clock.skip(days=20)
    seen = await cases.get(case, key)
    headers = {"content-type": "application/merge-patch+json", "if-match": "*"}
    patch = b'{"title":"Stairs","notes":"Call the union."}'
    done = await cases.client.ask("PATCH", f"/v1/cases/{case}", key=cases.one.key, body=patch, headers=headers)
    assert (done.json()["title"], done.json()["version"]) == ("Stairs", 3)
    assert await cases.world.sql("SELECT count(*) FROM desk.case_shown") == 1
    cases.world.clock.skip(days=60)
    assert (await cases.get(case, key)).json()["state"] == seen.json()["state"]


@pytest.mark.parametrize("stranger", ["brand", "operator"])
async def test_nobody_is_shown_what_is_not_their_supplier(cases: Any, stranger: str) -> None:
    case, party = await cases.open(), await cases.world.party(stranger)
    assert (await cases.share(case, party)).status == 404


async def test_a_key_that_nobody_made_asks_for_no_second_person(cases: Any) -> None:
    case = await cases.open("U1")
    key = await cases.world.secret(cases.one.party, "watchdog")
    refused = await cases.share(case, key=key)
    assert (refused.status, refused.json()["code"]) == (403, "two-person-rule")
