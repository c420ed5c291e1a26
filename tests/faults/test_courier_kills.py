"""Couriers killed in mid-flight, again and again under load: nothing is lost, and repeated is what was in flight."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from laborvoice.clock import SystemClock
from laborvoice.domain.ids import EventId
from support.faulty_outbox import courier, fill, query
from support.raw_receiver import RawReceiver, raw_receiver

FEW = 3
MANY = 20
ENDPOINTS = 20
FOR_EACH_KILL = 10
"""Deliveries of an endpoint."""
AFTER = 40
"""Requests of a courier before it is killed."""
LEASE = 61.0
LEASED = "SELECT count(*) FROM outbox.delivery WHERE state = 'leased'"


async def until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(120):
        while not reached():  # noqa: ASYNC110 - what is waited for happens in another process
            await asyncio.sleep(0.002)


def arrived(receiver: RawReceiver) -> "Counter[str]":
    return Counter(one.headers["webhook-id"] for one in receiver.requests)


async def killed(database: Any, receiver: RawReceiver, number: int) -> int:
    """How many deliveries a courier had in flight when it was killed. Its clock sees its forerunner's leases end."""
    before = len(receiver.requests)
    async with courier(database, ahead=number * LEASE) as one:
        await until(lambda: len(receiver.requests) >= before + AFTER)
        one.kill()
        await one.wait()
    return int((await query(database, LEASED))[0][0])


async def test_nothing_is_lost_and_only_what_was_in_flight_is_repeated(
    database: Any, pytestconfig: pytest.Config
) -> None:
    kills = MANY if pytestconfig.getoption("--rounds", default=0) else FEW
    async with raw_receiver(SystemClock()) as receiver:
        await fill(database, receiver.url, ENDPOINTS, FOR_EACH_KILL * kills)
        every = {str(EventId.of(row[0])) for row in await query(database, "SELECT id FROM outbox.event")}
        in_flight = [await killed(database, receiver, number) for number in range(kills)]
        async with courier(database, ahead=kills * LEASE) as last:
            await until(lambda: len(arrived(receiver)) == len(every))
            last.terminate()
            assert await last.wait() == 0
        found = arrived(receiver)
    assert set(found) == every
    assert all(in_flight)
    assert found.total() - len(every) <= sum(in_flight)
    states = await query(database, "SELECT state, count(*) FROM outbox.delivery GROUP BY state")
    assert [tuple(row) for row in states] == [("done", len(every))]
