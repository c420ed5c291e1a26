"""A locked copy, for where the network is weak: it waits sealed on the phone, is sent once, and leaves nothing."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from laborvoice.clock import SystemClock
from laborvoice.domain.period import Period
from support.handset import CALM, ELSEWHERE, Handset, Pocket, SlowerClock, pocket
from support.poll import playing
from support.scene import Roles

pytestmark = pytest.mark.all_browser


@pytest.fixture
async def today(database: Roles, tmp_path: Path) -> AsyncGenerator[Pocket]:
    """Of this very day: a service worker has no other clock."""
    clock = SlowerClock(SystemClock().now())
    async with playing(database.dsn, tmp_path, clock=clock) as world, pocket(world) as ready:
        yield ready


async def _kept(phones: Pocket) -> Handset:
    """A phone that was offline when the ballot was to be sent, and kept it."""
    site = await phones.world.admit()
    await phones.world.learn()
    handset = await phones.another(site.cards[0])
    handset.answers = CALM
    await handset.open()
    await handset.walk("before")
    await handset.page.locator("main .option").click()
    await handset.page.wait_for_selector('main .option[aria-pressed="true"]')
    await handset.walk("review")
    await handset.page.context.set_offline(True)
    await handset.press()
    await handset.page.locator("main .option").click()
    await handset.at("kept")
    return handset


async def test_the_copy_is_sent_at_the_next_visit_and_leaves_nothing(today: Pocket) -> None:
    handset = await _kept(today)
    assert await handset.kept() == ["n"]
    await handset.page.context.set_offline(False)
    await handset.open()
    if await handset.walk("kept", "code") == "kept":  # unless the browser has sent it already
        await handset.press()
    for _ in range(100):
        if not await handset.kept():
            break
        await handset.page.wait_for_timeout(100)
    assert await handset.kept() == []
    for _ in range(2):
        await today.world.vault.mix()
    assert await today.world.boxed(Period.at(today.world.today, "quarter")) == 1


async def test_the_copy_can_be_thrown_away(today: Pocket) -> None:
    handset = await _kept(today)
    await handset.press("quiet")
    await handset.page.wait_for_url(ELSEWHERE)
    await handset.page.context.set_offline(False)
    await handset.open()
    assert await handset.kept() == []
