"""Releases, ledger, scores: what the vault writes is what it and the portal read."""

from datetime import date
from typing import Any

import asyncpg
import pytest

from laborvoice.domain.ids import ReleaseId
from laborvoice.domain.release import Release, Withheld
from laborvoice.errors import NotFound
from laborvoice.store.database import Connection
from laborvoice.store.registry import supplier
from laborvoice.store.release import baseline, ledger, release, score
from support.registry_world import World


async def test_a_release_is_read_as_it_was_written(world: World) -> None:
    one = await world.supplier()
    key = await world.key_of(one)
    big = world.published("2026-Q3", 240)
    small = world.published("2026-Q2", 60)
    none = world.published("2026-Q1", covers=("2025-Q4", "2026-Q1"))

    async def write(db: Connection) -> None:
        for published, ended in ((big, date(2026, 9, 30)), (small, date(2026, 6, 30)), (none, date(2026, 3, 31))):
            assert await ledger.claim(db, key, world.ledger(published.period))
            assert not await ledger.claim(db, key, world.ledger(published.period))
            await release.put(db, key, ended, published)

    await world.vault.run("write", write)
    read = await world.vault.run("read", lambda db: release.of_supplier(db, key, date(2026, 9, 30)))
    assert [row.published for row in read] == [big, small, none]
    assert [row.ended for row in read] == [date(2026, 9, 30), date(2026, 6, 30), date(2026, 3, 31)]
    older = await world.vault.run("read", lambda db: release.of_supplier(db, key, date(2026, 9, 29)))
    assert [row.published for row in older] == [small, none]
    assert await world.portal.run("read", lambda db: ledger.of_supplier(db, key)) == []
    costs = await world.vault.run("read", lambda db: ledger.of_supplier(db, key))
    assert costs == [world.ledger(label) for label in ("2026-Q1", "2026-Q2", "2026-Q3")]


async def test_the_vault_counts_every_supplier(world: World) -> None:
    one = await world.supplier("A", workers_min=100, workers_max=201)
    two = await world.supplier("B", closed=True, country="VN", isic=())
    rows = {row.public_id: row for row in await world.vault.run("count", supplier.to_count)}
    assert set(rows) == {one, two}
    assert rows[one].supplier_id == await world.key_of(one)
    assert (rows[one].name, rows[one].country, rows[one].isic, rows[one].workforce) == ("A", "BD", ("1410",), 150)
    assert rows[two].workforce is None


async def test_a_period_has_one_release(world: World) -> None:
    one = await world.supplier()
    await world.release(one, "2026-Q3", n=60)
    key = await world.key_of(one)

    async def again(db: Connection) -> None:
        await release.put(db, key, date(2026, 9, 30), world.published("2026-Q3", 61))

    with pytest.raises(asyncpg.UniqueViolationError):
        await world.vault.run("again", again)


