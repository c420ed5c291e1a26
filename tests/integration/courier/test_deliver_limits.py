"""Deliver: slots, caps, leases and secrets under pressure."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from laborvoice.clock import SystemClock
from laborvoice.webhooks.guard import Guard
from laborvoice.webhooks.sender import Limits, open_sender
from support.deliveries import listening, once, until

ATTEMPTS = "SELECT status, error_class, ms, address, headers::text, body FROM outbox.attempt ORDER BY at"


async def test_a_quarter_of_the_slots_serves_old_attempts(outbox: Any, sender: Any, receiver: Any) -> None:
    for _ in range(8):
        await outbox.many(4, receiver.url)
    await outbox.sql("UPDATE outbox.delivery SET attempts = 2")
    receiver.gate.clear()
    deliveries = outbox.deliveries(sender, slots=16)
    for _ in range(3):
        await deliveries.claim()
    assert deliveries.in_flight == 4
    await outbox.sql("UPDATE outbox.delivery SET attempts = 1 WHERE state = 'due'")
    await deliveries.claim()
    assert deliveries.in_flight == 16
    receiver.gate.set()
    await deliveries.drain(15)


async def test_a_lane_takes_no_more_than_its_cap_at_a_time(outbox: Any, sender: Any, receiver: Any) -> None:
    """Even where the database allowed more: each process counts for itself."""
    await listening(outbox, receiver, 12)
    receiver.gate.clear()
    deliveries = outbox.deliveries(sender)
    await deliveries.claim()
    await outbox.sql("UPDATE outbox.endpoint SET cap = 100")
    for _ in range(2):
        await deliveries.claim()
    assert deliveries.in_flight == 12
    await until(lambda: receiver.held == 8)
    await asyncio.sleep(0.05)
    assert receiver.held == 8
    receiver.gate.set()
    await deliveries.drain(15)
    assert await outbox.states() == {"done": 12}


async def test_who_waited_for_the_lane_until_the_lease_nears_its_end_does_not_send(
    outbox: Any, sender: Any, receiver: Any
) -> None:
    await listening(outbox, receiver, 12)
    receiver.gate.clear()
    deliveries = outbox.deliveries(sender)
    await deliveries.claim()
    await outbox.sql("UPDATE outbox.endpoint SET cap = 100")
    for _ in range(2):
        await deliveries.claim()
    await until(lambda: receiver.held == 8)
    outbox.clock.pass_by(seconds=46)
    receiver.gate.set()
    await deliveries.drain(15)
    assert await outbox.states() == {"done": 8, "leased": 4}
    assert len(receiver.counts) == 8


async def test_opened_secrets_are_kept_up_to_a_bound(
    outbox: Any, sender: Any, receiver: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("laborvoice.webhooks.signer.KEPT", 1)
    for _ in range(3):
        await listening(outbox, receiver, 2)
    await once(outbox.deliveries(sender))
    assert await outbox.states() == {"due": 4, "done": 2}
    assert receiver.refused == 4


async def test_a_receiver_that_never_answers_is_a_timeout(outbox: Any, receiver: Any) -> None:
    await listening(outbox, receiver)
    receiver.gate.clear()
    async with open_sender(Guard(outbox.loopback), SystemClock(), limits=Limits(connect=0.2, total=0.2)) as impatient:
        await once(outbox.deliveries(impatient))
    row = (await outbox.sql("SELECT state, next_attempt_at FROM outbox.delivery"))[0]
    assert row[0] == "due"
    assert row[1] >= outbox.clock.now() + timedelta(seconds=60)


async def test_keys_are_not_shown(outbox: Any) -> None:
    assert repr(outbox.signer) == "Signer(hidden)"
