"""Two intakes, two couriers and two vaults on one database: a period goes through them as through one of each."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from support.faulty_beside import SpreadPhones, beside
from support.faulty_blows import Blow, Draw
from support.faulty_home import Stage
from support.faulty_ports import own_row
from support.faulty_season import BEAT, season, seeded

ROLES = ("vault", "intake", "courier")


async def _nothing(_stage: Stage, _draw: Draw) -> str:
    return "all live"


NOTHING = Blow("none", _nothing)


@pytest.mark.timeout(300)
async def test_each_ballot_is_counted_and_each_event_delivered_once(short_home: Path, tmp_path: Path) -> None:
    async with season(short_home, tmp_path, seeded(3)) as running, AsyncExitStack() as stack:
        stage, bind = running.stage, f"127.0.0.1:{own_row(1)}"
        await stack.enter_async_context(beside(stage, "vault"))
        await stack.enter_async_context(beside(stage, "courier"))
        await stack.enter_async_context(beside(stage, "intake", LABORVOICE_INTAKE_BIND=bind))
        first = {role: sorted(stage.pids(role)) for role in ROLES}
        assert all(len(pids) == 2 for pids in first.values()), first
        urls = (stage.running.intake_url, f"http://{bind}")
        phones = SpreadPhones(stage, running.phones.sites, urls=urls)
        running.phones = running.truth.phones = phones
        # Some voices go to both intakes at once, as the same envelope or as another of the same voice.
        await running.cast(await running.redeem(), NOTHING)
        # Looks at every box, the journal, the ledger, the releases and the next box, and waits for all deliveries.
        await running.close([])
        twice = {one.id for one in running.receiver.events if running.receiver.counts[one.id] > 1}
        assert not {one.body["type"] for one in running.receiver.events if one.id in twice} - {BEAT}
        assert set(phones.took) == set(urls)
        assert {role: sorted(stage.pids(role)) for role in ROLES} == first, "one of them did not live through it"
