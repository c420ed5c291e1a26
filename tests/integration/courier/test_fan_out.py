"""Fan-out: who hears, in what order, with which bytes; nothing before its time."""

import asyncio
import json
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from laborvoice.domain.event import of_party
from laborvoice.domain.ids import EventId, PartyId
from laborvoice.store.outbox import event, head

HEARD = "SELECT party_id, position, event_id FROM outbox.feed ORDER BY party_id, position"


async def heard(outbox: Any) -> dict[PartyId, list[EventId]]:
    found: dict[PartyId, list[EventId]] = {}
    for party, position, one in await outbox.sql(HEARD):
        feed = found.setdefault(PartyId.of(party), [])
        feed.append(EventId.of(one))
        assert position == len(feed)
    return found


async def test_linked_brands_and_covering_watchdogs_hear(outbox: Any) -> None:
    supplier = await outbox.supplier("BD", ("1410",))
    brand = await outbox.brand(supplier)
    covering = [await outbox.watchdog(scope) for scope in ("all", "BD", "BD-14", str(supplier.uuid))]
    twice = await outbox.watchdog("all", "BD")
    for scope in ("IN", "BD-15", str(brand.uuid)):
        await outbox.watchdog(scope)
    await outbox.brand(await outbox.supplier())
    one = outbox.event(supplier)
    await outbox.put(one)
    assert await outbox.tell() is False
    assert await heard(outbox) == {party: [one.id] for party in (brand, twice, *covering)}


@pytest.mark.parametrize(
    ("begins", "ends", "state", "hears"),
    [
        (date(2026, 9, 30), None, "confirmed", True),
        (date(2026, 10, 1), None, "confirmed", False),
        (date(2026, 1, 1), date(2026, 9, 30), "confirmed", True),
        (date(2026, 1, 1), date(2026, 9, 29), "confirmed", False),
        (date(2026, 1, 1), None, "claimed", False),
        (date(2026, 1, 1), None, "ended", False),
    ],
)
async def test_a_link_counts_if_it_is_active_when_the_period_ends(
    outbox: Any, begins: date, ends: date | None, state: str, *, hears: bool
) -> None:
    supplier = await outbox.supplier()
    brand = await outbox.party()
    await outbox.link(brand, supplier, begins, ends, state)
    await outbox.put(outbox.event(supplier))
    await outbox.tell()
    assert (brand in await heard(outbox)) is hears


async def test_without_a_period_the_day_of_the_event_counts(outbox: Any) -> None:
    supplier = await outbox.supplier()
    brand = await outbox.party()
    await outbox.link(brand, supplier, date(2026, 10, 8))
    await outbox.put(msgspec.structs.replace(outbox.event(supplier), period=None))
    await outbox.tell()
    assert brand in await heard(outbox)


async def test_a_party_alone_hears_what_is_for_it(outbox: Any) -> None:
    supplier = await outbox.supplier()
    brand, other = await outbox.brand(supplier), await outbox.party("watchdog")
    one = msgspec.structs.replace(outbox.event(supplier), audience=of_party(other))
    await outbox.put(one)
    await outbox.tell()
    assert brand != other
    assert await heard(outbox) == {other: [one.id]}


@pytest.mark.parametrize("state", ["open", "closing"])
async def test_nothing_leaves_before_the_period_is_counted(outbox: Any, state: str) -> None:
    supplier = await outbox.supplier()
    brand = await outbox.brand(supplier)
    one = outbox.event(supplier)
    await outbox.period(state=state)
    await outbox.put(one)
    await outbox.tell()
    assert await heard(outbox) == {}
    await outbox.period(state="burning")
    await outbox.tell()
    assert await heard(outbox) == {brand: [one.id]}


async def test_nothing_leaves_before_its_time(outbox: Any) -> None:
    supplier = await outbox.supplier()
    brand = await outbox.brand(supplier)
    one = msgspec.structs.replace(outbox.event(supplier), not_before=outbox.clock.now() + timedelta(days=24))
    await outbox.put(one)
    await outbox.tell()
    assert await heard(outbox) == {}
    outbox.clock.pass_by(days=24)
    await outbox.tell()
    assert await heard(outbox) == {brand: [one.id]}


