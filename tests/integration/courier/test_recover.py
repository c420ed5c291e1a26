"""Recovery and replay: what was missed goes out again, with the same ids, and nobody else waits for it."""

import tracemalloc
from datetime import timedelta
from typing import Any

from laborvoice.chance import SystemChance
from laborvoice.demo.receiver import open_receiver
from laborvoice.domain.ids import EventId, JobId
from laborvoice.pipeline.recover import PORTION, recover
from laborvoice.store.database import Database  # noqa: TC001 - as all our types are imported
from laborvoice.store.outbox import recovery
from laborvoice.store.outbox.recovery import Recovery
from support.deliveries import listening, once, until

JOB = "SELECT state, done, position FROM outbox.recovery"
FED = """
WITH fresh AS (
    INSERT INTO outbox.event (id, type, audience, resource, facts, occurred_on, sequence, body, expanded)
    SELECT gen_random_uuid(), 'release.published', 'party:x', 'x', '{}', $2, n, v.body, true
    FROM generate_series(1, $1) n, (SELECT body FROM outbox.event LIMIT 1) v RETURNING id
)
INSERT INTO outbox.feed SELECT e.party_id, 1000 + row_number() OVER (), fresh.id
FROM fresh, (SELECT party_id FROM outbox.endpoint WHERE id = $3) e"""


async def asked(outbox: Any, one: Any, *, failed: bool = True, never_sent: bool = True, **more: Any) -> JobId:
    """As the portal asks."""
    job = JobId.draw(SystemChance().bytes(16))
    now = outbox.clock.now()
    made = Recovery(
        id=job,
        endpoint_id=one.endpoint,
        since=more.get("since", now - timedelta(days=30)),
        until=more.get("until", now + timedelta(days=1)),
        types=more.get("types", ()),
        failed=failed,
        never_sent=never_sent,
        state="waiting",
        done=0,
        total=more.get("total", 0),
        created_on=now.date(),
    )
    courier: Database = outbox.pools["courier"]
    await courier.run("ask", lambda db: recovery.put(db, made))
    return job


async def work(outbox: Any, rows: int = 64) -> bool:
    return await recover(outbox.pools["courier"], outbox.clock, SystemChance(), rows)


async def done(outbox: Any) -> int:
    while await work(outbox):
        pass
    state, count, _ = (await outbox.sql(JOB))[0]
    assert state == "done"
    return int(count)


async def ids(outbox: Any) -> set[str]:
    return {EventId.of(row[0]) for row in await outbox.sql("SELECT event_id FROM outbox.feed")}


async def test_the_failed_and_the_never_sent_go_out_with_their_ids(outbox: Any, sender: Any, receiver: Any) -> None:
    one = await listening(outbox, receiver, 6)
    await outbox.sql("UPDATE outbox.delivery SET state = 'dead', attempts = 10 WHERE position <= 2")
    await outbox.sql("DELETE FROM outbox.delivery WHERE position IN (3, 4)")
    await once(outbox.deliveries(sender))
    assert len(receiver.counts) == 2
    await asked(outbox, one)
    assert await done(outbox) == 4
    await once(outbox.deliveries(sender))
    assert set(receiver.counts) == await ids(outbox)
    assert receiver.counts.total() == 6
    assert [row[0] for row in await outbox.sql("SELECT position FROM outbox.delivery ORDER BY 1")] == [1, 2, 3, 4, 5, 6]


async def test_either_kind_alone(outbox: Any, receiver: Any) -> None:
    one = await listening(outbox, receiver, 4)
    await outbox.sql("UPDATE outbox.delivery SET state = 'dead' WHERE position <= 1")
    await outbox.sql("DELETE FROM outbox.delivery WHERE position IN (2, 3)")
    await asked(outbox, one, failed=False)
    assert await done(outbox) == 2
    assert await outbox.states() == {"dead": 1, "due": 3}
    await outbox.sql("DELETE FROM outbox.recovery")
    await asked(outbox, one, never_sent=False)
    assert await done(outbox) == 1


async def test_span_and_types_are_kept_to(outbox: Any, receiver: Any) -> None:
    one = await listening(outbox, receiver, 3)
    await outbox.sql("UPDATE outbox.delivery SET state = 'dead'")
    now = outbox.clock.now()
    spans: tuple[dict[str, Any], ...] = (
        {"until": now},
        {"since": now + timedelta(seconds=1)},
        {"types": ("score.changed",)},
    )
    for span in spans:
        await outbox.sql("DELETE FROM outbox.recovery")
        await asked(outbox, one, **span)
        assert await done(outbox) == 0
    await outbox.sql("DELETE FROM outbox.recovery")
    await asked(outbox, one, since=now, types=("release.published",))
    assert await done(outbox) == 3


