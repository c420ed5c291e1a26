"""What the vault's metrics port shows: it moves with days, closes and faults, and with no envelope."""

from typing import Any

from laborvoice.bootstrap.vault_watch import CLOSING, watched
from laborvoice.domain.period import Period
from laborvoice.keyring.directory import DirectoryKeyring
from laborvoice.metrics import Metric, render
from support.phone import CHANCE
from support.poll import FIRST, World

MASTER = bytes((7,)) * 32
NOISE = """
WITH cast_now AS (SELECT decode(md5(n::text) || md5('a' || n), 'hex') AS digest FROM generate_series(1, 900) n),
    fresh AS (INSERT INTO ballot.seen (mix_kid, digest) SELECT decode(repeat('00', 8), 'hex'), digest FROM cast_now)
INSERT INTO ballot.spool (lane, voiced, body) SELECT 0, false, decode(repeat('00', 9216), 'hex') FROM cast_now"""


async def shown(world: World) -> dict[Any, int]:
    keyring = DirectoryKeyring(world.settings.keyring, MASTER, CHANCE)
    return dict(await watched(world.databases["vault"], keyring, world.clock.now()))


async def page(world: World, now: Any) -> bytes:
    keyring = DirectoryKeyring(world.settings.keyring, MASTER, CHANCE)
    return render("vault", await watched(world.databases["vault"], keyring, now))


async def test_nothing_moves_with_900_envelopes(world: World) -> None:
    """Nor with a voice among them, nor when they are mixed."""
    site = await world.admit(cards=20)
    await world.learn()
    now = world.clock.now()
    before = await page(world, now)
    await world.execute(NOISE)
    await world.vote(site.cards[:1])
    assert await page(world, now) == before
    for _ in range(2):
        await world.vault.mix()
    assert await page(world, now) == before
    assert b"laborvoice_key_age_seconds" in before


async def test_ages_and_the_last_close(world: World) -> None:
    first = await shown(world)
    assert not any(metric is Metric.CLOSE for metric, _ in first)
    assert first[Metric.KEY_AGE, ("manifest",)] < 86_400
    assert first[Metric.KEY_AGE, ("box",)] > 13 * 86_400
    assert first[Metric.KEY_AGE, ("mix",)] < 7 * 86_400
    await world.close(FIRST)
    states = {labels[0]: value for (metric, labels), value in (await shown(world)).items() if metric is Metric.CLOSE}
    assert states == {**dict.fromkeys(CLOSING, 0), "burned": 1}


async def test_rows_that_found_no_partition(world: World) -> None:
    assert (await shown(world))[Metric.STRAY, ()] == 0
    label = Period.parse("2031-Q1").label
    await world.execute("INSERT INTO ballot.spent (period, tag) VALUES ($1, $2)", label, bytes(16))
    assert (await shown(world))[Metric.STRAY, ()] == 1