async def test_the_vault_cannot_change_what_it_wrote(world: World, database: Any) -> None:
    await world.release(await world.supplier(), "2026-Q3", n=60)
    connection = await asyncpg.connect(database.dsn("vault"))
    for statement in (
        "UPDATE release.release SET n = 0",
        "DELETE FROM release.release",
        "UPDATE release.score SET score = 0",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    await connection.close()


async def test_latest_of_others_is_one_row_a_supplier(world: World) -> None:
    first, second, third = [await world.supplier(name) for name in ("A", "B", "C")]
    await world.release(first, "2026-Q1", n=60)
    newest = await world.release(first, "2026-Q2", n=70)
    await world.release(first, "2026-Q3", n=80)
    kept = await world.release(second, "2026-Q1", n=90)
    await world.release(second, "2026-Q2")
    await world.release(third, "2026-Q3", n=90)
    rows = await world.vault.run("scan", lambda db: release.latest_of_others(db, date(2026, 7, 1)))
    assert {row.release.id for row in rows} == {newest, kept}
    assert {row.supplier_id for row in rows} == {await world.key_of(first), await world.key_of(second)}
    assert {row.ended for row in rows} == {date(2026, 6, 30), date(2026, 3, 31)}


async def test_scores_are_read_as_they_were_written(world: World) -> None:
    one = await world.supplier()
    key = await world.key_of(one)
    await world.release(one, "2026-Q1", n=60)
    await world.release(one, "2026-Q2", n=240)
    await world.release(one, "2026-Q3")
    kept = await world.vault.run("before", lambda db: score.before(db, key, date(2026, 9, 30)))
    assert kept is not None
    assert kept.period == "2026-Q2"
    assert kept.score.because
    assert await world.vault.run("before", lambda db: score.before(db, key, date(2026, 3, 31))) is None
    wanted = [(key, "2026-Q1"), (key, "2026-Q2"), (key, "2026-Q3")]
    assert await world.portal.run("of", lambda db: score.of_periods(db, wanted)) == {}
    both = await world.vault.run("of", lambda db: score.of_periods(db, wanted))
    assert set(both) == {(key, "2026-Q1"), (key, "2026-Q2")}
    assert both[key, "2026-Q2"] == kept.score


async def test_a_baseline_is_kept_once(world: World) -> None:
    assert await world.vault.run("get", lambda db: baseline.get(db, "2026-Q3")) is None
    assert await world.vault.run("put", lambda db: baseline.put(db, "2026-Q3", b"one"))
    assert not await world.vault.run("put", lambda db: baseline.put(db, "2026-Q3", b"other"))
    assert await world.vault.run("get", lambda db: baseline.get(db, "2026-Q3")) == b"one"


@pytest.mark.parametrize("state", ["open", "closing"])
async def test_a_release_is_seen_when_its_period_is_counted(world: World, state: str) -> None:
    operator, one = await world.party("operator"), await world.supplier()
    sight, key = world.sight("operator", operator), await world.key_of(one)
    written = await world.release(one, "2026-Q3", n=60)
    await world.period("2026-Q3", state)
    with pytest.raises(NotFound):
        await world.portal.run("by id", lambda db: release.by_id(db, sight, written))
    assert not await world.portal.run("page", lambda db: release.page(db, sight, key, date(2027, 1, 1), 10))
    assert not await world.portal.run("newest", lambda db: release.newest(db, sight, [key], None))
    await world.period("2026-Q3", "burned")
    assert (await world.portal.run("by id", lambda db: release.by_id(db, sight, written))).published.id == written
    assert await world.portal.run("page", lambda db: release.page(db, sight, key, date(2027, 1, 1), 10))
    assert key in await world.portal.run("newest", lambda db: release.newest(db, sight, [key], None))


async def test_a_brand_reads_periods_that_ended_while_its_link_ran(world: World) -> None:
    brand, one = await world.party("brand"), await world.supplier()
    key = await world.key_of(one)
    for label in ("2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"):
        await world.period(label)
        await world.release(one, label, n=60)
    await world.linked(brand, one, from_day=date(2026, 3, 31), to_day=date(2026, 9, 29))
    sight = world.sight("brand", brand)
    seen = await world.portal.run("page", lambda db: release.page(db, sight, key, date(2027, 1, 1), 10))
    assert [row.published.period for row in seen] == ["2026-Q2", "2026-Q1"]
    newest = await world.portal.run("newest", lambda db: release.newest(db, sight, [key], None))
    assert newest[key].published.period == "2026-Q2"
    assert not await world.portal.run("newest", lambda db: release.newest(db, sight, [key], "2026-Q3"))


async def test_withheld_and_published_are_told_apart_by_their_type(world: World) -> None:
    operator, one = await world.party("operator"), await world.supplier()
    await world.period("2026-Q3")
    await world.period("2026-Q2")
    small, none = await world.release(one, "2026-Q2", n=60), await world.release(one, "2026-Q3")
    sight = world.sight("operator", operator)

    async def read(which: ReleaseId) -> object:
        return (await world.portal.run("by id", lambda db: release.by_id(db, sight, which))).published

    assert isinstance(await read(small), Release)
    assert isinstance(await read(none), Withheld)
