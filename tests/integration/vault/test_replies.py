"""Replies go into the mailbox with the next mix, all at once and in an order that is not that of their coming."""

from datetime import date, timedelta

import msgspec

from laborvoice.bootstrap.vault import Vault
from laborvoice.chance import SystemChance
from laborvoice.domain.manifest import Manifest
from laborvoice.store.ballot import reply
from laborvoice.store.database import Connection
from support.phone import CHANCE
from support.poll import World

AN_HOUR = 3600
SEEDS = "SELECT seed FROM ballot.mailbox_filler ORDER BY week"


async def post(world: World, item: bytes) -> bool:
    async def step(db: Connection) -> bool:
        return await reply.post(db, item)

    return await world.databases["portal"].run("test", step)


async def test_a_mix_moves_them(world: World) -> None:
    items = [CHANCE.bytes(1024) for _ in range(5)]
    assert [await post(world, item) for item in items] == [True] * 5
    await world.vault.mix()
    assert await world.values(int, "SELECT count(*) FROM ballot.reply") == [0]
    moved = await world.values(bytes, "SELECT item FROM ballot.mailbox ORDER BY ctid")
    assert moved == sorted(moved)
    assert set(items) <= set(moved)  # now and then the mix adds one that is no reply
    assert await world.values(str, "SELECT DISTINCT week FROM ballot.mailbox") == ["2026-W03"]
    assert await world.values(int, "SELECT count(*) FROM ballot.mailbox_default") == [0]
    assert await post(world, items[0])
    assert not await post(world, items[0][:16] + CHANCE.bytes(1008))
    await world.vault.mix()
    again = [one for one in await world.values(bytes, "SELECT item FROM ballot.mailbox") if one in items]
    assert sorted(again) == sorted(items)


class Covering(SystemChance):
    """Each mix gets a cover; all else is drawn."""

    def below(self, limit: int) -> int:
        return 0 if limit == AN_HOUR else super().below(limit)


async def test_a_row_an_hour_looks_like_a_reply_and_is_none(world: World) -> None:
    vault = Vault(world.databases["vault"], world.settings, world.workers, world.clock, Covering())
    await vault.begin()
    for _ in range(3):
        await vault.mix()
    covers = await world.values(bytes, "SELECT item FROM ballot.mailbox ORDER BY ctid")
    assert {len(one) for one in covers} == {1024}
    assert len({one[:16] for one in covers}) == len(covers) >= 3
    assert await world.values(int, "SELECT count(*) FROM ballot.mailbox WHERE tag <> substr(item, 1, 16)") == [0]


async def test_a_week_has_one_seed_and_ends_after_thirteen(world: World) -> None:
    kept = CHANCE.bytes(1024)
    assert await post(world, kept)
    await world.vault.mix()
    first = await world.values(bytes, SEEDS)
    await world.vault.mix()
    assert await world.values(bytes, SEEDS) == first
    for weeks, still in ((1, True), (13, True), (14, False)):
        world.set(date(2026, 1, 15) + timedelta(weeks=weeks))
        for _ in range(2):
            await world.vault.mix()
        await world.vault.rotate()
        assert (await world.values(bytes, "SELECT item FROM ballot.mailbox WHERE item = $1", kept) == [kept]) is still
        assert (await world.values(bytes, SEEDS)) != first
        assert (first[-1] in await world.values(bytes, SEEDS)) is still


async def test_how_full_it_is_shows_with_the_next_number_only(world: World) -> None:
    await world.execute(
        "INSERT INTO ballot.mailbox (week, tag, item) SELECT '2026-W03', substr(i, 1, 16), i FROM (SELECT"
        " sha256(g::text::bytea) || decode(repeat('00', 992), 'hex') AS i FROM generate_series(1, 130) g) made"
    )
    before = await _manifest(world)
    await world.vault.rotate()
    assert await _manifest(world) == before
    world.set(world.today + timedelta(days=7))
    await world.vault.rotate()
    assert (before.mailbox.bits, (await _manifest(world)).mailbox.bits) == (0, 3)


async def _manifest(world: World) -> Manifest:
    [text] = await world.values(str, "SELECT payload FROM ballot.manifest ORDER BY seq DESC LIMIT 1")
    return msgspec.json.decode(text, type=Manifest)
