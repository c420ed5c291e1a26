"""Cases beside the numbers of exports: E1, E2 and E4, each as whoever asks sees them, and empty for who may not."""

import json
from typing import Any

from laborvoice.pipeline import export
from support.desk_world import FINDING
from support.patient_client import streamed

TO_VERDICT = (
    "triaged",
    ("acknowledged", {"reason": "no_conversation"}),
    "investigating",
    ("substantiated", {"evidence_source": "union"}),
)
LOW = {"n": 200, "severity_sum": 40, "conditions": (2,) * 16}


async def rows(cases: Any, parts: Any, key: str, kind: str, **narrow: Any) -> list[dict[str, Any]]:
    body = {"kind": kind, "format": "json", "filter": narrow}
    told = await cases.post(key, "/v1/exports", body)
    assert told.status == 202, told.body
    assert await export.make(parts.database, parts.maker)
    made = (await cases.client.get(f"/v1/exports/{told.json()['id']}", key)).json()
    name = made["files"][0]["name"]
    _, _, pieces = await streamed(cases.client.app, f"/v1/exports/{made['id']}/files/{name}", key)
    found: list[dict[str, Any]] = json.loads(b"".join(pieces))
    return found


async def test_cases_stand_beside_the_numbers(cases: Any, parts: Any) -> None:
    supplier, key = cases.buyers.supplier, cases.buyers.keys[0]
    await cases.world.period("2026-Q3")
    await cases.world.release(supplier, "2026-Q3", **LOW)
    case = await cases.open("U2", condition="freedom_of_movement")
    finding = {**FINDING, "condition": "freedom_of_movement"}
    found = (await cases.post(cases.one.key, f"/v1/cases/{case}/findings", finding)).json()["findings"][0]["id"]
    action = {"finding": found, "root_cause": "Fear.", "action": "Keys.", "owner": "Manager", "due": "2026-12-15"}
    await cases.post(cases.one.key, f"/v1/cases/{case}/actions", action)
    await cases.share(case)
    await cases.walk(case, *TO_VERDICT)
    (sheet,) = await rows(cases, parts, cases.one.key, "E1", supplier=supplier)
    assert (sheet["override"], sheet["cases"], sheet["actions"]) == ("high", "U2 substantiated 1", "open 1")
    assert (sheet["band"], sheet["loop_messages"]) == ("low", 0)
    (row,) = await rows(cases, parts, cases.one.key, "E2", band="high")
    assert (row["override"], row["open_u1"], row["open_u2"], row["overdue"]) == ("high", 0, 1, 0)
    assert await rows(cases, parts, key, "E2", band="high") == []
    (row,) = await rows(cases, parts, key, "E2")
    assert (row["override"], row["open_u2"]) == (None, 0)
    await indicators(cases, parts, case)


async def indicators(cases: Any, parts: Any, case: str) -> None:
    """E4 of a case that is substantiated, then repaired, then seen by its brand."""
    key, stranger = cases.buyers.keys
    number = (await cases.get(case)).json()["number"]
    by_indicator = {one["indicator"]: one for one in await rows(cases, parts, cases.one.key, "E4")}
    assert (by_indicator[3]["state"], by_indicator[3]["cases"]) == ("substantiated", number)
    assert by_indicator[5]["state"] == "no evidence of"
    await cases.walk(case, ("plan_agreed", {"reason": "The union agrees."}), "remediating")
    await cases.walk(case, ("verified", {"evidence_source": "workers"}))
    row = {one["indicator"]: one for one in await rows(cases, parts, cases.one.key, "E4")}[3]
    assert (row["state"], row["verified_how"], row["verified_on"], row["remedy"]) == (
        "remediated", "workers", "2026-11-12", "Keys.",
    )  # fmt: skip
    cases.world.clock.skip(days=20)
    await cases.remind()
    row = {one["indicator"]: one for one in await rows(cases, parts, key, "E4")}[3]
    assert (row["state"], row["verified_on"], row["cases"]) == ("remediated", "", number)
    row = {one["indicator"]: one for one in await rows(cases, parts, stranger, "E4")}[3]
    assert (row["state"], row["cases"]) == ("no evidence of", "")


async def test_who_may_not_read_cases_gets_empty_cells(cases: Any, parts: Any) -> None:
    supplier = cases.buyers.supplier
    case = await cases.open("U1", condition="violence")
    await cases.walk(case, *TO_VERDICT[:3])
    narrow = await cases.world.secret(cases.one.party, "watchdog", "exports:read", "exports:write", "suppliers:read")
    (row,) = await rows(cases, parts, narrow, "E2")
    assert (row["open_u1"], row["overdue"], row["override"]) == (None, None, None)
    (sheet,) = await rows(cases, parts, narrow, "E1", supplier=supplier)
    assert (sheet["cases"], sheet["actions"], sheet["loop_messages"]) == (None, None, None)
