"""Cases by their verbs: what no door lets through, and what is asked for before a hold but approved in it."""

from typing import Any

import pytest

from laborvoice.domain.audit import Actor
from laborvoice.domain.case import Wanted
from laborvoice.domain.dossier import Approval
from laborvoice.domain.ids import CaseId, UserId
from laborvoice.errors import NotFound, TransitionRefused
from laborvoice.pipeline import decide
from laborvoice.pipeline.decide import approve, move, share
from laborvoice.pipeline.decide.keep import By
from laborvoice.pipeline.once import Step
from support.desk_world import YES, Buyers, Desk, buyers, desk, person
from support.registry_world import World

CHECK: Any = YES
Steps = tuple[Step[Any], ...]


@pytest.fixture
async def bought(world: World) -> Buyers:
    return await buyers(world)


@pytest.fixture
async def one(world: World) -> Desk:
    return await desk(world, "One", "BD")


def by(world: World, who: Desk) -> By:
    return By(actor=Actor(party=who.party), kind="watchdog", person=who.user, now=world.clock.now())


async def opened(world: World, who: Desk, bought: Buyers) -> CaseId:
    wanted = decide.Opened(supplier=bought.supplier, cls="U1", title="Exits")
    return await world.portal.run("test", lambda db: decide.open_in(db, world.chance, by(world, who), wanted))


async def test_what_is_a_watchdogs_is_no_brands(world: World, one: Desk, bought: Buyers) -> None:
    case = await opened(world, one, bought)
    asked = await world.portal.run(
        "test", lambda db: share.share_in(db, world.chance, by(world, one), case, (bought.brands[:1], CHECK))
    )
    assert isinstance(asked, Approval)
    brand = By(actor=Actor(party=bought.brands[0]), kind="brand", person=None, now=world.clock.now())
    wanted = decide.Opened(supplier=bought.supplier, cls="U1", title="Exits")
    edited = decide.Edited(cls="U2", title="Other", condition=None, notes=None)
    named = bought.brands[:1], CHECK
    other = By(actor=Actor(party=one.party), kind="watchdog", person=UserId.draw(b"\7" * 16), now=brand.now)
    await world.portal.run("test", lambda db: approve.decide_in(db, world.chance, other, asked.id, "approve"))
    steps: Steps = (
        lambda db: decide.open_in(db, world.chance, brand, wanted),
        lambda db: decide.change_in(db, world.chance, brand, case, edited),
        lambda db: share.share_in(db, world.chance, brand, case, named),
        lambda db: approve.decide_in(db, world.chance, brand, asked.id, "approve"),
    )
    for step in steps:
        with pytest.raises(NotFound):
            await world.portal.run("test", step)


async def test_nothing_is_shared_in_a_hold_that_came_between(world: World, one: Desk, bought: Buyers) -> None:
    case = await opened(world, one, bought)
    asked = await world.portal.run(
        "test", lambda db: share.share_in(db, world.chance, by(world, one), case, (bought.brands[:1], CHECK))
    )
    assert isinstance(asked, Approval)
    hold = Wanted(to="on_hold_safety", reason="A threat.")
    await world.portal.run("test", lambda db: move.move_in(db, world.chance, by(world, one), case, (hold, None)))
    user, _ = await person(world, one.party, "watchdog_handler", "Second")
    second = By(actor=Actor(party=one.party, by=user), kind="watchdog", person=user, now=world.clock.now())
    with pytest.raises(TransitionRefused, match="not safe"):
        await world.portal.run("test", lambda db: approve.decide_in(db, world.chance, second, asked.id, "approve"))
    assert await world.sql("SELECT state FROM desk.approval") == "pending"
