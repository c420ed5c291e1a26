"""The pull twin: the same bytes, in order, none twice and none left out, whoever polls and however."""

import asyncio
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it has no stubs
import msgspec
import pytest

from laborvoice.domain.facts import TYPES


async def poll(desk: Any, target: str = "/v1/events?limit=2", who: Any = None) -> tuple[list[Any], str]:
    """All there is from there on, and where it ended."""
    found: list[Any] = []
    while True:
        answer = await desk.ask("GET", target, who=who)
        assert answer.status == 200, answer.body
        found += answer.json()["data"]
        target = answer.headers["link"].partition(">")[0][1:]
        if not answer.json()["has_more"]:
            return found, target


async def test_the_feed_is_read_in_order_and_goes_on_where_it_ended(desk: Any) -> None:
    first = await desk.told(5)
    events, rest = await poll(desk)
    assert [one["id"] for one in events] == first
    assert await poll(desk, rest) == ([], rest)
    second = await desk.told(3)
    assert [one["id"] for one in (await poll(desk, rest))[0]] == second


async def test_the_bytes_are_those_that_are_pushed(desk: Any) -> None:
    await desk.told(1)
    body = await desk.sql("SELECT body FROM outbox.event")
    answer = await desk.ask("GET", "/v1/events")
    assert body in answer.body
    assert answer.body.startswith(b'{"data":[' + body + b"]")


async def test_each_party_has_a_feed_of_its_own(desk: Any) -> None:
    told = await desk.told(2)
    stranger = await desk.world.party("brand")
    desk.keys[stranger] = await desk.world.secret(stranger, "brand")
    assert [one["id"] for one in (await poll(desk, who=desk.watchdog))[0]] == told
    assert (await poll(desk, who=stranger))[0] == []
    cursor = (await desk.ask("GET", "/v1/events")).json()["next_cursor"]
    refused = await desk.ask("GET", f"/v1/events?cursor={cursor}", who=stranger)
    assert (refused.status, refused.json()["code"]) == (400, "invalid-cursor")


async def test_types_are_filtered_and_a_cursor_is_good_whatever_the_filter(desk: Any) -> None:
    await desk.told(2)
    changed = await desk.told(1, "score.changed")
    await desk.told(2)
    some, rest = await poll(desk, "/v1/events?types=score.changed&limit=1")
    assert [one["id"] for one in some] == changed
    cursor = rest.partition("cursor=")[2]
    last = await desk.told(1)
    assert [one["id"] for one in (await poll(desk, f"/v1/events?cursor={cursor}"))[0]] == last
    for wrong in ("score.gone", "score.changed,", "", "score.changed,nonsense"):
        assert (await desk.ask("GET", f"/v1/events?types={wrong}")).status == 400


async def test_now_begins_at_the_end(desk: Any) -> None:
    await desk.told(2)
    events, rest = await poll(desk, "/v1/events?cursor=now")
    assert events == []
    later = await desk.told(1)
    assert [one["id"] for one in (await poll(desk, rest))[0]] == later


async def test_a_cursor_that_is_too_old_is_told_where_the_oldest_is(desk: Any) -> None:
    await desk.told(1)
    cursor = (await desk.ask("GET", "/v1/events")).json()["next_cursor"]
    told = await desk.told(3)
    await desk.sql("DELETE FROM outbox.delivery")
    await desk.sql("DELETE FROM outbox.event WHERE id IN (SELECT event_id FROM outbox.feed WHERE position <= 2)")
    expired = await desk.ask("GET", f"/v1/events?cursor={cursor}")
    assert (expired.status, expired.json()["code"]) == (410, "cursor-expired")
    begin = expired.headers["link"].partition(">")[0][1:]
    assert begin.partition("cursor=")[2] in expired.json()["detail"]
    assert [one["id"] for one in (await poll(desk, begin))[0]] == told[1:]
    assert [one["id"] for one in (await poll(desk))[0]] == told[1:]
    await desk.sql("DELETE FROM outbox.event")
    gone = await desk.ask("GET", f"/v1/events?cursor={cursor}")
    assert gone.status == 410
    assert (await poll(desk))[0] == []


async def test_who_waits_is_answered_when_something_comes(desk: Any, parts: Any) -> None:
    waiting = asyncio.create_task(desk.ask("GET", "/v1/events?wait=25"))
    await asyncio.sleep(0)
    told = await desk.told(1)
    parts.fed.ring()
    answer = await waiting
    assert [one["id"] for one in answer.json()["data"]] == told


async def test_who_waits_in_vain_is_answered_with_nothing(desk: Any) -> None:
    answer = await desk.ask("GET", "/v1/events?wait=1")
    assert (answer.status, answer.json()["data"], answer.json()["has_more"]) == (200, [], False)
    for wrong in ("26", "-1", "soon"):
        assert (await desk.ask("GET", f"/v1/events?wait={wrong}")).status == 400


async def test_each_type_has_its_schema_and_an_example_that_fits(desk: Any) -> None:
    told = (await desk.client.get("/v1/event-types")).json()["data"]
    assert tuple(one["type"] for one in told) == TYPES
    for one in told:
        jsonschema.Draft202012Validator.check_schema(one["schema"])
        jsonschema.validate(one["example"], one["schema"])
        assert one["example"]["type"] == one["type"]
    document = (await desk.client.get("/v1/openapi.json")).json()
    assert tuple(document["webhooks"]) == TYPES
    by_type = {one["type"]: {**one["schema"]} for one in told}
    assert {shape.pop("$schema") for shape in by_type.values()} == {"https://json-schema.org/draft/2020-12/schema"}
    for kind, item in document["webhooks"].items():
        assert item["post"]["requestBody"]["content"]["application/json"]["schema"] == by_type[kind]


@pytest.mark.parametrize("kind", ["release.published", "release.withheld", "score.changed", "score.band_changed"])
async def test_what_is_told_fits_its_schema(desk: Any, kind: Any) -> None:
    await desk.told(1, kind)
    schemas = {one["type"]: one["schema"] for one in (await desk.client.get("/v1/event-types")).json()["data"]}
    body = msgspec.json.decode(await desk.sql("SELECT body FROM outbox.event"))
    jsonschema.validate(body, schemas[kind])
