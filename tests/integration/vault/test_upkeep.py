"""At rest nothing keeps its place (guarantee 10): boxes, what was spent and uses are rewritten, trays emptied."""

from datetime import date
from typing import LiteralString

import pytest

from laborvoice.pipeline import mix, upkeep
from support.phone import CHANCE
from support.poll import FIRST, Site, World

PLACES: dict[str, LiteralString] = {
    "box": "SELECT blob FROM ballot.box ORDER BY ctid",
    "spent": "SELECT tag FROM ballot.spent ORDER BY ctid",
    "invite_use": "SELECT use FROM ballot.invite_use ORDER BY ctid",
}


@pytest.fixture
async def site(world: World) -> Site:
    made = await world.admit(cards=20)
    await world.learn()
    await world.vote(made.cards[:12])
    for _ in range(2):
        await world.vault.mix()
    return made


async def lie(world: World, family: str) -> list[bytes]:
    return await world.values(bytes, PLACES[family])


async def test_each_hour_boxes_and_spent_are_rewritten(world: World, site: Site) -> None:
    """Twelve rows keep their order by chance once in 479,001,600 times."""
    assert len(site.cards) == 20
    before = {family: await lie(world, family) for family in PLACES}
    marks = await world.values(str, "SELECT DISTINCT xmin::text FROM ballot.box")
    await world.vault.upkeep()
    after = {family: await lie(world, family) for family in PLACES}
    for family in ("box", "spent"):
        assert before[family] != after[family]
        assert sorted(before[family]) == sorted(after[family])
    assert before["invite_use"] == after["invite_use"]
    assert marks != await world.values(str, "SELECT DISTINCT xmin::text FROM ballot.box")


async def test_by_night_uses_are_rewritten_and_forget_their_requests(world: World, site: Site) -> None:
    assert len(site.cards) == 20
    before = await lie(world, "invite_use")
    hashes = "SELECT count(request_hash) FROM ballot.invite_use"
    await world.vault.upkeep()
    for day, kept in ((16, 12), (17, 0), (18, 0)):
        world.set(date(2026, 1, day), hour=0)
        await world.vault.upkeep()
        assert await world.values(int, hashes) == [kept]
        assert sorted(await lie(world, "invite_use")) == sorted(before)
    assert await lie(world, "invite_use") != before


async def test_by_night_what_was_seen_under_strange_keys_is_forgotten(world: World) -> None:
    await world.execute("INSERT INTO ballot.seen (mix_kid, digest) VALUES ($1, $2)", CHANCE.bytes(8), CHANCE.bytes(32))
    await world.vault.upkeep()
    stray = "SELECT count(*) FROM ballot.seen_default"
    assert await world.values(int, stray) == [1]
    world.set(date(2026, 1, 16))
    await world.vault.upkeep()
    assert await world.values(int, stray) == [0]


async def test_one_night_in_a_day(world: World, site: Site) -> None:
    """Neither a second hour nor a vault that starts again ages the hashes twice."""
    assert len(site.cards) == 20
    await world.vault.upkeep()
    for hour in (0, 1, 23):
        world.set(date(2026, 1, 16), hour=hour)
        await world.vault.upkeep()
    assert await world.values(int, "SELECT count(request_hash) FROM ballot.invite_use") == [12]


async def test_large_boxes_wait_for_the_night_and_larger_ones_have_a_tray(
    world: World, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "HOURLY_ROWS", 5)
    monkeypatch.setattr(upkeep, "NIGHTLY_ROWS", 11)
    monkeypatch.setattr(mix, "TRAY_ROWS", 11)
    before = await lie(world, "box"), await lie(world, "spent")
    await world.vault.upkeep()
    assert (await lie(world, "box"), await lie(world, "spent")) == before
    await world.vote(site.cards[12:15])
    for _ in range(2):
        await world.vault.mix()
    tray = "SELECT count(*) FROM ballot.tray"
    assert (await world.values(int, tray), await world.boxed(FIRST)) == ([3], 12)
    world.set(date(2026, 1, 16))
    await world.vault.upkeep()
    assert (await world.values(int, tray), await world.boxed(FIRST)) == ([0], 15)
    assert (await lie(world, "box"))[:12] == before[0]
    monkeypatch.setattr(upkeep, "NIGHTLY_ROWS", 100)
    world.set(date(2026, 1, 17))
    await world.vault.upkeep()
    assert (await lie(world, "box"))[:12] != before[0]


async def test_a_tray_is_counted_with_its_box(world: World, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mix, "TRAY_ROWS", 0)
    await world.vote(site.cards[12:14])
    await world.close(FIRST)
    assert (await world.boxed(FIRST.next()), await world.state(FIRST)) == (14, "burned")


async def test_a_burned_period_gets_no_tray_back(world: World, site: Site) -> None:
    assert len(site.cards) == 20
    await world.close(FIRST)
    await upkeep.reshuffle(world.databases["vault"], CHANCE, night=True)
    trays = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'ballot.tray'::regclass"
    assert await world.values(int, trays) == [5]
