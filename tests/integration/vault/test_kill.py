"""A vault that is killed in mid-count, by the kernel; another starts and publishes what was drawn (guarantee 15)."""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Any

from laborvoice.domain.release import Release, Withheld
from laborvoice.keyring.journal import FileJournal
from support.known import KnownNoise
from support.poll import FIRST, World

CHILD = Path(__file__).parents[2] / "support" / "counting.py"
SITES = 4


async def test_a_kill_in_mid_count_changes_no_number(world: World, database: Any, noise: KnownNoise) -> None:
    sites = [await world.admit(cards=20) for _ in range(SITES)]
    await world.learn()
    for number, site in enumerate(sites):
        await world.vote(site.cards[: number + 1])
    await world.due(FIRST)
    journal = FileJournal(world.settings.keyring)
    child = await asyncio.create_subprocess_exec(
        sys.executable, str(CHILD), database.dsn("vault"), str(world.settings.home), world.clock.now().isoformat()
    )
    while len(journal.entries()) < 2:
        assert child.returncode is None
        await asyncio.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    assert await child.wait() == -signal.SIGKILL
    drawn = {supplier: entry for _, supplier, entry in journal.entries()}
    assert len(drawn) == 2
    assert await world.state(FIRST) == "closing"

    noise.shift = 200
    world.vault = await world.another(noise)
    await world.vault.close()
    assert await world.state(FIRST) == "burned"
    assert len(noise.counts) == SITES - len(drawn)
    for number, site in enumerate(sites):
        [published] = await world.released(site)
        assert isinstance(published, Release)
        assert published.n == number + 1 + (100 if site.supplier in drawn else 200)
        assert not isinstance(published, Withheld)
    assert len(journal.entries()) == SITES
