"""A compliance officer's way: the portfolio, one supplier, why; with script and without, the same facts."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from support.portal_browsing import Portal, no_violation, opened


@pytest.fixture
async def portal(database: Any, chromium: Browser) -> AsyncGenerator[Portal]:
    async with opened(database, chromium) as ready:
        yield ready


async def walk(page: Page, *, script: bool) -> str:
    """Portfolio, filter, supplier, why."""
    await page.goto("/suppliers")
    if script:
        await page.wait_for_selector("html[data-ready]", state="attached")
    await page.get_by_label("Country").select_option("TH")
    await page.get_by_role("button", name="Apply").click()
    await page.wait_for_url("**country=TH**")
    assert await page.locator("#list tbody tr").count() == 1
    await page.locator("#list").get_by_role("link", name="Harrowfin Seafood (demo)").click()
    await page.get_by_role("heading", name="How bad, how sure").wait_for()
    await page.get_by_role("link", name="how this number is made").click()
    await page.get_by_role("heading", name="How this number is made").wait_for()
    return await page.locator("main").inner_text()


async def test_from_the_portfolio_to_why(portal: Portal) -> None:
    page = await portal.page(viewport={"width": 1280, "height": 800})
    with_script = await walk(page, script=True)
    await no_violation(page)
    without = await walk(await portal.page(java_script_enabled=False), script=False)
    assert with_script == without
    assert portal.refused == []


async def test_a_filter_replaces_the_list_alone(portal: Portal) -> None:
    page = await portal.page(viewport={"width": 1280, "height": 800})
    await page.goto("/suppliers")
    await page.wait_for_selector("html[data-ready]", state="attached")
    await page.evaluate("document.querySelector('h1').dataset.same = 'yes'")
    await page.get_by_label("Band").select_option("severe")
    await page.get_by_role("button", name="Apply").click()
    await page.wait_for_url("**band=severe**")
    assert await page.locator("#list tbody tr").count() == 1
    assert await page.locator("h1[data-same]").count() == 1
    assert portal.refused == []
