"""The courier as a process: from the outbox to receivers, stopped politely, and killed in mid-flight."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from laborvoice import loop
from laborvoice.bootstrap.courier import CourierParts, master_key, open_courier
from laborvoice.chance import SystemChance
from laborvoice.clock import SystemClock
from laborvoice.demo.receiver import open_receiver
from laborvoice.errors import BadSetting
from laborvoice.metrics import Metric, render
from laborvoice.settings import CourierSettings, load

MASTER = bytes(range(32)).hex()
LEASED = "SELECT count(*) FROM outbox.delivery WHERE state = 'leased'"

CHILD = """
import asyncio, json, signal, sys
from datetime import timedelta
from laborvoice import loop
from laborvoice.bootstrap.courier import open_courier
from laborvoice.chance import SystemChance
from laborvoice.clock import SystemClock
from laborvoice.settings import load

class Ahead(SystemClock):
    def now(self):
        return super().now() + timedelta(seconds=float(sys.argv[2]))

async def main():
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with open_courier(load("courier", json.loads(sys.argv[1]), {}), Ahead(), SystemChance()) as parts:
        await loop.run(parts.beats, Ahead(), stop)

asyncio.run(main())
"""

WALLS = """
import sys
import laborvoice.bootstrap.courier
walls = {"gmpy2", "opendp", "litestar", "uvicorn"}
rooms = {"keyring", "anonymize", "domain.report", "crypto.opening", "crypto.issuer", "store.desk", "store.release"}
held = [name for name in sys.modules for room in rooms if name.startswith(f"laborvoice.{room}")]
ballot = [name for name in sys.modules if name.startswith("laborvoice.store.ballot.")]
print([*sorted(walls & set(sys.modules)), *held, *ballot])
"""


def environ(outbox: Any) -> dict[str, str]:
    return {
        "LABORVOICE_HOME": "/nonexistent",
        "LABORVOICE_DATABASE_URL": outbox.cluster.dsn("courier"),
        "LABORVOICE_COURIER_KEYS": MASTER,
        "LABORVOICE_ORIGIN": "https://voice.example",
        "LABORVOICE_CONTACT_URL": "https://voice.example/contact",
        "LABORVOICE_EGRESS_ALLOW": "127.0.0.0/8",
    }


def settings(outbox: Any, **changes: str) -> CourierSettings:
    return load("courier", environ(outbox), changes)


async def until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not reached():  # noqa: ASYNC110 - what is waited for happens in another process
            await asyncio.sleep(0.01)


@asynccontextmanager
async def running(outbox: Any) -> AsyncGenerator[CourierParts]:
    """A courier in this process, its beats beating."""
    stop = asyncio.Event()
    async with open_courier(settings(outbox), SystemClock(), SystemChance()) as parts:
        beats = asyncio.create_task(loop.run(parts.beats, SystemClock(), stop))
        try:
            yield parts
        finally:
            stop.set()
            await beats


@asynccontextmanager
async def child(outbox: Any, ahead: float = 0) -> AsyncGenerator[asyncio.subprocess.Process]:
    started = await asyncio.create_subprocess_exec(sys.executable, "-c", CHILD, json.dumps(environ(outbox)), str(ahead))
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
            await started.wait()


@pytest.fixture
def now(outbox: Any) -> None:
    """What is put is put today: couriers with the machine's clock neither wait for it nor purge it."""
    outbox.clock.time = SystemClock().now()


@pytest.mark.usefixtures("now")
async def test_an_event_reaches_its_receiver_and_the_metrics(outbox: Any) -> None:
    async with open_receiver(SystemClock()) as receiver, running(outbox) as parts:
        supplier = await outbox.supplier()
        brand = await outbox.brand(supplier)
        one = await outbox.endpoint(brand, receiver.url)
        receiver.trust((one.secret,), (await outbox.public_key(one),))
        await outbox.put(outbox.event(supplier), outbox.event(supplier, "score.changed"))
        await until(lambda: len(receiver.counts) == 2)
        assert receiver.types == {"release.published": 1, "score.changed": 1}
        assert receiver.refused == 0
        await until(lambda: parts.deliveries.outcomes["ok"] == 2)
        page = render("courier", await parts.samples())
    assert b'laborvoice_webhook_attempts_total{class="ok"} 2' in page
    assert b"laborvoice_webhook_due 0" in page


