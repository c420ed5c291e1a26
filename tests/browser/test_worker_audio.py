"""Texts that somebody has spoken: a button where there is a file, with its size; nothing is loaded before the tap."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from support.handset import URL, Pocket, clock, pocket
from support.poll import playing
from support.scene import Roles

pytestmark = pytest.mark.all_browser


@pytest.fixture
async def spoken(database: Roles, tmp_path: Path) -> AsyncGenerator[Pocket]:
    """One question was recorded, in one language."""
    folder = tmp_path / "audio" / "en"
    folder.mkdir(parents=True)
    (folder / "danger_now.ogg").write_bytes(bytes(2000))
    page = {"intake_audio": folder.parent}
    async with playing(database.dsn, tmp_path, clock=clock(), page=page) as world, pocket(world) as ready:
        yield ready


async def test_a_spoken_text_is_loaded_on_a_tap_and_not_before(spoken: Pocket) -> None:
    site = await spoken.world.admit()
    await spoken.world.learn()
    handset = await spoken.another(site.cards[0])
    asked = [URL + "audio/en/sizes.json"]
    await handset.open()
    await handset.walk("question")
    listen = handset.page.locator("main .icon-listen")
    assert await handset.page.locator("h1 + button").text_content() == "Listen (2 KB)"
    assert await handset.grave_faults() == []
    assert [one.url for one in handset.requests if "/audio/" in one.url] == asked
    async with handset.page.expect_request("**/audio/en/danger_now.ogg"):
        await handset.press("help")
    await handset.press("option", 1)
    await handset.page.wait_for_selector("main .hint")
    assert await listen.count() == 0
