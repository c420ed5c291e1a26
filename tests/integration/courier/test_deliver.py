"""Deliver: signed, settled, tried again on schedule; a lane that fails or hangs holds up nobody else."""

import asyncio
from functools import partial
from typing import Any

import asyncpg
import pytest

from laborvoice.clock import SystemClock
from laborvoice.demo.receiver import open_receiver
from laborvoice.domain import egress
from laborvoice.domain.ids import EventId
from laborvoice.store.outbox import delivery
from laborvoice.webhooks.guard import Guard
from laborvoice.webhooks.schedule import DELAYS
from laborvoice.webhooks.sender import open_sender
from support.deliveries import listening, once, until

ATTEMPTS = "SELECT status, error_class, ms, address, headers::text, body FROM outbox.attempt ORDER BY at"


async def test_an_event_arrives_signed_and_is_done(outbox: Any, sender: Any, receiver: Any) -> None:
    await listening(outbox, receiver)
    deliveries = outbox.deliveries(sender)
    await once(deliveries)
    rows = await outbox.sql("SELECT id, body FROM outbox.event")
    assert [event.id for event in receiver.events] == [EventId.of(rows[0][0])]
    assert receiver.events[0].timestamp == int(outbox.clock.now().timestamp())
    assert receiver.refused == 0
    assert await outbox.states() == {"done": 1}
    assert deliveries.outcomes == {"ok": 1}
    status, error, ms, address, headers, body = (await outbox.sql(ATTEMPTS))[0]
    assert (status, error, address, headers, body) == (200, None, "127.0.0.1", '[["content-length", "0"]]', b"")
    assert ms >= 0


async def test_a_failure_is_tried_again_on_schedule_with_the_same_id(outbox: Any, sender: Any, receiver: Any) -> None:
    await listening(outbox, receiver)
    deliveries = outbox.deliveries(sender)
    receiver.status = 500
    for made, delay in enumerate(DELAYS[1:], 1):
        await once(deliveries)
        row = (await outbox.sql("SELECT state, attempts, next_attempt_at FROM outbox.delivery"))[0]
        wait = (row[2] - outbox.clock.now()).total_seconds()
        assert (row[0], row[1]) == ("due", made)
        assert 0.8 * delay <= wait <= 1.2 * delay
        outbox.clock.pass_by(seconds=wait - 0.001)
        await once(deliveries)
        outbox.clock.pass_by(seconds=0.001)
    await once(deliveries)
    assert await outbox.states() == {"dead": 1}
    assert deliveries.outcomes == {"http_5xx": 10}
    assert receiver.refused == 0
    assert len(await outbox.sql(ATTEMPTS)) == 10


async def test_a_retry_that_succeeds_is_done(outbox: Any, sender: Any, receiver: Any) -> None:
    await listening(outbox, receiver)
    deliveries = outbox.deliveries(sender)
    receiver.status = 503
    await once(deliveries)
    receiver.status = 200
    outbox.clock.pass_by(seconds=90)
    await once(deliveries)
    assert await outbox.states() == {"done": 1}
    assert [row[0] for row in await outbox.sql(ATTEMPTS)] == [503, 200]


async def test_gone_disables_the_endpoint_and_ends_its_deliveries(outbox: Any, sender: Any, receiver: Any) -> None:
    one = await listening(outbox, receiver, 6)
    receiver.status = 410
    deliveries = outbox.deliveries(sender)
    await once(deliveries)
    await once(deliveries)
    rows = await outbox.sql("SELECT state, reason FROM outbox.endpoint WHERE id = $1", one.endpoint.uuid)
    assert tuple(rows[0]) == ("disabled", "gone")
    assert await outbox.states() == {"dead": 6}
    assert len(await outbox.sql(ATTEMPTS)) == 4


async def test_a_hanging_endpoint_starves_nobody(outbox: Any, sender: Any, receiver: Any) -> None:
    """Its backlog was there first and is longer than all slots; everyone else is served while it still hangs."""
    async with open_receiver(outbox.clock) as dead:
        dead.gate.clear()
        await outbox.many(200, dead.url)
        healthy = [await outbox.many(5, receiver.url) for _ in range(10)]
        receiver.trust(tuple(one.secret for _, one in healthy))
        deliveries = outbox.deliveries(sender, slots=32)
        async with asyncio.timeout(60):
            while len(receiver.counts) < 50:
                await deliveries.claim()
                await deliveries.flush()
        await until(lambda: deliveries.in_flight == 8)
        assert dead.held == 8
        assert dead.events == []
        dead.gate.set()
        await deliveries.drain(15)


async def test_no_connection_is_held_while_a_request_is_out(outbox: Any, sender: Any, receiver: Any) -> None:
    await listening(outbox, receiver, 4)
    receiver.gate.clear()
    deliveries = outbox.deliveries(sender)
    await deliveries.claim()
    await until(lambda: receiver.held == 4)
    busy = await outbox.sql(
        """SELECT count(*) FROM pg_stat_activity WHERE usename = 'laborvoice_courier'
            AND datname = current_database() AND (state <> 'idle' OR xact_start IS NOT NULL)"""
    )
    assert busy[0][0] == 0
    receiver.gate.set()
    await deliveries.drain(15)
    assert await outbox.states() == {"done": 4}


