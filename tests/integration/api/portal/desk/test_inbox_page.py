"""The inbox as the server knows it: locked, each party its own, page by page; the heartbeat of who listens."""

import asyncio
import re
from typing import Any

import msgspec
import pytest

from laborvoice.api.portal import event_stream
from laborvoice.api.portal.app import create_portal_app
from support.desk_world import WEEK, Desk, arrives, desk
from support.portal_pages import parts as made_parts
from support.portal_pages import served
from support.registry_world import World

HTML = {"accept": "text/html"}
ROW = re.compile(rb'<tr><th scope="row"><a href="/inbox/(msg_\w+)">(\w+)</a></th>(.*?)</tr>')


@pytest.fixture
async def one(world: World) -> Desk:
    return await desk(world, "One", "BD")


async def page(client: Any, key: str, path: str) -> Any:
    return await client.ask("GET", path, key=key, headers=HTML)


async def test_it_lists_what_is_locked_page_by_page(client: Any, world: World, one: Desk) -> None:
    await arrives(world, *[(one, "story")] * 51, (one, "urgent"))
    first = await page(client, one.key, "/inbox")
    rows = ROW.findall(first.body)
    assert len(rows) == 50
    assert all(WEEK.encode() in rest and b"new" in rest and b"nobody" in rest for _, _, rest in rows)
    following = re.search(rb'rel="next" href="([^"]+)"', first.body)
    assert following is not None
    second = await page(client, one.key, following[1].decode().replace("&amp;", "&"))
    everything = [*rows, *ROW.findall(second.body)]
    assert (len(everything), sorted({kind for _, kind, _ in everything})) == (52, [b"Story", b"Urgent"])
    assert await world.sql("SELECT count(*) FROM desk.message_state WHERE due IS NOT NULL") == 1
    (urgent,) = (name.decode() for name, kind, _ in everything if kind == b"Urgent")
    await client.ask("POST", f"/v1/messages/{urgent}/acknowledge", key=one.key)
    await world.sql("UPDATE desk.message_state SET assigned_to = $1", one.user.uuid)
    (taken,) = ROW.findall((await page(client, one.key, "/inbox?state=acknowledged")).body)
    assert b"One one" in taken[2]
    assert b"Nothing here." in (await page(client, one.key, "/inbox?state=closed")).body
    assert (await page(client, one.key, "/inbox?cursor=nonsense")).status == 400
    assert await world.sql("SELECT count(*) FROM access.audit WHERE action = 'message.read'") == 0


async def test_a_message_has_an_address_for_its_reader_alone(client: Any, world: World, one: Desk) -> None:
    other = await desk(world, "Other", "BD")
    (mine,) = await arrives(world, (one, "story"))
    found = await page(client, one.key, f"/inbox/{mine}")
    assert [name for name, _, _ in ROW.findall(found.body)] == [mine.encode()]
    assert (await page(client, other.key, f"/inbox/{mine}")).status == 404
    brand = await world.secret(await world.party("brand"), "brand")
    assert (await page(client, brand, "/inbox")).status == 403


async def test_it_is_the_first_page_of_a_watchdog(client: Any, one: Desk) -> None:
    assert (await page(client, one.key, "/")).headers["location"] == "/inbox"


async def told(url: str, key: str, query: str = "") -> list[str]:
    """The first two things that a stream says, without what names them; a comment is as it is."""
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET /v1/events/stream{query} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {key}\r\n\r\n".encode())
    found: list[str] = []
    while len(found) < 2:
        line = (await reader.readline()).decode().strip()
        found += [line.removeprefix("data: ")] if line.startswith(("data: ", ": ")) else []
    writer.close()
    return found


async def test_a_watchdogs_stream_carries_its_heartbeat(
    world: World, one: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "BEAT_SECONDS", 0.05)
    made = made_parts(world)
    async with served(create_portal_app(made)) as url:
        empty = await told(url, one.key)
        await arrives(world, (one, "urgent"), (one, "story"))
        full = await told(url, one.key, "?types=inbox.heartbeat")
        assert await told(url, one.key, "?types=case.shared") == [": ping"] * 2
        made.fed.close()
    assert {len(text) for text in (*empty, *full)} == {1024}
    last = msgspec.json.decode(full[-1])
    assert (last["type"], last["data"]["urgent_waiting"]) == ("inbox.heartbeat", "0001")
    assert last["data"]["cursor"] == await world.sql("SELECT cursor FROM outbox.inbox_state")
    assert msgspec.json.decode(empty[0])["data"]["cursor"] == "A" * 24
