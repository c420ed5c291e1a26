"""Trouble is told: to the owner's feed and other endpoints, and to the operators; and at last that it is over."""

import json
from typing import Any

from laborvoice.chance import SystemChance
from laborvoice.domain.ids import PartyId
from laborvoice.pipeline.warn import Warner
from support.deliveries import once

HEARD = """SELECT p.kind, e.type, e.facts::text FROM outbox.feed f JOIN outbox.event e ON e.id = f.event_id
    JOIN registry.party p ON p.id = f.party_id WHERE e.type LIKE 'endpoint.%' ORDER BY f.position"""


async def heard(outbox: Any, kind: str = "brand") -> list[tuple[str, str, int]]:
    await Warner(outbox.pools["courier"], outbox.clock, SystemChance()).warn()
    await outbox.tell()
    rows = [(row[0], row[1], json.loads(row[2])) for row in await outbox.sql(HEARD)]
    return [(name.removeprefix("endpoint."), told["reason"], told["level"]) for who, name, told in rows if who == kind]


async def failing(outbox: Any, sender: Any, receiver: Any, hours: int) -> Any:
    """A delivery that fails now, and one that fails so many hours later."""
    _, one = await outbox.many(2, receiver.url)
    await outbox.party("operator")
    receiver.status = 500
    deliveries = outbox.deliveries(sender)
    await once(deliveries)
    outbox.clock.pass_by(hours=hours)
    await once(deliveries)
    return one


async def test_warned_at_each_step_and_switched_off_after_120_hours(outbox: Any, sender: Any, receiver: Any) -> None:
    await failing(outbox, sender, receiver, 60)
    assert await heard(outbox) == [("failing", "failing", 50)]
    assert await heard(outbox, "operator") == [("failing", "failing", 50)]
    deliveries = outbox.deliveries(sender)
    told: list[tuple[str, str, int]] = []
    for hours in (24, 24, 12):
        outbox.clock.pass_by(hours=hours)
        await outbox.sql(
            "UPDATE outbox.delivery SET state = 'due', attempts = 0, next_attempt_at = now() - interval '9 y'"
        )
        await once(deliveries)
        told = await heard(outbox)
    assert told[1:] == [("failing", "failing", 70), ("failing", "failing", 90), ("disabled", "auto", 100)]
    row = (await outbox.sql("SELECT state, reason, disabled_on, paused_until FROM outbox.endpoint"))[0]
    assert tuple(row) == ("disabled", "auto", outbox.clock.now().date(), None)
    assert await heard(outbox) == told


async def test_it_recovers_with_the_first_success(outbox: Any, sender: Any, receiver: Any) -> None:
    one = await failing(outbox, sender, receiver, 61)
    await heard(outbox)
    receiver.status = 200
    receiver.trust((one.secret,))
    outbox.clock.pass_by(hours=1)
    await once(outbox.deliveries(sender))
    assert (await heard(outbox))[-1] == ("recovered", "recovered", 0)


async def test_a_success_ends_what_failed_before(outbox: Any, sender: Any, receiver: Any) -> None:
    one = (await outbox.many(2, receiver.url))[1]
    receiver.trust((one.secret,))
    deliveries = outbox.deliveries(sender)
    receiver.status = 500
    await once(deliveries)
    assert (await outbox.sql("SELECT failing_since FROM outbox.endpoint"))[0][0] is not None
    receiver.status = 200
    outbox.clock.pass_by(minutes=1)
    await once(outbox.deliveries(sender))
    assert tuple((await outbox.sql("SELECT failing_since, failed_at FROM outbox.endpoint"))[0]) == (None, None)
    assert await heard(outbox) == []


async def test_other_endpoints_are_told_and_the_broken_one_is_not(outbox: Any, sender: Any, receiver: Any) -> None:
    await failing(outbox, sender, receiver, 61)
    broken = (await outbox.sql("SELECT id, party_id FROM outbox.endpoint"))[0]
    other = await outbox.endpoint(PartyId.of(broken[1]), receiver.url)
    await heard(outbox)
    rows = await outbox.sql(
        """SELECT d.endpoint_id FROM outbox.delivery d JOIN outbox.event e ON e.id = d.event_id
            WHERE e.type = 'endpoint.failing'"""
    )
    assert [row[0] for row in rows] == [other.endpoint.uuid]


async def test_gone_and_by_hand_are_told_once(outbox: Any, sender: Any, receiver: Any) -> None:
    _, one = await outbox.many(1, receiver.url)
    receiver.trust((one.secret,))
    receiver.status = 410
    await once(outbox.deliveries(sender))
    assert await heard(outbox) == [("disabled", "gone", 0)]
    assert await heard(outbox) == [("disabled", "gone", 0)]


async def test_one_that_is_on_again_has_its_120_hours_anew(outbox: Any, sender: Any, receiver: Any) -> None:
    await failing(outbox, sender, receiver, 121)
    assert (await heard(outbox))[-1] == ("disabled", "auto", 100)
    await outbox.sql("UPDATE outbox.endpoint SET state = 'active', reason = NULL, disabled_on = NULL")
    outbox.clock.pass_by(hours=10)
    before = await heard(outbox)
    await once(outbox.deliveries(sender))
    assert await heard(outbox) == before
    assert (await outbox.sql("SELECT state, level FROM outbox.endpoint"))[0][0] == "active"


async def test_many_are_gone_through_in_portions(outbox: Any) -> None:
    for _ in range(3):
        await outbox.many(1, "http://127.0.0.1:9/")
    await outbox.sql("UPDATE outbox.endpoint SET level = 50")
    warner = Warner(outbox.pools["courier"], outbox.clock, SystemChance(), batch=2)
    assert [await warner.warn(), await warner.warn(), await warner.warn()] == [True, False, False]
    assert (await outbox.sql("SELECT count(*) FROM outbox.event WHERE type = 'endpoint.recovered'"))[0][0] == 3
