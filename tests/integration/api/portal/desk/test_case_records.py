"""What a case gathers, what a brand does with it, what is told when, and that no message moves a byte of a brand's."""

from typing import Any

from support.desk_world import FINDING, arrives

TO_VERDICT = (
    "triaged",
    ("acknowledged", {"reason": "no_conversation"}),
    "investigating",
    ("substantiated", {"evidence_source": "union"}),
)
ACTION = {"root_cause": "Fear of theft.", "action": "Alarmed doors.", "owner": "Plant manager", "due": "2026-12-15"}
LOOP = {
    "period": "2026-Q3",
    "you_said": "Exits are locked.",
    "we_did": "They were opened.",
    "not_yet": "The stairs.",
    "object_how": "Write to us.",
    "languages": ["bn"],
}


async def found(cases: Any, case: str) -> str:
    """A finding of the case."""
    answer = await cases.post(cases.one.key, f"/v1/cases/{case}/findings", FINDING)
    assert answer.status == 201
    return str(answer.json()["findings"][-1]["id"])


async def agreed(cases: Any) -> tuple[str, dict[str, Any]]:
    """A case whose plan the first brand sees, and the action in it."""
    case = await cases.open()
    await cases.walk(case, *TO_VERDICT)
    assert "shared" in (await cases.move(case, "plan_agreed", reason="The union agrees.")).json()["detail"]
    await cases.share(case)
    assert "finding" in (await cases.move(case, "plan_agreed", reason="The union agrees.")).json()["detail"]
    finding = await found(cases, case)
    assert "action" in (await cases.move(case, "plan_agreed", reason="The union agrees.")).json()["detail"]
    answer = await cases.post(cases.one.key, f"/v1/cases/{case}/actions", {**ACTION, "finding": finding})
    await cases.walk(case, ("plan_agreed", {"reason": "The union agrees."}))
    cases.world.clock.skip(days=20)
    await cases.remind()
    return case, answer.json()["actions"][0]


async def test_a_plan_is_agreed_repaired_and_told(cases: Any) -> None:
    case, action = await agreed(cases)
    key = cases.buyers.keys[0]
    assert (await cases.get(case, key)).json()["actions"] == [action]
    assert (await cases.move(case, "verified", key)).status == 409
    assert (await cases.move(case, "remediating", key)).json()["state"] == "remediating"
    assert (await cases.get(case)).json()["state"] == "remediating"
    assert (await cases.move(case, "remediating", key)).status == 409
    for source in ("brand", "supplier", "documents"):
        refused = await cases.move(case, "verified", evidence_source=source)
        assert "independent_evidence" in refused.json()["detail"]
    await cases.walk(case, ("verified", {"evidence_source": "workers"}))
    assert "loop_message" in (await cases.move(case, "loop_closed")).json()["detail"]
    assert (await cases.post(cases.one.key, f"/v1/cases/{case}/loop-messages", LOOP)).status == 201
    await cases.walk(case, "loop_closed")
    assert "result" in (await cases.move(case, "closed")).json()["detail"]
    await cases.walk(case, ("closed", {"reason": "Not yet shown."}))
    told = (await cases.get(case)).json()
    assert (told["result"], told["loop_messages"], told["next"]) == ("Not yet shown.", [LOOP], ["reopened"])
    assert {"step": "close", "met": True} in told["due"]
    await cases.walk(case, ("reopened", {"reason": "A new message."}), "investigating")


async def test_a_loop_message_may_come_with_the_step(cases: Any) -> None:
    case = await cases.open()
    await cases.walk(case, *TO_VERDICT[:3], ("inconclusive", {"evidence_source": "documents"}))
    await cases.walk(case, ("loop_closed", {"loop_message": LOOP}), "closed")
    assert (await cases.get(case)).json()["loop_messages"] == [LOOP]


async def test_a_brand_answers_and_sees_its_own_answer_at_once(cases: Any) -> None:
    case, action = await agreed(cases)
    key, path = cases.buyers.keys[0], f"/v1/cases/{case}"
    before = (await cases.get(case, key)).json()
    assert before["acknowledged"] is False
    assert [one["step"] for one in before["due"]] == ["plan", "close", "brand_acknowledge"]
    await cases.walk(case, ("on_hold_safety", {"reason": "A threat."}))
    assert (await cases.share(case, cases.buyers.brands[1])).status == 409
    assert (await cases.post(key, f"{path}/acknowledgements")).status == 201
    done = await cases.post(key, f"{path}/acknowledgements")
    assert (done.json()["acknowledged"], done.json()["state"]) == (True, "plan_agreed")
    mine = {**action, "state": "done", "evidence": ["A photograph of the door"], "brand_contribution": "Half."}
    assert (await cases.post(key, f"{path}/actions", mine)).json()["actions"] == [mine]
    assert (await cases.get(case)).json()["actions"] == [mine]
    for wrong in ({"action": "Nothing."}, {"state": "verified"}, {"id": "act_" + "0" * 26}):
        assert (await cases.post(key, f"{path}/actions", {**mine, **wrong})).status == 409
    lost = await cases.post(key, f"{path}/actions", {**mine, "finding": "fnd_" + "0" * 26})
    assert (lost.status, lost.json()["errors"][0]["pointer"]) == (422, "/finding")
    assert (await cases.post(key, f"{path}/findings", FINDING)).status == 404
    assert (await cases.post(cases.one.key, f"{path}/acknowledgements")).status == 404
    cases.world.clock.skip(days=31)
    assert (await cases.get(case, key)).json()["state"] == "on_hold_safety"
    assert (await cases.get(case, key)).json()["actions"] == [mine]


