"""The statements of the outbox: rights, fairness, and a claim whose cost does not grow with what waits."""

import asyncio
import importlib
import json
import pkgutil
import re
from datetime import timedelta
from functools import partial
from typing import Any

import asyncpg
import pytest

from laborvoice.domain.ids import EndpointId
from laborvoice.pipeline.purge import purge
from laborvoice.store import outbox as rooms
from laborvoice.store.database import Database
from laborvoice.store.outbox import courier_key, delivery, endpoint_key, feed

ROLES = ("intake", "vault", "portal", "courier")
STATEMENTS = [
    (module.name, name, text)
    for module in pkgutil.iter_modules(rooms.__path__)
    for name, text in vars(importlib.import_module(f"{rooms.__name__}.{module.name}")).items()
    if isinstance(text, str) and text.startswith("-- ")
]


@pytest.mark.parametrize(("module", "name", "text"), STATEMENTS, ids=lambda value: str(value)[:20])
async def test_a_statement_says_who_may_run_it(outbox: Any, module: str, name: str, text: str) -> None:
    title, roles, _ = text.split("\n", 2)
    assert re.fullmatch(rf"-- outbox\.{module}\.[a-z_]+", title)
    assert name.isupper()
    connection = await asyncpg.connect(outbox.cluster.superuser)
    allowed = [role for role in ROLES if await may_run(connection, role, text)]
    await connection.close()
    assert roles == f"-- roles: {', '.join(allowed)}"


async def may_run(connection: Any, role: str, text: str) -> bool:
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(f"SET LOCAL ROLE laborvoice_{role}")
        await connection.execute(f"EXPLAIN (GENERIC_PLAN) {text}")
    except asyncpg.InsufficientPrivilegeError:
        return False
    finally:
        await transaction.rollback()
    return True


def courier_of(outbox: Any) -> Database:
    pool: Database = outbox.pools["courier"]
    return pool


async def role(outbox: Any, name: str) -> Database:
    pool: Database = await outbox.role(name)
    return pool


async def claim(outbox: Any, room: int = 64, *, late: bool = False) -> list[delivery.Leased]:
    now = outbox.clock.now()
    return await courier_of(outbox).run("claim", lambda db: delivery.claim(db, now, room, late=late))


def lanes(claimed: list[delivery.Leased]) -> dict[EndpointId, int]:
    ids = [one.endpoint_id for one in claimed]
    return {one: ids.count(one) for one in ids}


async def test_a_claim_takes_few_of_each_lane_and_few_in_all(outbox: Any) -> None:
    for _ in range(20):
        await outbox.many(9, "http://127.0.0.1:9/")
    claimed = await claim(outbox)
    assert len(claimed) == 64
    assert set(lanes(claimed).values()) == {4}


async def test_lanes_are_served_least_recently_served_first(outbox: Any) -> None:
    for _ in range(6):
        await outbox.many(9, "http://127.0.0.1:9/")
    first = lanes(await claim(outbox, 8))
    outbox.clock.pass_by(seconds=1)
    second = lanes(await claim(outbox, 8))
    outbox.clock.pass_by(seconds=1)
    third = lanes(await claim(outbox, 8))
    outbox.clock.pass_by(seconds=1)
    assert len({*first, *second, *third}) == 6
    assert lanes(await claim(outbox, 8)) == first


async def test_a_lane_has_at_most_its_cap_in_flight(outbox: Any) -> None:
    await outbox.many(20, "http://127.0.0.1:9/")
    assert [len(await claim(outbox)) for _ in range(3)] == [4, 4, 0]
    await outbox.sql("UPDATE outbox.endpoint SET cap = 9")
    assert [len(await claim(outbox)) for _ in range(2)] == [1, 0]


async def test_a_disabled_lane_is_not_claimed(outbox: Any) -> None:
    await outbox.many(2, "http://127.0.0.1:9/")
    await outbox.sql("UPDATE outbox.endpoint SET state = 'disabled'")
    assert await claim(outbox) == []


async def test_what_is_due_later_and_what_is_late_are_left(outbox: Any) -> None:
    await outbox.many(4, "http://127.0.0.1:9/")
    rows = await outbox.sql("SELECT id FROM outbox.delivery")
    ids = [row[0] for row in rows]
    await outbox.sql(
        "UPDATE outbox.delivery SET next_attempt_at = next_attempt_at + interval '1 s' WHERE id = $1", ids[0]
    )
    await outbox.sql("UPDATE outbox.delivery SET attempts = 2 WHERE id = ANY ($1)", ids[1:3])
    assert [one.id.uuid for one in await claim(outbox)] == [ids[3]]
    old = await claim(outbox, late=True)
    assert {one.id.uuid for one in old} == set(ids[1:3])
    assert {one.attempts for one in old} == {2}


async def test_couriers_that_claim_at_once_share_nothing(outbox: Any) -> None:
    for _ in range(10):
        await outbox.many(6, "http://127.0.0.1:9/")
    claims = await asyncio.gather(*(claim(outbox, 10) for _ in range(12)))
    ids = [one.id for claimed in claims for one in claimed]
    assert len(ids) == len(set(ids)) > 0


async def test_a_claim_reads_no_more_when_more_waits_for_later(outbox: Any) -> None:
    """Measured in pages, not in time: 100 endpoints with 1, then 100 retries each that are due tomorrow."""
    for _ in range(20):
        brand, _ = await outbox.many(1, "http://127.0.0.1:9/")
        for _ in range(4):
            await outbox.endpoint(brand, "http://127.0.0.1:9/")
    few = await pages(outbox, 1)
    many = await pages(outbox, 100)
    assert many <= 1.5 * few


