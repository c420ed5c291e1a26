"""Replies go into the mailbox with the next mix, all at once and in an order that is not that of their coming."""

from laborvoice.store.ballot import reply
from laborvoice.store.database import Connection
from support.phone import CHANCE
from support.poll import World


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
    assert moved == sorted(items)
    assert await world.values(str, "SELECT DISTINCT week FROM ballot.mailbox") == ["2026-W03"]
    assert await world.values(int, "SELECT count(*) FROM ballot.mailbox_default") == [0]
    assert await post(world, items[0])
    assert not await post(world, items[0][:16] + CHANCE.bytes(1008))
    await world.vault.mix()
    assert len(await world.values(bytes, "SELECT item FROM ballot.mailbox")) == 5
