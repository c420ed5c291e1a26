"""Who only receives, only polls or only streams knows the same events, through restarts, rotation and replay."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest
import standardwebhooks
import svix

from laborvoice.chance import SystemChance
from laborvoice.clock import SystemClock
from laborvoice.domain.ids import DeliveryId
from laborvoice.pipeline.subscribe import again, change
from laborvoice.views import feed
from laborvoice.views.feed import Asked, Page

CHANCE = SystemChance()


async def delivered(outbox: Any, sender: Any) -> None:
    """A courier begins, sends all that is due, and ends."""
    courier = outbox.deliveries(sender)
    while (await outbox.states()).get("due"):
        await courier.claim()
        await courier.drain(5)
        courier = outbox.deliveries(sender)


async def polled(outbox: Any, party: Any, position: int | None) -> tuple[list[str], int]:
    """In pages of two, as a portal that has just begun answers."""
    found: list[str] = []
    while True:
        page = await feed.read(await outbox.role("portal"), Asked(party=party, position=position, types=(), limit=2))
        assert isinstance(page, Page)
        found += [msgspec.json.decode(entry.body)["id"] for entry in page.entries]
        position = page.position
        if not page.more:
            return found, position


async def test_push_poll_and_stream_tell_the_same(outbox: Any, sender: Any, receiver: Any) -> None:
    supplier = await outbox.supplier()
    brand = await outbox.brand(supplier)
    one = await outbox.endpoint(brand, receiver.url)
    receiver.trust((one.secret,))
    bell, heard, position = feed.Bell(), list[str](), None
    streaming = asyncio.create_task(streamed(outbox, brand, bell, heard))
    told: list[str] = []
    for _ in range(3):
        events = [outbox.event(supplier) for _ in range(5)]
        await outbox.put(*events)
        await outbox.tell()
        bell.ring()
        await delivered(outbox, sender)
        found, position = await polled(outbox, brand, position)
        assert sorted(found) == sorted(str(event.id) for event in events)
        told += found
    await streaming
    assert set(receiver.counts) == set(heard) == set(told)
    assert heard == told
    assert set(receiver.counts.values()) == {1}
    await replayed(outbox, brand, one)
    await delivered(outbox, sender)
    assert sorted(receiver.counts.values()) == [1] * 14 + [2]
    assert await polled(outbox, brand, position) == ([], position)


async def streamed(outbox: Any, party: Any, bell: feed.Bell, heard: list[str]) -> None:
    """As the open stream goes on: until fifteen came."""
    position = 0
    while len(heard) < 15:
        asked = Asked(party=party, position=position, types=(), limit=4)
        page = await feed.wait(await outbox.role("portal"), bell, asked, 5)
        assert isinstance(page, Page)
        heard += [msgspec.json.decode(entry.body)["id"] for entry in page.entries]
        position = page.position


async def replayed(outbox: Any, party: Any, one: Any) -> None:
    delivery = DeliveryId.of((await outbox.sql("SELECT id FROM outbox.delivery LIMIT 1"))[0][0])

    async def step(db: Any) -> None:
        held = await change.held(db, party, one.endpoint)
        await again.replay_in(db, outbox.clock.now(), CHANCE, held, delivery)

    await (await outbox.role("portal")).run("replay", step)


class Kept:
    """A receiver that keeps headers and bodies."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head)}
        self.got.append((headers, await reader.readexactly(int(headers["content-length"]))))
        writer.write(b"HTTP/1.1 204 .\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()


async def test_both_secrets_verify_during_the_overlap_and_the_new_one_after(outbox: Any, sender: Any) -> None:
    kept = Kept()
    server = await asyncio.start_server(kept, "127.0.0.1", 0)
    # Verifiers that are not ours look at the machine's clock.
    outbox.clock.time = SystemClock().now()
    async with server:
        supplier = await outbox.supplier()
        brand = await outbox.brand(supplier)
        one = await outbox.endpoint(brand, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        new = await rotated(outbox, brand, one)
        for ends in (outbox.clock.now() + timedelta(hours=1), outbox.clock.now()):
            # That its time is over is told to the row: the machine's clock, which others look at, cannot be moved.
            await outbox.sql("UPDATE outbox.endpoint_secret SET not_after = $1 WHERE not_after IS NOT NULL", ends)
            await outbox.put(outbox.event(supplier))
            await outbox.tell()
            await delivered(outbox, sender)
    overlap, after = kept.got
    for secret in (one.secret, new):
        verified(*overlap, secret)
    assert [overlap[0]["webhook-signature"].count(kind) for kind in ("v1,", "v1a,")] == [2, 1]
    verified(*after, new)
    with pytest.raises(svix.WebhookVerificationError):
        verified(*after, one.secret)


async def rotated(outbox: Any, party: Any, one: Any) -> str:
    async def step(db: Any) -> str:
        held = await change.held(db, party, one.endpoint)
        return (await change.rotate_in(db, outbox.clock.now(), CHANCE, held, timedelta(hours=1)))[1]

    return str(await (await outbox.role("portal")).run("rotate", step))


def verified(headers: dict[str, str], body: bytes, secret: str) -> None:
    """By two verifiers that are not ours."""
    svix.Webhook(secret).verify(body, headers)
    standardwebhooks.Webhook(secret).verify(body, headers)
