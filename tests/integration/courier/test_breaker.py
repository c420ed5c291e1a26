"""The breaker of a lane: it rests, one probe, and everything that waited goes out; no attempt is burned meanwhile."""

from typing import Any

from laborvoice.demo.receiver import open_receiver
from laborvoice.store.database import Database  # noqa: TC001 - as all our types are imported
from laborvoice.store.outbox import delivery, endpoint
from support.deliveries import once

PAUSE = "SELECT paused_until, park_seconds FROM outbox.endpoint"
TRIED = "SELECT sum(attempts)::int FROM outbox.delivery"


async def closed_port(outbox: Any) -> int:
    async with open_receiver(outbox.clock) as gone:
        return int(gone.url.rpartition(":")[2].partition("/")[0])


async def opened(outbox: Any, sender: Any, port: int, count: int = 30) -> Any:
    """Deliveries to a port that refuses, until their lane rests."""
    _, one = await outbox.many(count, f"http://127.0.0.1:{port}/hook")
    deliveries = outbox.deliveries(sender)
    for _ in range(3):
        await once(deliveries)
    return one, deliveries


async def test_five_refusals_park_the_lane_and_what_waits_burns_nothing(outbox: Any, sender: Any) -> None:
    _, deliveries = await opened(outbox, sender, await closed_port(outbox))
    until, park = (await outbox.sql(PAUSE))[0]
    assert (until - outbox.clock.now()).total_seconds() == park == 30
    tried = (await outbox.sql(TRIED))[0][0]
    assert tried == 8
    outbox.clock.pass_by(seconds=29)
    await once(deliveries)
    assert (await outbox.sql(TRIED))[0][0] == tried
    courier: Database = outbox.pools["courier"]
    waiting = await courier.run("waiting", lambda db: delivery.waiting(db, outbox.clock.now()))
    assert waiting.due == 30
    assert (await courier.run("counts", endpoint.counts)).paused == 1


async def test_one_probe_at_a_time_and_the_pause_doubles(outbox: Any, sender: Any) -> None:
    _, deliveries = await opened(outbox, sender, await closed_port(outbox))
    parks: list[int] = []
    for _ in range(9):
        until, park = (await outbox.sql(PAUSE))[0]
        parks.append(park)
        before = (await outbox.sql(TRIED))[0][0]
        outbox.clock.time = until
        for _ in range(2):
            await once(deliveries)
        assert (await outbox.sql(TRIED))[0][0] == before + 1
    assert parks == [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]


async def test_a_probe_that_arrives_lets_everything_go(outbox: Any, sender: Any) -> None:
    port = await closed_port(outbox)
    one, deliveries = await opened(outbox, sender, port)
    async with open_receiver(outbox.clock, port) as receiver:
        receiver.trust((one.secret,))
        outbox.clock.pass_by(seconds=30)
        await once(deliveries)
        assert len(receiver.counts) == 1
        assert tuple((await outbox.sql(PAUSE))[0]) == (None, None)
        outbox.clock.pass_by(seconds=10)
        for _ in range(10):
            await once(deliveries)
        assert len(receiver.counts) == 30
    assert await outbox.states() == {"done": 30}


async def test_a_probe_whose_courier_died_is_tried_again_after_its_lease(outbox: Any, sender: Any) -> None:
    await opened(outbox, sender, await closed_port(outbox))
    outbox.clock.pass_by(seconds=30)
    courier = outbox.pools["courier"]

    async def dies(db: Any) -> list[delivery.Leased]:
        return await delivery.claim(db, outbox.clock.now(), 64, late=False)

    assert len(await courier.run("dies", dies)) == 1
    assert await courier.run("next", dies) == []
    outbox.clock.pass_by(seconds=60)
    assert len(await courier.run("later", dies)) == 1


async def test_half_of_twenty_failing_opens_too(outbox: Any, sender: Any, receiver: Any) -> None:
    await outbox.many(24, receiver.url)
    deliveries = outbox.deliveries(sender)
    receiver.status = 500
    for _ in range(8):
        await once(deliveries)
    assert (await outbox.sql(PAUSE))[0][1] == 30
    assert (await outbox.sql(TRIED))[0][0] == 20
