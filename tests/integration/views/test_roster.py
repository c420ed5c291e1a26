"""A portfolio is sorted once and kept while nothing that decides it has changed."""

from datetime import date

import pytest

from laborvoice.store.database import Connection
from laborvoice.store.release import portfolio
from laborvoice.views import roster
from laborvoice.views.roster import Narrow, Roster, Rosters
from support.registry_world import World


async def test_it_is_kept_until_a_link_or_a_period_changes(world: World) -> None:
    brand, one, other = await world.party("brand"), await world.supplier("One"), await world.supplier("Other")
    await world.linked(brand, one)
    await world.period("2026-Q3")
    await world.release(one, "2026-Q3", n=200)
    rosters, sight = Rosters(world.clock), world.sight("brand", brand)
    first = await rosters.of(world.portal, sight)
    assert await rosters.of(world.portal, sight) is first
    assert (first.summary.suppliers, first.summary.published) == (1, 1)
    await world.linked(brand, other)
    second = await rosters.of(world.portal, sight)
    assert second.summary.suppliers == 2
    await world.release(one, "2026-Q4")
    assert await rosters.of(world.portal, sight) is second
    await world.period("2026-Q4")
    third = await rosters.of(world.portal, sight)
    assert (third.summary.published, third.summary.withheld, third.summary.none) == (0, 1, 1)


async def test_it_is_read_anew_after_some_minutes(world: World) -> None:
    rosters, sight = Rosters(world.clock), world.sight("operator", await world.party("operator"))
    first = await rosters.of(world.portal, sight)
    world.clock.skip(seconds=roster.KEEP_SECONDS - 1)
    assert await rosters.of(world.portal, sight) is first
    world.clock.skip(seconds=1)
    assert await rosters.of(world.portal, sight) is not first


async def test_those_that_looked_last_are_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster, "KEEP_ROWS", 5)
    rosters = Rosters(world.clock)
    for _ in range(3):
        await world.supplier()
    sights = [world.sight("operator", await world.party("operator")) for _ in range(2)]
    first = await rosters.of(world.portal, sights[0])
    second = await rosters.of(world.portal, sights[1])
    assert await rosters.of(world.portal, sights[1]) is second
    assert await rosters.of(world.portal, sights[0]) is not first


async def test_two_links_to_one_supplier_are_one_row_with_the_newest_period(world: World) -> None:
    brand, one = await world.party("brand"), await world.supplier()
    for label in ("2026-Q1", "2026-Q3"):
        await world.period(label)
        await world.release(one, label, n=200)
    await world.linked(brand, one, from_day=date(2026, 1, 1), to_day=date(2026, 4, 1))
    await world.linked(brand, one, from_day=date(2026, 9, 1))

    async def step(db: Connection) -> list[portfolio.Standing]:
        return await portfolio.standings(db, world.sight("brand", brand))

    (found,) = await world.portal.run("test", step)
    assert found.period == "2026-Q3"


async def test_an_empty_portfolio_has_a_summary() -> None:
    empty = Roster(())
    assert empty.summary.suppliers == 0
    assert empty.page("low", Narrow(), None, 10) == ()
    assert (empty.countries, empty.sectors) == ((), ())
