"""What stays overdue climbs: its own party, other watchdogs, brands; what is closed loses what is personal."""

from typing import Any

from laborvoice.pipeline.decide.fade import fade
from support.desk_world import FINDING

LOOP = {
    "period": "2026-Q3",
    "you_said": "Exits are locked.",
    "we_did": "They were opened.",
    "not_yet": "The stairs.",
    "object_how": "Write to us.",
    "languages": ["bn"],
}


async def due(cases: Any, party: Any) -> int:
    return [kind for kind, _ in await cases.events(party)].count("case.sla_due")


async def test_what_is_overdue_climbs(cases: Any) -> None:
    case, brand = await cases.open("U1"), cases.buyers.brands[0]
    asked = (await cases.share(case)).headers["location"]
    await cases.post(cases.second, asked, {"decision": "approve"})
    cases.world.clock.skip(hours=26)
    await cases.remind()
    assert (await cases.get(case, cases.other.key)).json()["number"]
    assert await cases.events(cases.other.party) == [("case.shared", None), ("case.sla_due", None)]
    mine, told = await due(cases, cases.one.party), await due(cases, brand)
    cases.world.clock.skip(hours=24)
    await cases.remind()
    assert (await due(cases, cases.one.party), await due(cases, brand)) == (mine, told)
    page = (await cases.client.get(f"/cases/{case}", cases.one.key)).body.decode()
    assert "a clock that was overdue" in page
    assert "Triage is overdue: your admin was told, the other watchdogs" in page
    assert "the brands that see it were told once more" not in page
    cases.world.clock.skip(hours=48)
    await cases.remind()
    await cases.remind()
    # Containment and its own answer once more; nothing of triage, which it is not shown.
    assert await due(cases, brand) == told + 2
    page = (await cases.client.get(f"/cases/{case}", cases.one.key)).body.decode()
    assert "the brands that see it were told once more." in page
    assert "A statement may be proposed." not in page
    cases.world.clock.skip(days=8)
    page = (await cases.client.get(f"/cases/{case}", cases.one.key)).body.decode()
    assert "A statement may be proposed." in page


async def test_ninety_days_after_closing_nothing_personal_is_left(cases: Any) -> None:
    case, key = await cases.open(notes="Call the union."), cases.buyers.keys[0]
    await cases.share(case)
    found = (await cases.post(cases.one.key, f"/v1/cases/{case}/findings", FINDING)).json()["findings"][0]["id"]
    action = {"finding": found, "root_cause": "Fear.", "action": "Doors.", "owner": "Ms Manager", "due": "2026-12-15"}
    await cases.post(cases.one.key, f"/v1/cases/{case}/actions", {**action, "evidence": ["A letter"]})
    await cases.walk(
        case,
        "triaged",
        ("acknowledged", {"reason": "replied"}),
        "investigating",
        ("inconclusive", {"evidence_source": "documents"}),
        ("loop_closed", {"loop_message": LOOP}),
        ("closed", {"reason": "Nothing more to do."}),
    )
    cases.world.clock.skip(days=89)
    assert not await fade(cases.world.portal, cases.world.clock)
    assert (await cases.get(case)).json()["notes"] == "Call the union."
    cases.world.clock.skip(days=2)
    await fade(cases.world.portal, cases.world.clock)
    told = await cases.get(case)
    for gone in (b"Call the union.", b"Ms Manager", b"A letter", b"Exits<"):
        assert gone not in told.body
        assert gone not in (await cases.get(case, key)).body
        assert gone not in (await cases.client.get(f"/cases/{case}", cases.one.key)).body
    assert (told.json()["findings"][0]["text"], told.json()["state"]) == ("All exits are locked.", "closed")
    assert not await fade(cases.world.portal, cases.world.clock)
    await cases.walk(case, ("reopened", {"reason": "A new message."}))
    cases.world.clock.skip(days=200)
    await fade(cases.world.portal, cases.world.clock)
    assert "A new message." in (await cases.client.get(f"/cases/{case}", cases.one.key)).body.decode()


async def test_another_class_leaves_workers_waiting_as_long(cases: Any) -> None:
    case = await cases.open()
    before = [one for one in (await cases.get(case)).json()["due"] if one["step"] == "feedback"]
    cases.world.clock.skip(days=10)
    headers = {"content-type": "application/merge-patch+json", "if-match": "*"}
    patch = b'{"class":"U2"}'
    done = await cases.client.ask("PATCH", f"/v1/cases/{case}", key=cases.one.key, body=patch, headers=headers)
    assert [one for one in done.json()["due"] if one["step"] == "feedback"] == before
