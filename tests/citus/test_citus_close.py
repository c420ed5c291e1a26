"""Migrated and closed once on Citus: what is published and what is carried are as on a plain PostgreSQL."""

from collections.abc import Callable
from pathlib import Path

from laborvoice.domain.release import Release, Withheld
from support.known import KnownNoise
from support.phone import quiet_answers
from support.poll import FIRST, playing

MANY, FEW = 30, 4


async def test_a_small_close(migrated: Callable[[str], str], tmp_path: Path) -> None:
    noise = KnownNoise()
    async with playing(migrated, tmp_path, noise=noise, serves=False) as world:
        many, few = await world.admit(cards=MANY), await world.admit(cards=MANY)
        await world.learn()
        await world.vote(many.cards, quiet_answers(), ())
        await world.vote(few.cards[:FEW], quiet_answers(), ())
        await world.close(FIRST)
        assert sorted(noise.counts) == [FEW, MANY]
        published, withheld = (await world.released(many))[0], (await world.released(few))[0]
        assert isinstance(published, Release)
        assert published.n == MANY
        assert isinstance(withheld, Withheld)
        assert await world.boxed(FIRST) == 0
        assert await world.boxed(FIRST.next()) == FEW
