"""People who change a case at the same time, each as she has read it: one of them does, the others are told."""

import asyncio
from typing import Any
from urllib.parse import urlencode

import msgspec

MANY = 6


async def test_by_a_patch(cases: Any) -> None:
    case = await cases.open()
    headers = {"content-type": "application/merge-patch+json", "if-match": (await cases.get(case)).headers["etag"]}

    async def change(place: int) -> int:
        body = msgspec.json.encode({"title": f"Title {place}"})
        path, key = f"/v1/cases/{case}", cases.one.key
        return int((await cases.client.ask("PATCH", path, key=key, headers=headers, body=body)).status)

    assert sorted(await asyncio.gather(*map(change, range(MANY)))) == [200] + [412] * (MANY - 1)


async def test_by_a_step(cases: Any) -> None:
    case = await cases.open()
    seen = (await cases.get(case)).headers["etag"]

    async def hold(place: int) -> int:
        body = {"to": "on_hold_safety", "reason": f"Reason {place}"}
        answer = await cases.post(cases.one.key, f"/v1/cases/{case}/transitions", body, if_match=seen)
        return int(answer.status)

    assert sorted(await asyncio.gather(*map(hold, range(MANY)))) == [200] + [412] * (MANY - 1)


async def test_by_the_form_of_its_page(cases: Any) -> None:
    case = await cases.open()
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "text/html"}

    async def change(place: int) -> int:
        body = urlencode({"version": "1", "title": f"Title {place}", "class": "U2"}).encode()
        path, key = f"/cases/{case}/change", cases.one.key
        return int((await cases.client.ask("POST", path, key=key, headers=headers, body=body)).status)

    assert sorted(await asyncio.gather(*map(change, range(MANY)))) == [303] + [422] * (MANY - 1)