async def test_what_is_due_is_told_a_day_before_and_then(cases: Any) -> None:
    case, brand = await cases.open("U1"), cases.buyers.brands[0]
    asked = (await cases.share(case)).headers["location"]
    await cases.post(cases.second, asked, {"decision": "approve"})
    cases.world.clock.skip(hours=1)
    await cases.remind()
    told = [kind for kind, _ in await cases.events(cases.one.party)]
    # Triage, acknowledgement, containment, and the brand's answer; a brand hears of the last two.
    assert told.count("case.sla_due") == 4
    assert [kind for kind, _ in await cases.events(brand)].count("case.sla_due") == 2
    cases.world.clock.skip(hours=25)
    await cases.remind()
    await cases.remind()
    told = [kind for kind, _ in await cases.events(cases.one.party)]
    assert told.count("case.sla_due") == 4 + 4
    assert [kind for kind, _ in await cases.events(brand)].count("case.sla_due") == 2 + 2
    assert [one["overdue"] for one in (await cases.get(case)).json()["due"] if "overdue" in one].count(True) == 4


async def test_a_case_on_hold_keeps_what_was_left(cases: Any) -> None:
    case = await cases.open()
    await cases.walk(case, ("on_hold_safety", {"reason": "A threat."}))
    held = (await cases.get(case)).json()
    assert (held["next"], held["due"][0]) == (["received"], {"step": "triage", "hours_left": 121})
    headers = {"content-type": "application/merge-patch+json", "if-match": "*"}
    patched = await cases.client.ask(
        "PATCH", f"/v1/cases/{case}", key=cases.one.key, body=b'{"class":"U2"}', headers=headers
    )
    assert patched.json()["due"] == held["due"]
    cases.world.clock.skip(days=30)
    await cases.walk(case, ("received", {"reason": "She is safe."}))
    assert (await cases.get(case)).json()["due"][0] == {
        "step": "triage",
        "at": "2026-12-17T11:00:00Z",
        "overdue": False,
    }


async def test_a_class_that_rises_shows_at_once_what_waited(cases: Any) -> None:
    case, key = await cases.open(), cases.buyers.keys[0]
    await cases.share(case)
    seen = await cases.get(case)
    headers = {"content-type": "application/merge-patch+json", "if-match": seen.headers["etag"]}
    await cases.client.ask("PATCH", f"/v1/cases/{case}", key=cases.one.key, body=b'{"class":"U1"}', headers=headers)
    asked = (await cases.share(case)).headers["location"]
    await cases.post(cases.second, asked, {"decision": "approve"})
    assert (await cases.get(case, key)).json()["class"] == "U1"
    await cases.walk(case, "triaged")
    cases.world.clock.skip(days=40)
    assert (await cases.get(case, key)).json()["state"] == "triaged"


async def test_without_an_act_by_a_watchdog_no_brand_byte_moves(cases: Any) -> None:
    case = await cases.open()
    await cases.share(case)
    cases.world.clock.skip(days=20)
    await cases.remind()

    async def seen() -> list[Any]:
        told: list[Any] = []
        for key, brand in zip(cases.buyers.keys, cases.buyers.brands, strict=True):
            for path in ("/v1/cases", f"/v1/cases/{case}", "/v1/suppliers", "/v1/events"):
                answer = await cases.client.get(path, key)
                told.append((answer.status, answer.body if answer.status == 200 else b"", answer.headers.get("etag")))
            told.append(await cases.events(brand))
        return told

    before = await seen()
    calls = await arrives(cases.world, (cases.one, "urgent"), (cases.one, "story"), (cases.other, "urgent"))
    await cases.client.get("/v1/messages", cases.one.key)
    await cases.client.get(f"/v1/messages/{calls[0]}", cases.one.key)
    await cases.client.ask("POST", f"/v1/messages/{calls[0]}/acknowledge", key=cases.one.key)
    await cases.remind()
    assert await seen() == before
    assert before[1][0] == 200


async def test_acts_are_once_and_written_down(cases: Any) -> None:
    case = await cases.open()
    seen = (await cases.get(case)).headers["etag"]
    headers = {"idempotency-key": "same", "if-match": seen}
    told = [
        await cases.client.ask(
            "POST", f"/v1/cases/{case}/transitions", key=cases.one.key, body=b'{"to":"triaged"}', headers=headers
        )
        for _ in range(2)
    ]
    assert [one.status for one in told] == [200, 200]
    assert (told[0].body, told[1].headers["idempotent-replayed"]) == (told[1].body, "true")
    written = await cases.world.sql(
        "SELECT array_agg(action ORDER BY seq) FROM access.audit WHERE chain = 'acts' AND object = $1", case
    )
    assert written == ["case.opened", "case.moved"]
