"""A neighbour that cannot read or write may still stand in the way: by locks, by size, by what stays for ever.

It may lose what passes through it. It may not keep the vault from mixing, counting and burning what others cast.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial

import pytest

from laborvoice.store.ballot import period_state
from laborvoice.store.ballot.cast import Cast
from support.breakin import cast, nonce_of, refused, seat, tried
from support.phone import CHANCE
from support.scene import FIRST, Scene

PATIENCE = 20.0
"""Seconds after which the vault counts as blocked."""


async def test_it_cannot_lock_what_the_vault_writes(scene: Scene) -> None:
    async with scene.connect("intake") as raw:
        for table in ("manifest", "part"):
            for mode in ("ROW EXCLUSIVE", "SHARE", "EXCLUSIVE", "ACCESS EXCLUSIVE"):
                assert await refused(raw, f"LOCK TABLE ballot.{table} IN {mode} MODE")
        await raw.execute("BEGIN; LOCK TABLE ballot.manifest IN ACCESS SHARE MODE")
        site = await scene.admit()
        async with asyncio.timeout(PATIENCE):
            await scene.learn()
        assert len(await scene.redeem(site.cards[:1])) == 1


async def test_a_lock_by_number_does_not_stop_the_vault(scene: Scene) -> None:
    """Numbered locks belong to nobody: what the vault waits for, anyone could hold for ever."""
    async with scene.connect("intake") as raw:
        await tried(raw.execute("SELECT pg_advisory_lock(hashtext('laborvoice partitions'))"))
        async with asyncio.timeout(PATIENCE):
            await scene.vault.rotate()
            await scene.close(FIRST)
    assert await scene.state(FIRST) == "burned"


@asynccontextmanager
async def freed(scene: Scene) -> AsyncGenerator[None]:
    """The vault's beat that ends old transactions, here after a second instead of a minute."""

    async def beat() -> None:
        for _ in range(1000):
            await scene.databases["vault"].run("free the way", partial(period_state.end_old, seconds=1.0))
            await asyncio.sleep(0.2)

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)


@pytest.mark.slow_attack
async def test_a_transaction_that_never_ends_does_not_stop_the_mix(scene: Scene) -> None:
    """It casts and keeps its transaction: the lane it wrote to is never at rest, and all others wait behind it."""
    site = await scene.admit()
    await scene.learn()
    mine, hers = await scene.sealed(site.cards[:2])
    async with scene.connect("intake") as raw:
        await raw.execute("BEGIN")
        await cast(raw, [seat(mine)])
        await scene.cast(hers)
        async with freed(scene), asyncio.timeout(PATIENCE):
            for _ in range(2):
                await scene.vault.mix()
        assert nonce_of(hers) in {row.nonce for row in await scene.boxed()}


async def test_nothing_larger_than_an_envelope_is_taken(scene: Scene) -> None:
    """The vault reads the spool a batch at a time: what it would have to hold, it must not be handed."""
    large = 1 << 22
    async with scene.connect("intake") as raw:
        await tried(cast(raw, [_loose(CHANCE.bytes(8), bytes(large))]))
        await tried(
            raw.execute("SELECT ballot.ask($1, $2, $3)::text", CHANCE.bytes(32), CHANCE.bytes(32), bytes(large))
        )
    assert await scene.values(int, "SELECT 1 FROM ballot.spool WHERE octet_length(body) <> 9216") == []
    assert await scene.values(int, "SELECT 1 FROM ballot.exchange_request WHERE octet_length(request) <> 2368") == []


def _loose(kid: bytes, body: bytes) -> Cast:
    return Cast(mix_kid=kid, digest=CHANCE.bytes(32), period=None, tag=None, worked=True, body=body)


async def test_seen_keeps_nothing_that_no_key_will_end(scene: Scene) -> None:
    """Rows under key ids that are none of ours are in no key's partition: they would stay for ever."""
    async with scene.connect("intake") as raw:
        for _ in range(20):
            await tried(cast(raw, [_loose(CHANCE.bytes(8), bytes(9216))]))
    await scene.vault.upkeep()
    scene.set(FIRST.begin.replace(month=2))
    await scene.vault.upkeep()
    assert await scene.values(int, "SELECT 1 FROM ballot.seen_default") == []


@pytest.mark.slow_attack
async def test_a_row_that_the_portal_locks_does_not_stop_the_vault(scene: Scene) -> None:
    site = await scene.admit()
    await scene.learn()
    await scene.vote(site.cards)
    async with scene.connect("portal") as raw:
        await raw.execute("BEGIN; SELECT FROM registry.supplier FOR UPDATE")
        async with freed(scene), asyncio.timeout(PATIENCE):
            await scene.close(FIRST)
    assert await scene.state(FIRST) == "burned"