async def test_what_was_sent_and_forgotten_is_not_sent_again(outbox: Any, sender: Any, receiver: Any) -> None:
    """Deliveries that are done go after a day; their attempts tell that there was one."""
    one = await listening(outbox, receiver, 2)
    await once(outbox.deliveries(sender))
    await outbox.sql("DELETE FROM outbox.delivery")
    await asked(outbox, one)
    assert await done(outbox) == 0


async def test_a_job_goes_on_where_it_was_left(outbox: Any, receiver: Any) -> None:
    one = await listening(outbox, receiver, 10)
    await outbox.sql("UPDATE outbox.delivery SET state = 'dead'")
    await asked(outbox, one)
    assert await work(outbox, rows=4)
    assert tuple((await outbox.sql(JOB))[0]) == ("running", 4, 4)
    assert await done(outbox) == 10


async def test_the_lane_is_never_given_more_than_a_portion_ahead(outbox: Any, sender: Any, receiver: Any) -> None:
    """50,000 missed; while they go, memory is flat, and another endpoint's event leaves with the next claim."""
    one = await listening(outbox, receiver, 1)
    now = outbox.clock.now()
    await outbox.sql(FED, 50_000, now, one.endpoint.uuid)
    await asked(outbox, one, total=50_000)
    deliveries = outbox.deliveries(sender)
    tracemalloc.start()
    for _ in range(40):
        await work(outbox)
        due = (await outbox.sql("SELECT count(*) FROM outbox.delivery WHERE state = 'due'"))[0][0]
        assert due <= 2 * PORTION
        await once(deliveries)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000
    async with open_receiver(outbox.clock) as healthy:
        _, other = await outbox.many(1, healthy.url)
        healthy.trust((other.secret,))
        await once(deliveries)
        assert len(healthy.counts) == 1
    assert receiver.counts.total() == len(receiver.counts) >= 160


async def test_50_000_become_due_and_each_once(outbox: Any, receiver: Any) -> None:
    one = await listening(outbox, receiver, 1)
    await outbox.sql(FED, 50_000, outbox.clock.now(), one.endpoint.uuid)
    await outbox.sql("UPDATE outbox.delivery SET state = 'done'")
    await asked(outbox, one, total=50_000)
    while await work(outbox, rows=5_000):
        await outbox.sql("UPDATE outbox.delivery SET state = 'done' WHERE state = 'due'")
    assert (await outbox.sql(JOB))[0][:2] == ("done", 50_000)
    rows = await outbox.sql("SELECT count(*), count(DISTINCT event_id) FROM outbox.delivery")
    assert tuple(rows[0]) == (50_001, 50_001)


async def test_a_replay_has_the_same_id_and_is_delivered_beside_the_first(
    outbox: Any, sender: Any, receiver: Any
) -> None:
    await listening(outbox, receiver, 1)
    await once(outbox.deliveries(sender))
    await outbox.sql(
        """INSERT INTO outbox.delivery (id, event_id, endpoint_id, state, replay, next_attempt_at)
            SELECT gen_random_uuid(), event_id, endpoint_id, 'due', true, $1 FROM outbox.delivery""",
        outbox.clock.now(),
    )
    await once(outbox.deliveries(sender))
    assert list(receiver.counts.values()) == [2]
    assert await outbox.states() == {"done": 2}


async def test_a_week_in_the_dark_and_then_everything(outbox: Any, sender: Any) -> None:
    """A receiver that is down for seven days gets every event after a recovery; who only polls has the same ids."""
    async with open_receiver(outbox.clock) as gone:
        port = int(gone.url.rpartition(":")[2].partition("/")[0])
    supplier = await outbox.supplier()
    brand = await outbox.brand(supplier)
    one = await outbox.endpoint(brand, f"http://127.0.0.1:{port}/hook")
    deliveries = outbox.deliveries(sender)
    for _ in range(7 * 12):
        await outbox.put(outbox.event(supplier))
        await outbox.tell()
        await once(deliveries)
        outbox.clock.pass_by(hours=2)
    assert set(await outbox.states()) >= {"due"}
    async with open_receiver(outbox.clock, port) as back:
        back.trust((one.secret,))
        await outbox.sql("UPDATE outbox.endpoint SET state = 'active', reason = NULL")
        await asked(outbox, one)
        for _ in range(60):
            await work(outbox)
            await once(deliveries)
            outbox.clock.pass_by(hours=1)
        await until(lambda: len(back.counts) == 84)
        assert set(back.counts) == await ids(outbox)
    assert await outbox.states() == {"done": 84}
