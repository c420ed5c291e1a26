"""The locked copy: sealed bytes that wait on the phone, are delivered with the page open or not, and leave nothing."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from laborvoice.web import worker
from support.browsing import browsing
from support.phone import quiet_answers
from support.poll import FIRST, World, playing

LEFT = """async () => [
  (await indexedDB.databases()).length, (await navigator.serviceWorker.getRegistrations()).length,
  localStorage.length, sessionStorage.length, document.cookie, (await caches.keys()).length,
]"""
pytestmark = pytest.mark.all_browser
NOTHING = [0, 0, 0, 0, "", 0]


@pytest.fixture
async def world(database: Any, short_home: Path) -> AsyncGenerator[World]:
    async with playing(database.dsn, short_home) as made:
        yield made


@pytest.fixture
async def page(world: World) -> AsyncGenerator[Page]:
    async with browsing() as browser:
        opened = await browser.new_page()
        await opened.goto(world.url)
        yield opened


async def ask(page: Page, call: str, envelope: bytes = bytes(9_216)) -> Any:
    """Of ``rest.mjs``, as k; ``e`` is the envelope."""
    module = f"/a/{worker.release()}/phone/rest.mjs"
    whole = f"async (b) => {{ const k = await import('{module}'), e = Uint8Array.from(b); {call} }}"
    return await page.evaluate(whole, list(envelope))


async def ballot(world: World) -> bytes:
    site = await world.admit()
    await world.learn()
    [(phone, token)] = await world.redeem(site.cards[:1])
    return phone.seal(token, quiet_answers())


async def counted(world: World) -> int:
    for _ in range(2):
        await world.vault.mix()
    return await world.boxed(FIRST)


async def test_where_the_browser_cannot_the_next_visit_delivers_it(page: Page, world: World) -> None:
    assert await ask(page, "return k.waiting();") is None
    assert await page.evaluate(LEFT) == NOTHING
    await page.evaluate("() => { delete ServiceWorkerRegistration.prototype.sync; }")
    await ask(page, "await k.keep(e);", await ballot(world))
    await page.reload()
    assert await ask(page, "const one = await k.waiting(); return [one.body.length, one.until.length];") == [9_216, 10]
    assert await ask(page, "return k.deliver();") is True
    assert await ask(page, "return k.deliver();") is False
    assert await page.evaluate(LEFT) == NOTHING
    assert await counted(world) == 1


async def test_the_browser_delivers_it_behind_the_page(page: Page, world: World) -> None:
    await ask(page, "await k.prepare(); await k.keep(e);", await ballot(world))
    while await page.evaluate(LEFT) != NOTHING:  # noqa: ASYNC110 - the browser tells nobody
        await asyncio.sleep(0.05)
    assert await counted(world) == 1


async def test_the_browser_delivers_it_when_the_page_is_closed(page: Page, world: World) -> None:
    envelope = await ballot(world)
    assert page.context.browser is not None
    context = await page.context.browser.new_context()
    page, other = await context.new_page(), await context.new_page()
    for one in (page, other):
        await one.goto(world.url)
    await ask(page, "await k.prepare(); await k.keep(e);", envelope)
    await page.close()
    while await other.evaluate(LEFT) != NOTHING:  # noqa: ASYNC110 - the browser tells nobody
        await asyncio.sleep(0.05)
    assert await counted(world) == 1


async def test_without_a_network_it_is_kept_all_the_same(page: Page) -> None:
    await ask(page, "return 0;")
    await page.context.set_offline(True)
    assert await ask(page, "await k.keep(e); return (await k.waiting()).body.length;") == 9_216
    await page.context.set_offline(False)
    assert await ask(page, "await k.prepare(); await k.prepare(); await k.throwAway(); return k.waiting();") is None
    assert await page.evaluate(LEFT) == NOTHING


@pytest.mark.parametrize("end", ["old", "thrown away"])
async def test_a_copy_ends(page: Page, end: str) -> None:
    await page.evaluate("() => { delete ServiceWorkerRegistration.prototype.sync; }")
    if end == "old":
        # Kept by a phone whose clock stood four days back.
        await ask(page, "const now = Date.now; Date.now = () => now() - 4 * 86400000; await k.keep(e); Date.now = now;")
        assert await ask(page, "return k.waiting();") is None
    else:
        await ask(page, "await k.keep(e);")
        assert await page.evaluate(LEFT) != NOTHING
        await ask(page, "await k.throwAway();")
    assert await page.evaluate(LEFT) == NOTHING
