"""Whoever has a key id has the messages that are sealed to it: nobody registers another's."""

from datetime import date

import pytest

from laborvoice.domain.audit import Actor
from laborvoice.errors import BadField
from laborvoice.pipeline import enlist
from laborvoice.store.database import Connection
from support.registry_world import World
from support.watchdog import Watchdog, months


async def test_a_key_is_one_watchdogs(world: World) -> None:
    one, other = await world.party("watchdog"), await world.party("watchdog")

    async def add(who: Watchdog, until: date) -> None:
        async def step(db: Connection) -> None:
            await enlist.watchdog_keys_in(db, world.clock.now(), Actor(party=who.party), [months(who, until)])

        await world.portal.run("test", step)

    await add(Watchdog(one, b"\1" * 32, b"\2" * 32), date(2027, 1, 31))
    with pytest.raises(BadField, match="Another watchdog"):
        await add(Watchdog(other, b"\1" * 32, b"\3" * 32), date(2027, 1, 31))
    await add(Watchdog(one, b"\1" * 32, b"\2" * 32), date(2027, 2, 28))
    await add(Watchdog(other, b"\4" * 32, b"\3" * 32), date(2027, 1, 31))
