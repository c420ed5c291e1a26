"""Link: claimed, confirmed by someone else, ended."""

from datetime import date
from typing import Any

import pytest

from laborvoice.domain.ids import LinkId
from laborvoice.errors import LinkNotClaimed, NotFound
from laborvoice.pipeline import link
from laborvoice.store.registry import link as links
from laborvoice.store.registry import sight
from support.registry_world import World


async def sees(world: World, kind: Any, party: Any, supplier: Any) -> bool:
    return bool(await world.portal.run("find", lambda db: sight.find(db, world.sight(kind, party), (supplier,))))


async def test_a_claim_reads_nothing_until_it_is_confirmed(world: World) -> None:
    brand, one, operator = await world.party("brand"), await world.supplier(), await world.party("operator")
    claimed = await world.claim(brand, one)
    assert not await sees(world, "brand", brand, one)
    await link.confirm(world.portal, world.clock, world.chance, operator, claimed)
    assert await sees(world, "brand", brand, one)
    await link.end(world.portal, world.clock, world.chance, brand, claimed)
    assert await sees(world, "brand", brand, one)


async def test_a_claim_that_was_refused_shows_nothing(world: World) -> None:
    brand, one = await world.party("brand"), await world.supplier()
    claimed = await world.claim(brand, one)
    await link.end(world.portal, world.clock, world.chance, await world.party("operator"), claimed)
    assert not await sees(world, "brand", brand, one)


async def test_a_watchdog_confirms_what_it_covers(world: World) -> None:
    brand, one = await world.party("brand"), await world.supplier()
    claimed = await world.claim(brand, one)
    elsewhere, near = await world.watchdog("VN"), await world.watchdog("BD-14")
    for stranger in (brand, await world.party("brand"), elsewhere):
        with pytest.raises(NotFound):
            await link.confirm(world.portal, world.clock, world.chance, stranger, claimed)
    await link.confirm(world.portal, world.clock, world.chance, near, claimed)
    assert await sees(world, "brand", brand, one)


async def test_a_link_is_confirmed_once_and_ended_once(world: World) -> None:
    brand, one, operator = await world.party("brand"), await world.supplier(), await world.party("operator")
    claimed = await world.linked(brand, one, to_day=date(2027, 1, 1))
    with pytest.raises(LinkNotClaimed):
        await link.confirm(world.portal, world.clock, world.chance, operator, claimed)
    await link.end(world.portal, world.clock, world.chance, operator, claimed)
    row = await world.portal.run("read", lambda db: links.by_id(db, claimed))
    assert (row.state, row.to_day) == ("ended", world.today)
    with pytest.raises(LinkNotClaimed):
        await link.confirm(world.portal, world.clock, world.chance, operator, claimed)
    with pytest.raises(LinkNotClaimed):
        await link.end(world.portal, world.clock, world.chance, brand, claimed)


async def test_strangers_end_no_link(world: World) -> None:
    brand, one = await world.party("brand"), await world.supplier()
    claimed = await world.claim(brand, one)
    with pytest.raises(NotFound):
        await link.end(world.portal, world.clock, world.chance, await world.party("brand"), claimed)
    with pytest.raises(NotFound):
        await link.end(world.portal, world.clock, world.chance, brand, LinkId.draw(bytes(16)))


async def test_only_brands_claim(world: World) -> None:
    one = await world.supplier()
    with pytest.raises(NotFound):
        await world.claim(await world.watchdog("all"), one)


async def test_a_link_that_has_not_begun_reads_nothing(world: World) -> None:
    brand, one = await world.party("brand"), await world.supplier()
    await world.linked(brand, one, from_day=date(2026, 11, 13))
    assert not await sees(world, "brand", brand, one)
    world.clock.skip(days=1)
    assert await sees(world, "brand", brand, one)


async def test_confirmed_links_are_counted_for_the_baseline(world: World) -> None:
    first, second, one, two = (
        await world.party("brand"),
        await world.party("brand"),
        await world.supplier("A"),
        await world.supplier("B"),
    )
    await world.linked(first, one)
    await world.linked(first, one, role="dyeing")
    await world.linked(second, one)
    await world.claim(second, two)
    assert await world.vault.run("links", links.brands_by_supplier) == {
        await world.key_of(one): frozenset({first, second})
    }