@pytest.mark.usefixtures("now")
async def test_what_waits_is_seen_with_its_age(outbox: Any) -> None:
    await outbox.many(3, "http://127.0.0.1:9/")
    outbox.clock.pass_by(seconds=-90)
    await outbox.sql("UPDATE outbox.delivery SET next_attempt_at = $1", outbox.clock.now())
    async with open_courier(settings(outbox), SystemClock(), SystemChance()) as parts:
        samples = await parts.samples()
    assert samples[Metric.DUE, ()] == 3
    assert samples[Metric.OLDEST_DUE, ()] >= 90


@pytest.mark.usefixtures("now")
async def test_full_batches_are_told_and_purged_without_waiting(outbox: Any) -> None:
    supplier = await outbox.supplier()
    await outbox.put(*(outbox.event(supplier) for _ in range(1_100)))
    async with open_courier(settings(outbox), SystemClock(), SystemChance()) as parts:
        fan_out = next(beat for beat in parts.beats if beat.name == "fan_out")
        purge = next(beat for beat in parts.beats if beat.name == "purge")
        assert fan_out.bell is not None
        assert purge.bell is not None
        await fan_out.step()
        assert fan_out.bell.is_set()
        fan_out.bell.clear()
        for _ in range(2):
            await fan_out.step()
        await outbox.sql("UPDATE outbox.event SET occurred_on = occurred_on - interval '31 days'")
        await purge.step()
        assert purge.bell.is_set()
        purge.bell.clear()
        await purge.step()
        assert not purge.bell.is_set()
    assert await outbox.sql("SELECT 1 FROM outbox.event") == []


@pytest.mark.usefixtures("now")
async def test_killed_in_flight_loses_no_event_and_repeats_none_but_those_in_flight(outbox: Any) -> None:
    async with open_receiver(SystemClock()) as receiver:
        told = [await outbox.many(100, receiver.url) for _ in range(10)]
        receiver.trust(tuple(one.secret for _, one in told))
        async with child(outbox) as first:
            await until(lambda: len(receiver.counts) >= 200)
            receiver.gate.clear()
            await until(lambda: receiver.held >= 32)
            first.send_signal(signal.SIGKILL)
            await first.wait()
        leased = (await outbox.sql(LEASED))[0][0]
        receiver.gate.set()
        await until(lambda: receiver.held == 0)
        assert leased >= 32
        # The clock of the next one is ahead, so that the leases of the killed one have run out.
        async with child(outbox, ahead=61) as second:
            await until(lambda: len(receiver.counts) == 1_000)
            second.send_signal(signal.SIGTERM)
            assert await second.wait() == 0
        rows = await outbox.sql("SELECT id FROM outbox.event")
        assert len(rows) == 1_000
        assert 0 < receiver.counts.total() - 1_000 <= leased
        assert receiver.refused == 0
        assert await outbox.states() == {"done": 1_000}


@pytest.mark.usefixtures("now")
async def test_stopped_politely_it_ends_what_is_out_and_leases_nothing(outbox: Any) -> None:
    async with open_receiver(SystemClock()) as receiver:
        _, one = await outbox.many(20, receiver.url)
        receiver.trust((one.secret,))
        receiver.gate.clear()
        async with child(outbox) as courier:
            await until(lambda: receiver.held == 8)
            courier.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.3)
            assert courier.returncode is None
            receiver.gate.set()
            assert await courier.wait() == 0
        assert await outbox.states() == {"done": 8, "due": 12}
        assert len(receiver.counts) == 8


@pytest.mark.parametrize("text", ["", "ab", MASTER[:-1], MASTER + "00", "g" * 64])
def test_a_key_that_is_not_64_digits_is_a_bad_setting(text: str) -> None:
    with pytest.raises(BadSetting):
        master_key(text)


async def test_the_process_does_not_hold_what_could_read_a_ballot() -> None:
    found = await asyncio.create_subprocess_exec(sys.executable, "-c", WALLS, stdout=asyncio.subprocess.PIPE)
    out, _ = await found.communicate()
    assert out.strip() == b"['laborvoice.store.ballot.period_state']"