async def pages(outbox: Any, waiting: int) -> int:
    await outbox.sql("DELETE FROM outbox.delivery")
    await outbox.sql(
        """WITH fresh AS (INSERT INTO outbox.event
            SELECT gen_random_uuid(), type, audience, resource, facts, period, occurred_on, not_before, 1, body, true
            FROM (SELECT * FROM outbox.event LIMIT 1) e, generate_series(1, $1) RETURNING id)
        INSERT INTO outbox.delivery (id, event_id, endpoint_id, state, next_attempt_at)
        SELECT gen_random_uuid(), fresh.id, e.id, 'due', $2 FROM fresh, outbox.endpoint e""",
        waiting,
        outbox.clock.now() + timedelta(days=1),
    )
    await outbox.sql("VACUUM ANALYZE outbox.delivery")
    now, late, text = outbox.clock.now(), False, vars(delivery)["_CLAIM"]
    found = await outbox.sql(
        f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {text}", now, 4, 64, late, now + delivery.LEASE, 1, now
    )
    plan = json.loads(found[0][0])[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


async def test_old_rows_are_purged_and_nothing_else(outbox: Any) -> None:
    brand, _ = await outbox.many(3, "http://127.0.0.1:9/")
    courier = courier_of(outbox)
    await outbox.sql("UPDATE outbox.delivery SET state = 'done' WHERE id = (SELECT id FROM outbox.delivery LIMIT 1)")
    for days in (-31, -29):
        await outbox.sql(
            """INSERT INTO outbox.attempt (delivery_id, endpoint_id, event_id, at, status, ms, headers, body)
                SELECT id, endpoint_id, event_id, $1, 200, 1, '[]', '' FROM outbox.delivery LIMIT 1""",
            outbox.clock.now() + timedelta(days=days),
        )
    outbox.clock.pass_by(hours=23)
    assert await purge(courier, outbox.clock, 30, 30) is False
    assert await outbox.states() == {"due": 2, "done": 1}
    assert len(await outbox.sql("SELECT 1 FROM outbox.attempt")) == 1
    outbox.clock.pass_by(hours=2)
    await purge(courier, outbox.clock, 30, 30)
    assert await outbox.states() == {"due": 2}
    outbox.clock.pass_by(days=30)
    assert await purge(courier, outbox.clock, 30, 300, batch=2) is True
    assert await purge(courier, outbox.clock, 30, 300, batch=2) is False
    assert await outbox.states() == {}
    assert await outbox.sql("SELECT 1 FROM outbox.event") == []
    assert [tuple(row) for row in await outbox.sql("SELECT party_id, position FROM outbox.feed")] == [(brand.uuid, 3)]


async def test_positions_go_on_after_a_purge(outbox: Any) -> None:
    supplier = await outbox.supplier()
    brand = await outbox.brand(supplier)
    await outbox.put(outbox.event(supplier), outbox.event(supplier))
    await outbox.tell()
    outbox.clock.pass_by(days=31)
    await purge(courier_of(outbox), outbox.clock, 30, 30)
    one = outbox.event(supplier)
    await courier_of(outbox).run("append", lambda db: feed.append(db, [(brand, one.id)]))
    assert [row[0] for row in await outbox.sql("SELECT position FROM outbox.feed ORDER BY position")] == [2, 3]


async def test_an_event_not_yet_told_is_never_purged(outbox: Any) -> None:
    supplier = await outbox.supplier()
    courier = await role(outbox, "courier")
    await outbox.put(outbox.event(supplier))
    outbox.clock.pass_by(days=400)
    await purge(courier, outbox.clock, 30, 30)
    assert len(await outbox.sql("SELECT 1 FROM outbox.event")) == 1


async def test_waiting_counts_what_is_due_and_since_when(outbox: Any) -> None:
    courier = await role(outbox, "courier")
    assert (await courier.run("look", lambda db: delivery.waiting(db, outbox.clock.now()))).due == 0
    await outbox.many(3, "http://127.0.0.1:9/")
    since = outbox.clock.now()
    outbox.clock.pass_by(seconds=9)
    found = await courier.run("look", lambda db: delivery.waiting(db, outbox.clock.now()))
    assert (found.due, found.oldest) == (3, since)
    await outbox.sql("UPDATE outbox.endpoint SET state = 'disabled'")
    assert (await courier.run("look", lambda db: delivery.waiting(db, outbox.clock.now()))).due == 0


async def test_the_courier_alone_writes_its_key(outbox: Any) -> None:
    courier, portal = await role(outbox, "courier"), await role(outbox, "portal")
    assert await portal.run("look", lambda db: courier_key.current(db, 1)) is None
    for key in (b"one", b"one", b"two"):
        await courier.run("start", partial(courier_key.put, suite=1, public=key))
    assert await portal.run("look", lambda db: courier_key.current(db, 1)) == b"two"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await portal.run("forge", lambda db: courier_key.put(db, 1, b"three"))


async def test_an_endpoint_that_is_deleted_takes_its_deliveries_and_keys_along(outbox: Any) -> None:
    _, one = await outbox.many(2, "http://127.0.0.1:9/")
    await outbox.public_key(one)
    await outbox.sql("DELETE FROM outbox.endpoint")
    courier = courier_of(outbox)
    assert await outbox.states() == {}
    assert await courier.run("look", lambda db: endpoint_key.keys_of(db, one.endpoint)) == []


async def test_no_body_is_longer_than_4096_bytes(outbox: Any) -> None:
    await outbox.put(outbox.event(await outbox.supplier()))
    with pytest.raises(asyncpg.CheckViolationError):
        await outbox.sql("UPDATE outbox.event SET body = $1", bytes(4097))
