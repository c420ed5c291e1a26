"""Messages through the doors: sealed, each its reader's alone, and no answer tells a supplier or an hour."""

from typing import Any

import pytest

from laborvoice.crypto.framing import b64
from laborvoice.domain.ids import MessageId
from support.desk_world import WEEK, Desk, arrives, chain_of, desk
from support.registry_world import World

ABSENT = MessageId.draw(b"\5" * 16)
FIELDS = {"id", "kind", "voiced", "week", "kid", "suite", "slots", "place", "state"}


@pytest.fixture
async def one(world: World) -> Desk:
    return await desk(world, "One", "BD")


@pytest.fixture
async def other(world: World) -> Desk:
    return await desk(world, "Other", "BD")


async def listed(client: Any, who: Desk, query: str = "") -> list[Any]:
    answer = await client.get(f"/v1/messages{query}", who.key)
    assert answer.status == 200, answer.body
    found: list[Any] = answer.json()["data"]
    return found


async def acknowledged(client: Any, who: Desk, message: str) -> Any:
    return await client.ask("POST", f"/v1/messages/{message}/acknowledge", key=who.key)


async def waiting(world: World, who: Desk) -> int:
    found = await world.sql("SELECT urgent_waiting FROM outbox.inbox_state WHERE party_id = $1", who.party.uuid)
    return int(found)


async def test_the_list_is_what_was_sealed_to_the_watchdog(client: Any, world: World, one: Desk, other: Desk) -> None:
    mine = await arrives(world, (one, "urgent"), (one, "story"), (other, "story"), (one, "story"))
    rows = await listed(client, one)
    assert {row["id"] for row in rows} == {mine[0], mine[1], mine[3]}
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
    assert len(await listed(client, other)) == 1
    (urgent,) = await listed(client, one, "?kind=urgent&state=new")
    assert set(urgent) == FIELDS | {"due"}
    assert (urgent["due"], urgent["week"], urgent["kid"]) == ("2026-11-12T14:00:00Z", WEEK, b64(one.kid))
    assert all(set(row) == FIELDS for row in rows if row["kind"] == "story")
    assert await listed(client, one, "?state=closed") == []


async def test_the_list_goes_on_behind_a_cursor_and_from_a_heartbeat(client: Any, world: World, one: Desk) -> None:
    first = await arrives(world, *[(one, "story")] * 3)
    beat = await world.sql("SELECT cursor FROM outbox.inbox_state")
    page = (await client.get("/v1/messages?limit=2", one.key)).json()
    rest = (await client.get(f"/v1/messages?limit=2&cursor={page['next_cursor']}", one.key)).json()
    assert {row["id"] for row in (*page["data"], *rest["data"])} == set(first)
    second = await arrives(world, (one, "urgent"))
    again = await world.sql("SELECT cursor FROM outbox.inbox_state")
    assert again != beat
    assert [row["id"] for row in await listed(client, one, f"?cursor={again}")] == list(second)
    assert len(await listed(client, one, f"?cursor={beat}")) == 4
    for bad in ("A" * 24, "A" * 23, beat[:-1] + "-"):
        assert (await client.get(f"/v1/messages?cursor={bad}", one.key)).json()["code"] == "invalid-cursor"


async def test_reading_is_written_down_with_the_bytes(client: Any, world: World, one: Desk, other: Desk) -> None:
    mine = await arrives(world, (one, "urgent"), (one, "story"), (other, "story"))
    answer = await client.get(f"/v1/messages/{mine[0]}", one.key)
    assert (answer.status, answer.headers["content-type"], len(answer.body)) == (200, "application/octet-stream", 5248)
    assert answer.headers["cache-control"] == "no-store"
    both = await client.post("/v1/messages/read", one.key, {"messages": [mine[1], mine[0], mine[1]]})
    assert len(both.body) == 2 * 5248
    assert both.body[5248:] == answer.body
    assert await chain_of(world, one.party) == [(WEEK, "message.read", name) for name in (mine[0], mine[1], mine[0])]
    assert await chain_of(world, other.party) == []
    part = await client.post("/v1/messages/read", one.key, {"messages": [mine[1], mine[2]]})
    assert (part.status, len(await chain_of(world, one.party))) == (404, 3)


