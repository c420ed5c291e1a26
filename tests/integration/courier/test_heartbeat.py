"""The heartbeat: what is seen from outside is the same whatever came, and only the cursor says more to its reader."""

import asyncio
import re
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from laborvoice.chance import SystemChance
from laborvoice.domain.ids import EndpointId, EventId
from laborvoice.pipeline.beat import Heart, heartbeat
from laborvoice.pipeline.warn import Warner
from laborvoice.store.outbox.inbox_state import Pulse
from support.raw_receiver import RawReceiver, Request, raw_receiver

CURSORS = ("A" * 24, "MDEyMzQ1Njc4OWFiY2RlZmdo", "_-_-_-_-_-_-_-_-_-_-_-_-")
MISSED = "SELECT beats_missed, beats_told FROM outbox.endpoint"


@pytest.fixture
async def hook(outbox: Any) -> AsyncGenerator[RawReceiver]:
    """A watchdog's endpoint that hears heartbeats alone."""
    async with raw_receiver(outbox.clock) as one:
        await outbox.endpoint(await outbox.watchdog("BD"), one.url, "inbox.heartbeat")
        yield one


async def arrived(outbox: Any, count: int) -> None:
    """As the vault's mix leaves the inbox behind."""
    await outbox.sql("DELETE FROM outbox.inbox_state")
    if count:
        cursor = CURSORS[1 if count == 1 else 2]
        await outbox.sql("INSERT INTO outbox.inbox_state SELECT party_id, $1, $2 FROM outbox.endpoint", cursor, count)


def heart_of(outbox: Any, sender: Any) -> Heart:
    return Heart(outbox.pools["courier"], sender.post, outbox.signer, outbox.clock, SystemChance())


async def minutes(outbox: Any, heart: Heart, count: int) -> None:
    """So many minutes, looked at twice a second, as the courier does."""
    for _ in range(120 * count):
        await heart.beat()
        outbox.clock.pass_by(seconds=0.5)
        await heart.rest()


def shape(one: Request) -> tuple[int, list[tuple[str, int]]]:
    """What a watcher on the wire could measure: the sizes, and the names and lengths of the headers."""
    return len(one.body), [(name, len(value)) for name, value in one.headers.items()]


async def test_none_one_and_ten_messages_look_alike(outbox: Any, sender: Any, hook: RawReceiver) -> None:
    heart = heart_of(outbox, sender)
    for count in (0, 1, 10):
        await arrived(outbox, count)
        await minutes(outbox, heart, 2)
    assert len(hook.requests) == 6
    assert len({str(shape(one)) for one in hook.requests}) == 1
    assert len(hook.requests[0].body) == 1_024
    apart = [after.at - before.at for before, after in zip(hook.requests, hook.requests[1:], strict=False)]
    assert all(abs(one - timedelta(minutes=1)) <= timedelta(seconds=1) for one in apart)
    data = [one.told["data"] for one in hook.requests]
    assert [one["cursor"] for one in data] == [cursor for cursor in CURSORS for _ in range(2)]
    assert [one["urgent_waiting"] for one in data] == ["0000", "0000", "0001", "0001", "0010", "0010"]
    assert all(re.fullmatch("0+", one["pad"]) for one in data)
    numbers = [one.told["sequence"] for one in hook.requests]
    assert numbers == list(range(numbers[0], numbers[0] + 6))
    assert heart.late == 0


async def test_it_is_stored_nowhere(outbox: Any, sender: Any, hook: RawReceiver) -> None:
    await minutes(outbox, heart_of(outbox, sender), 1)
    assert len(hook.requests) == 1
    for table in ("event", "feed", "delivery", "attempt"):
        assert await outbox.sql(f"SELECT FROM outbox.{table} LIMIT 1") == []