async def test_stopping_hands_back_what_did_not_end(outbox: Any, sender: Any, receiver: Any) -> None:
    await listening(outbox, receiver, 3)
    receiver.gate.clear()
    deliveries = outbox.deliveries(sender)
    await deliveries.claim()
    await until(lambda: receiver.held == 3)
    await deliveries.drain(0.01)
    rows = await outbox.sql("SELECT DISTINCT state, attempts, lease_until FROM outbox.delivery")
    assert [tuple(row) for row in rows] == [("due", 0, None)]
    await deliveries.claim()
    assert deliveries.in_flight == 0


async def test_who_stops_with_nothing_out_settles_what_landed(outbox: Any, sender: Any, receiver: Any) -> None:
    await listening(outbox, receiver)
    deliveries = outbox.deliveries(sender)
    await deliveries.claim()
    await until(lambda: deliveries.in_flight == 0)
    await deliveries.drain(15)
    assert await outbox.states() == {"done": 1}


async def test_an_expired_lease_is_due_again_and_burns_no_attempt(outbox: Any, sender: Any, receiver: Any) -> None:
    await listening(outbox, receiver)
    dies = partial(delivery.claim, now=outbox.clock.now(), room=64, late=False)
    await outbox.pools["courier"].run("dies", dies)
    deliveries = outbox.deliveries(sender)
    outbox.clock.pass_by(seconds=59)
    await once(deliveries)
    assert receiver.counts == {}
    outbox.clock.pass_by(seconds=1)
    await once(deliveries)
    assert list(receiver.counts.values()) == [1]
    assert [row[0] for row in await outbox.sql("SELECT attempts FROM outbox.delivery")] == [1]


async def test_a_late_result_leaves_a_lease_of_another_courier_alone(outbox: Any, sender: Any, receiver: Any) -> None:
    await listening(outbox, receiver)
    receiver.gate.clear()
    deliveries = outbox.deliveries(sender)
    await deliveries.claim()
    await until(lambda: receiver.held == 1)
    outbox.clock.pass_by(seconds=61)

    async def other(db: Any) -> list[delivery.Leased]:
        await delivery.expire(db, outbox.clock.now())
        return await delivery.claim(db, outbox.clock.now(), 64, late=False)

    held = await outbox.pools["courier"].run("other", other)
    receiver.gate.set()
    await deliveries.drain(15)
    rows = await outbox.sql("SELECT id, state, attempts, lease_until FROM outbox.delivery")
    assert [tuple(row) for row in rows] == [(held[0].id.uuid, "leased", 0, held[0].lease_until)]


async def test_a_result_that_cannot_be_written_is_kept(outbox: Any, sender: Any, receiver: Any) -> None:
    await listening(outbox, receiver)
    deliveries = outbox.deliveries(sender)
    await deliveries.claim()
    await until(lambda: deliveries.in_flight == 0)
    await outbox.sql("REVOKE INSERT ON outbox.attempt FROM laborvoice_courier")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await deliveries.flush()
    assert await outbox.states() == {"leased": 1}
    await outbox.sql("GRANT INSERT ON outbox.attempt TO laborvoice_courier")
    await deliveries.flush()
    assert await outbox.states() == {"done": 1}
    assert list(receiver.counts.values()) == [1]


async def test_an_address_that_may_not_be_dialled_is_blocked(outbox: Any, receiver: Any) -> None:
    await listening(outbox, receiver)
    elsewhere = egress.networks(["192.0.2.0/24"])
    rules = egress.Rules(table=egress.networks(["127.0.0.0/8"]), allowed=elsewhere)
    async with open_sender(Guard(rules), SystemClock()) as guarded:
        await once(outbox.deliveries(guarded))
    assert receiver.counts == {}
    assert [tuple(row)[:2] for row in await outbox.sql(ATTEMPTS)] == [(None, "blocked")]


async def test_nobody_listening_is_a_refusal_without_an_address(outbox: Any, sender: Any) -> None:
    async with open_receiver(outbox.clock) as gone:
        pass
    await outbox.many(1, gone.url)
    await once(outbox.deliveries(sender))
    status, error, _, address, headers, body = (await outbox.sql(ATTEMPTS))[0]
    assert (status, error, address, headers, body) == (None, "refused", None, "[]", b"")


async def test_a_secret_sealed_to_another_courier_is_a_failed_attempt(outbox: Any, sender: Any, receiver: Any) -> None:
    await listening(outbox, receiver)
    await outbox.sql("UPDATE outbox.endpoint_secret SET version = 2")
    await once(outbox.deliveries(sender))
    assert [tuple(row)[:2] for row in await outbox.sql(ATTEMPTS)] == [(None, "protocol")]
    assert receiver.counts == {}