async def test_anothers_message_is_not_there(client: Any, world: World, one: Desk, other: Desk) -> None:
    (mine,) = await arrives(world, (one, "story"))
    told: list[Any] = []
    for named in (mine, ABSENT):
        told.append(await acknowledged(client, other, named))
        told.append(await client.post(f"/v1/messages/{named}/close", other.key, {"reason": "answered"}))
        told.append(await client.get(f"/v1/messages/{named}", other.key))
        told.append(await client.post("/v1/messages/close", other.key, {"messages": [named], "reason": "answered"}))
    assert {answer.status for answer in told} == {404}
    assert len({len(answer.body) for answer in told}) == 1
    assert [row["state"] for row in await listed(client, one)] == ["new"]


async def test_acknowledging_stops_the_clock(client: Any, world: World, one: Desk) -> None:
    prompt, late = await arrives(world, (one, "urgent"), (one, "urgent"))
    assert await waiting(world, one) == 2
    await listed(client, one)
    done = (await acknowledged(client, one, prompt)).json()
    assert (done["state"], done["met"], "due" in done) == ("acknowledged", True, False)
    world.clock.skip(hours=5)
    done = (await acknowledged(client, one, late)).json()
    assert (done["met"], await waiting(world, one)) == (False, 0)
    again = await acknowledged(client, one, late)
    assert (again.json(), await waiting(world, one)) == (done, 0)
    assert [row[1] for row in await chain_of(world, one.party)] == ["message.acknowledged"] * 2


async def test_urgent_ones_are_closed_one_by_one(client: Any, world: World, one: Desk) -> None:
    urgent, *stories = await arrives(world, (one, "urgent"), (one, "story"), (one, "story"))
    early = await client.post(f"/v1/messages/{urgent}/close", one.key, {"reason": "answered"})
    assert (early.status, early.json()["code"]) == (409, "transition-not-allowed")
    wanted = {"messages": [urgent, *stories], "reason": "known_already"}
    refused = await client.post("/v1/messages/close", one.key, wanted)
    assert (refused.status, len(await listed(client, one, "?state=new"))) == (409, 3)
    closed = await client.post("/v1/messages/close", one.key, {**wanted, "messages": stories})
    assert (closed.status, closed.json()) == (200, {"closed": 2})
    assert (await acknowledged(client, one, stories[0])).status == 409
    (another,) = await arrives(world, (one, "story"))
    assert "met" not in (await acknowledged(client, one, another)).json()
    await acknowledged(client, one, urgent)
    shut = await client.post(f"/v1/messages/{urgent}/close", one.key, {"reason": "case_opened"})
    assert (shut.json()["state"], len(await listed(client, one, "?state=closed"))) == ("closed", 3)
    assert await waiting(world, one) == 0
    words = await client.post(f"/v1/messages/{urgent}/close", one.key, {"reason": "she said so"})
    assert words.status == 422


async def test_a_reply_waits_for_the_mix_and_is_tied_to_nothing(client: Any, world: World, one: Desk) -> None:
    item = world.chance.bytes(1024)
    for _ in range(2):
        assert (await client.post("/v1/mailbox", one.key, {"item": b64(item)}, idempotency_key="k")).status == 201
    other = item[:16] + world.chance.bytes(1008)
    taken = await client.post("/v1/mailbox", one.key, {"item": b64(other)})
    assert (taken.status, taken.json()["code"]) == (409, "tag-taken")
    assert await world.sql("SELECT count(*) FROM ballot.reply") == 1
    assert await world.sql("SELECT count(*) FROM access.idempotency") == 0
    assert await chain_of(world, one.party) == [(WEEK, "reply.sent", "")] * 2
    for wrong in (b64(item[:-1]), b64(item) + "A", "!" * 1366, b64(item)[:-1] + "_"):
        assert (await client.post("/v1/mailbox", one.key, {"item": wrong})).status == 422


async def test_a_brand_has_no_inbox(client: Any, world: World) -> None:
    key = await world.secret(await world.party("brand"), "brand")
    for answer in (
        await client.get("/v1/messages", key),
        await client.get(f"/v1/messages/{ABSENT}", key),
        await client.post("/v1/mailbox", key, {"item": "A" * 1366}),
    ):
        assert answer.status == 403