async def test_two_couriers_send_one(outbox: Any, sender: Any, hook: RawReceiver) -> None:
    one, two = heart_of(outbox, sender), heart_of(outbox, sender)
    for _ in range(120):
        await asyncio.gather(one.beat(), two.beat())
        outbox.clock.pass_by(seconds=0.5)
    await one.rest()
    await two.rest()
    assert len(hook.requests) == 1


async def test_five_that_fail_are_told_at_once_and_one_that_arrives_ends_it(
    outbox: Any, sender: Any, hook: RawReceiver
) -> None:
    heart = heart_of(outbox, sender)
    warner = Warner(outbox.pools["courier"], outbox.clock, SystemChance())
    hook.answer = lambda _: (500, b"")
    await minutes(outbox, heart, 4)
    await warner.warn()
    assert await outbox.sql("SELECT FROM outbox.event") == []
    await minutes(outbox, heart, 1)
    assert heart.missed.is_set()
    await warner.warn()
    assert tuple((await outbox.sql(MISSED))[0]) == (5, True)
    rows = await outbox.sql("SELECT type, facts ->> 'reason' FROM outbox.event")
    assert [tuple(row) for row in rows] == [("endpoint.failing", "heartbeat")]
    hook.answer = lambda _: (200, b"")
    await minutes(outbox, heart, 1)
    await warner.warn()
    assert tuple((await outbox.sql(MISSED))[0]) == (0, False)
    assert (await outbox.sql("SELECT count(*) FROM outbox.event WHERE type = 'endpoint.recovered'"))[0][0] == 1


async def test_what_cannot_be_written_is_logged_and_the_next_one_leaves(
    outbox: Any, sender: Any, hook: RawReceiver, caplog: pytest.LogCaptureFixture
) -> None:
    heart = heart_of(outbox, sender)
    await outbox.sql("ALTER TABLE outbox.endpoint RENAME COLUMN beats_missed TO elsewhere")
    await minutes(outbox, heart, 2)
    assert len(hook.requests) == 2
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == ["failed", "failed"]


async def test_one_that_would_be_at_another_second_is_left_out_and_counted(
    outbox: Any, sender: Any, hook: RawReceiver
) -> None:
    heart = heart_of(outbox, sender)
    await minutes(outbox, heart, 1)
    at = hook.requests[0].at
    outbox.clock.time = at + timedelta(seconds=66)
    await heart.beat()
    await heart.rest()
    assert len(hook.requests) == 1
    outbox.clock.time = at + timedelta(seconds=121)
    await heart.beat()
    await heart.rest()
    assert len(hook.requests) == 2
    assert heart.late == 1


async def test_brands_and_endpoints_that_did_not_ask_hear_none(outbox: Any, sender: Any, receiver: Any) -> None:
    await outbox.endpoint(await outbox.party(), receiver.url)
    await outbox.endpoint(await outbox.watchdog("BD"), receiver.url, "case.updated")
    await minutes(outbox, heart_of(outbox, sender), 1)
    assert receiver.counts == {}
    assert receiver.refused == 0


async def test_a_secret_of_another_courier_is_a_missed_beat(outbox: Any, sender: Any, hook: RawReceiver) -> None:
    await outbox.sql("UPDATE outbox.endpoint_secret SET version = 2")
    await minutes(outbox, heart_of(outbox, sender), 1)
    assert hook.requests == []
    assert (await outbox.sql(MISSED))[0][0] == 1


def test_more_than_four_digits_wait() -> None:
    now = datetime(2026, 10, 8, tzinfo=UTC)
    pulse = Pulse(
        endpoint_id=EndpointId.draw(bytes(16)),
        url="",
        headers="{}",
        versions=(),
        secrets=(),
        seeds=(),
        cursor=CURSORS[0],
        urgent_waiting=123_456,
        late=0,
        skipped=False,
    )
    sent = heartbeat(EventId.draw(bytes(16)), pulse, now)
    assert len(sent) == 1_024
    assert b'"urgent_waiting":"9999"' in sent
