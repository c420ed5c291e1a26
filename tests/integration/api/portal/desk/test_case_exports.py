"""Cases in exports: each party exports what it sees of them, and nothing of what it does not."""

import json
from typing import Any

import pytest

from laborvoice.pipeline import export
from support.desk_world import FINDING
from support.patient_client import streamed

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


@pytest.fixture
async def case(cases: Any) -> str:
    """Shared with the first brand, which sees it from the next month on."""
    one = str(await cases.open(notes="The union visits."))
    await cases.walk(one, *TO_VERDICT)
    answer = await cases.post(cases.one.key, f"/v1/cases/{one}/findings", FINDING)
    finding = answer.json()["findings"][0]["id"]
    await cases.post(cases.one.key, f"/v1/cases/{one}/actions", {**ACTION, "finding": finding})
    await cases.post(cases.one.key, f"/v1/cases/{one}/loop-messages", LOOP)
    await cases.share(one)
    return one


async def rows(cases: Any, parts: Any, key: str, kind: str, **wanted: Any) -> list[dict[str, Any]]:
    told = await cases.post(key, "/v1/exports", {"kind": kind, "format": "json", **wanted})
    assert told.status == 202, told.body
    assert await export.make(parts.database, parts.maker)
    made = (await cases.client.get(f"/v1/exports/{told.json()['id']}", key)).json()
    name = made["files"][0]["name"]
    _, _, pieces = await streamed(cases.client.app, f"/v1/exports/{made['id']}/files/{name}", key)
    found: list[dict[str, Any]] = json.loads(b"".join(pieces))
    return found


async def test_each_exports_what_it_sees(cases: Any, parts: Any, case: str) -> None:
    buyer, stranger = cases.buyers.keys
    for kind in ("E5", "E6", "E9"):
        assert len(await rows(cases, parts, cases.one.key, kind)) == 1
        assert await rows(cases, parts, buyer, kind) == []
    cases.world.clock.skip(days=20)
    await cases.remind()
    seen = (await cases.get(case, buyer)).json()
    (row,) = await rows(cases, parts, buyer, "E5")
    assert (row["number"], row["supplier"], row["class"]) == (seen["number"], seen["supplier"], seen["class"])
    assert (row["state"], row["received"], row["verified_how"]) == ("substantiated", "2026-11", None)
    assert (row["condition"], row["findings"], row["actions"]) == ("building_fire", 1, 1)
    assert row["clocks_met"] + row["clocks_missed"] == sum("met" in step for step in seen["due"])
    (row,) = await rows(cases, parts, buyer, "E6", filter={"supplier": cases.buyers.supplier})
    assert (row["finding"], row["owner"], row["due"]) == ("All exits are locked.", "Plant manager", "2026-12-15")
    (row,) = await rows(cases, parts, buyer, "E9")
    assert (row["you_said"], row["we_did"], row["languages"]) == ("Exits are locked.", "They were opened.", "bn")
    assert await rows(cases, parts, stranger, "E5") == []
    other = await cases.world.supplier("Another")
    assert await rows(cases, parts, cases.one.key, "E5", filter={"supplier": other}) == []


async def test_cases_need_the_scope_of_cases(cases: Any, case: str) -> None:
    del case
    narrow = await cases.world.secret(cases.buyers.brands[0], "brand", "exports:read", "exports:write")
    refused = await cases.post(narrow, "/v1/exports", {"kind": "E5", "format": "csv"})
    assert (refused.status, refused.json()["code"]) == (403, "insufficient-scope")
    assert (await cases.post(narrow, "/v1/exports", {"kind": "E2", "format": "csv"})).status == 202
