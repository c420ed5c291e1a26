"""The road from a card to a release: the real client, intake's socket, vault, worker processes, noise, PostgreSQL."""

import asyncio
from pathlib import Path
from typing import Any

from laborvoice.bootstrap.vault import Vault
from laborvoice.domain.release import Release
from laborvoice.store.database import Connection
from laborvoice.store.release import score
from laborvoice.workers import processes
from support.phone import CHANCE, quiet_answers
from support.poll import FIRST, World, playing


async def test_ballots_become_a_release_and_a_score(database: Any, tmp_path: Path) -> None:
    with processes(2) as workers:
        async with playing(database.dsn, tmp_path) as world:
            world.vault = Vault(world.databases["vault"], world.settings, workers, world.clock, CHANCE)
            await world.vault.begin()
            await _walked(world)


async def _walked(world: World) -> None:
    site = await world.admit(cards=60)
    await world.learn()
    answers = quiet_answers() | {"wages_full": "no"}
    visits = await asyncio.gather(*(world.open(card) for card in site.cards[:8]))
    assert all(visit.voiced for visit in visits)
    await asyncio.gather(*(visit.vote(answers) for visit in visits))
    await world.vote(site.cards[8:], answers)
    await world.close(FIRST)
    [published] = await world.released(site)
    assert isinstance(published, Release)
    # Noise on the count is cut off at 16; each of the 60 ballots adds 2 to the sum, whose noise has scale 10: an error
    # over 200 is one false alarm in 2e8.
    assert abs(published.n - 60) <= 16
    assert abs(published.severity_sum - 120) <= 200
    assert published.covers == (FIRST.label,)
    assert await world.state(FIRST) == "burned"

    async def scored(db: Connection) -> object:
        return await score.before(db, site.key, FIRST.next().begin)

    assert await world.databases["vault"].run("test", scored) is not None
