"""Who only polls, who only streams and who only receives: the same events, through restarts and replay."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from laborvoice.api.portal import event_stream
from laborvoice.api.portal.app import create_portal_app
from support.portal_pages import served

HEAD = b"\r\n\r\n"


class Stream:
    """An open answer of the server, read block by block."""

    def __init__(self, reader: asyncio.StreamReader, status: int, head: str) -> None:
        self.reader = reader
        self.status = status
        self.head = head
        self.buffer = b""

    async def block(self) -> dict[str, str]:
        """Fields by name; a comment stands under an empty one. EOFError where the server has ended it."""
        while b"\n\n" not in self.buffer:
            size = int((await self.reader.readuntil(b"\r\n"))[:-2], 16)
            if size == 0:
                raise EOFError
            self.buffer += (await self.reader.readexactly(size + 2))[:-2]
        one, _, self.buffer = self.buffer.partition(b"\n\n")
        return {name: value for name, _, value in (line.partition(": ") for line in one.decode().split("\n"))}

    async def events(self, count: int) -> list[dict[str, str]]:
        found: list[dict[str, str]] = []
        while len(found) < count:
            block = await self.block()
            found += [block] if "data" in block else []
        return found


@asynccontextmanager
async def stream(url: str, key: str, query: str = "", last: str = "") -> AsyncGenerator[Stream]:
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    more = f"last-event-id: {last}\r\n" if last else ""
    head = f"GET /v1/events/stream{query} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {key}\r\n{more}\r\n"
    writer.write(head.encode())
    try:
        answer = (await reader.readuntil(HEAD)).decode()
        yield Stream(reader, int(answer.split(" ")[1]), answer.lower())
    finally:
        writer.close()


@pytest.fixture
async def url(parts: Any) -> AsyncIterator[str]:
    async with served(create_portal_app(parts)) as where:
        yield where


def ids(events: list[dict[str, str]]) -> list[str]:
    return [msgspec.json.decode(one["data"])["id"] for one in events]


async def test_events_come_as_they_happen_and_go_on_behind_the_last(desk: Any, parts: Any, url: str) -> None:
    key = desk.keys[desk.brand]
    first = await desk.told(2)
    async with stream(url, key) as one:
        assert one.status == 200
        assert "content-type: text/event-stream" in one.head
        assert await one.block() == {"retry": "3000"}
        seen = await one.events(2)
        assert ids(seen) == first
        second = await desk.told(1)
        parts.fed.ring()
        seen += await one.events(1)
        assert ids(seen) == first + second
    async with stream(url, key, last=seen[0]["id"]) as again:
        assert ids(await again.events(2)) == [first[1], *second]
    body = await desk.sql("SELECT body FROM outbox.event ORDER BY sequence LIMIT 1")
    assert seen[0]["data"] == body.decode()


async def test_types_now_and_what_is_wrong(desk: Any, parts: Any, url: str) -> None:
    key = desk.keys[desk.brand]
    await desk.told(1)
    async with stream(url, key, "?cursor=now&types=score.changed") as one:
        assert await one.block() == {"retry": "3000"}
        await desk.told(1)
        changed = await desk.told(1, "score.changed")
        parts.fed.ring()
        assert ids(await one.events(1)) == changed
    for query, status in (("?types=nonsense", 400), ("?cursor=nonsense", 400), ("?wait=1", 400)):
        async with stream(url, key, query) as refused:
            assert refused.status == status
    async with stream(url, key, last="nonsense") as refused:
        assert refused.status == 400


async def test_an_expired_cursor_is_told_before_it_begins(desk: Any, url: str) -> None:
    await desk.told(1)
    cursor = (await desk.ask("GET", "/v1/events")).json()["next_cursor"]
    await desk.told(3)
    await desk.sql("DELETE FROM outbox.event WHERE id IN (SELECT event_id FROM outbox.feed WHERE position <= 2)")
    async with stream(url, desk.keys[desk.brand], last=cursor) as one:
        assert one.status == 410


async def test_a_party_has_four_at_a_time_and_each_pings(desk: Any, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "PING_SECONDS", 0.05)
    key = desk.keys[desk.brand]
    async with stream(url, key), stream(url, key), stream(url, key):
        async with stream(url, key) as fourth, stream(url, key) as fifth:
            assert (fourth.status, fifth.status) == (200, 429)
            assert "retry-after: 60" in fifth.head
            assert await fourth.block() == {"retry": "3000"}
            assert [await fourth.block() for _ in range(2)] == [{"": "ping"}] * 2
        async with stream(url, desk.keys[desk.watchdog]) as other:
            assert other.status == 200
    while True:
        async with stream(url, key) as freed:
            if freed.status == 200:
                break


async def test_it_ends_after_its_time(desk: Any, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "PING_SECONDS", 0.01)
    monkeypatch.setattr(event_stream, "LIFE_SECONDS", 0.05)
    async with stream(url, desk.keys[desk.brand]) as one:
        with pytest.raises(EOFError):
            await one.events(1)


async def test_head_is_answered_and_closed(desk: Any) -> None:
    answer = await desk.ask("HEAD", "/v1/events/stream")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-type"].startswith("text/event-stream")