async def test_the_body_is_what_the_design_shows(outbox: Any) -> None:
    supplier = await outbox.supplier()
    released, changed = outbox.event(supplier), outbox.event(supplier, "score.band_changed")
    await outbox.put(released, changed)
    await outbox.tell()
    rows = await outbox.sql("SELECT id, body FROM outbox.event")
    bodies = {EventId.of(row[0]): row[1] for row in rows}
    assert json.loads(bodies[changed.id]) == {
        "id": changed.id,
        "type": "score.band_changed",
        "timestamp": "2026-10-08T00:00:00Z",
        "schema_version": 1,
        "sequence": 1,
        "data": {
            "supplier": supplier,
            "period": "2026-Q3",
            "release": changed.facts.release,
            "url": f"https://voice.example/v1/suppliers/{supplier}/score?period=2026-Q3",
        },
    }
    assert json.loads(bodies[released.id])["data"]["url"].endswith(f"/v1/releases/{released.facts.release}")
    assert all(b" " not in body and len(body) <= 4096 for body in bodies.values())


async def test_sequences_count_each_resource_type_and_audience(outbox: Any) -> None:
    this, other = await outbox.supplier(), await outbox.supplier()
    party = await outbox.party()
    first = [outbox.event(this), outbox.event(this, "score.changed"), outbox.event(other)]
    second = [
        outbox.event(this),
        outbox.event(this),
        msgspec.structs.replace(outbox.event(this), audience=of_party(party)),
    ]
    for batch in (first, second):
        await outbox.put(*batch)
        await outbox.tell()
    rows = await outbox.sql("SELECT id, sequence FROM outbox.event")
    numbers = {EventId.of(row[0]): row[1] for row in rows}
    assert [numbers[one.id] for one in first] == [1, 1, 1]
    assert sorted(numbers[one.id] for one in second[:2]) == [2, 3]
    assert numbers[second[2].id] == 1


async def test_deliveries_go_to_active_endpoints_that_want_the_type(outbox: Any) -> None:
    supplier = await outbox.supplier()
    brand = await outbox.brand(supplier)
    every = await outbox.endpoint(brand, "http://127.0.0.1:9/every")
    some = await outbox.endpoint(brand, "http://127.0.0.1:9/some", "score.changed")
    off = await outbox.endpoint(brand, "http://127.0.0.1:9/off")
    await outbox.sql("UPDATE outbox.endpoint SET state = 'disabled' WHERE id = $1", off.endpoint.uuid)
    await outbox.endpoint(await outbox.party(), "http://127.0.0.1:9/stranger")
    released, scored = outbox.event(supplier), outbox.event(supplier, "score.changed")
    await outbox.put(released, scored)
    await outbox.tell()
    rows = await outbox.sql("SELECT endpoint_id, event_id, state FROM outbox.delivery")
    assert {tuple(row) for row in rows} == {
        (every.endpoint.uuid, released.id.uuid, "due"),
        (every.endpoint.uuid, scored.id.uuid, "due"),
        (some.endpoint.uuid, scored.id.uuid, "due"),
    }


async def test_couriers_are_rung_when_deliveries_are_due(outbox: Any) -> None:
    bell = asyncio.Event()
    courier = await outbox.role("courier")
    async with courier.listen("outbox_due", bell.set):
        await outbox.many(1, "http://127.0.0.1:9/")
        await asyncio.wait_for(bell.wait(), 10)


async def test_a_full_batch_says_that_more_may_wait(outbox: Any) -> None:
    supplier = await outbox.supplier()
    await outbox.put(*(outbox.event(supplier) for _ in range(3)))
    assert [await outbox.tell(2) for _ in range(3)] == [True, False, False]


async def test_several_couriers_tell_each_event_once(outbox: Any) -> None:
    supplier = await outbox.supplier()
    brand = await outbox.brand(supplier)
    events = [outbox.event(supplier) for _ in range(40)]
    await outbox.put(*events)

    async def all_of_them() -> None:
        for _ in range(20):
            await outbox.tell(3)

    await asyncio.gather(*(all_of_them() for _ in range(3)))
    await outbox.tell()
    found = (await heard(outbox))[brand]
    assert sorted(found) == sorted(one.id for one in events)
    numbers = await outbox.sql("SELECT sequence FROM outbox.event ORDER BY sequence")
    assert [row[0] for row in numbers] == list(range(1, 41))


async def test_who_finds_the_head_locked_leaves_it(outbox: Any) -> None:
    supplier = await outbox.supplier()
    await outbox.put(outbox.event(supplier))
    courier = await outbox.role("courier")

    async def holding(db: Any) -> bool:
        assert await head.lock(db)
        return bool(await outbox.tell(1))

    assert await courier.run("hold", holding) is False
    assert await outbox.tell(1) is True


async def test_an_event_and_its_fact_are_one_transaction(outbox: Any) -> None:
    supplier = await outbox.supplier()
    vault = await outbox.role("vault")

    async def fails(db: Any) -> None:
        await event.put(db, [outbox.event(supplier)])
        raise RuntimeError("the fact could not be written")

    with pytest.raises(RuntimeError):
        await vault.run("release", fails)
    assert await outbox.sql("SELECT id FROM outbox.event") == []
