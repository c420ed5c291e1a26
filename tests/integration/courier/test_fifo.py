"""A fifo lane: one at a time, in the order of the feed; the first holds up the rest until it is done or dead."""

from typing import Any

from laborvoice.store.database import Database  # noqa: TC001 - as all our types are imported
from laborvoice.store.outbox import delivery
from support.deliveries import listening, once, until


async def fed(outbox: Any) -> list[str]:
    rows = await outbox.sql(
        "SELECT e.body FROM outbox.feed f JOIN outbox.event e ON e.id = f.event_id ORDER BY position"
    )
    return [row[0].partition(b'"id":"')[2].partition(b'"')[0].decode() for row in rows]


async def ordered(outbox: Any, receiver: Any, count: int) -> Any:
    one = await listening(outbox, receiver, count)
    await outbox.sql("UPDATE outbox.endpoint SET fifo = true")
    return one


async def test_one_at_a_time_in_order(outbox: Any, sender: Any, receiver: Any) -> None:
    await ordered(outbox, receiver, 6)
    deliveries = outbox.deliveries(sender)
    receiver.gate.clear()
    for _ in range(3):
        await deliveries.claim()
    await until(lambda: receiver.held == 1)
    assert deliveries.in_flight == 1
    receiver.gate.set()
    await until(lambda: deliveries.in_flight == 0)
    await deliveries.flush()
    for _ in range(5):
        await once(deliveries)
    assert [str(event.id) for event in receiver.events] == await fed(outbox)


async def test_the_first_holds_the_lane_until_it_is_dead(outbox: Any, sender: Any, receiver: Any) -> None:
    await ordered(outbox, receiver, 3)
    deliveries = outbox.deliveries(sender)
    receiver.status = 500
    for made in range(1, 11):
        await once(deliveries)
        tried = await outbox.sql("SELECT attempts FROM outbox.delivery ORDER BY position")
        assert [row[0] for row in tried] == [made, 0, 0]
        if made < 10:
            await deliveries.claim()
            assert deliveries.in_flight == 0
        outbox.clock.pass_by(hours=30)
    receiver.status = 200
    for _ in range(2):
        await once(deliveries)
    assert await outbox.states() == {"dead": 1, "done": 2}
    assert [str(event.id) for event in receiver.events] == (await fed(outbox))[1:]


async def test_two_couriers_never_have_two_of_a_lane(outbox: Any, receiver: Any) -> None:
    one = await ordered(outbox, receiver, 4)
    courier: Database = outbox.pools["courier"]
    now = outbox.clock.now()

    async def claim(db: Any) -> int:
        await delivery.lock_ordered(db, now, 64)
        return len(await delivery.claim_heads(db, now, [one.endpoint], 64, late=True))

    assert [await courier.run("one", claim), await courier.run("two", claim)] == [1, 0]
    assert await courier.run("three", lambda db: delivery.claim(db, now, 64, late=False)) == []
