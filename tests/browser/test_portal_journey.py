"""A compliance officer's way, with script and without: sign in, a supplier, why, a signed file, sign out."""

import re
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from playwright.async_api import Browser, Page

from laborvoice.cli.exports import verify_export
from laborvoice.web.words import DASH
from support.portal_browsing import Portal, enter, first_row, opened
from support.signing import person

NUMBERS = ("score", "low", "high")


@pytest.fixture
async def portal(database: Any, chromium: Browser) -> AsyncGenerator[Portal]:
    async with opened(database, chromium) as ready:
        yield ready


async def export(page: Page, folder: Path) -> None:
    """The site sheet of the supplier shown, with its manifest."""
    await page.get_by_role("link", name="Export a signed site sheet").click()
    await page.get_by_label("Export", exact=True).select_option("E1")
    await page.get_by_role("button", name="Ask for it").click()
    files = page.locator("a[download]")
    while await files.count() == 0:
        await page.get_by_role("link", name="Look again").or_(files.first).first.click()
    for link in await files.all():
        async with page.expect_download() as loading:
            await link.click()
        loaded = await loading.value
        await loaded.save_as(folder / loaded.suggested_filename)


def verified(folder: Path, key: str) -> Any:
    return CliRunner().invoke(verify_export, [str(folder), "--key", key])


def spoiled(folder: Path) -> str:
    """One of the files, which now has a byte more."""
    sheet = min(folder.glob("*.csv"))
    sheet.write_bytes(sheet.read_bytes() + b"\n")
    return sheet.name


async def open_one(page: Page) -> str:
    """The only supplier of a country, found by the filter; the address of its page."""
    await page.get_by_label("Country").select_option("TH")
    await page.get_by_role("button", name="Apply").click()
    await page.wait_for_url("**country=TH**")
    assert await page.locator("#list tbody tr").count() == 1
    await page.locator("#list").get_by_role("link", name="Harrowfin Seafood (demo)").click()
    await page.get_by_role("heading", name="How bad, how sure").wait_for()
    return page.url


async def read_why(page: Page, told: Any) -> None:
    """The digits of the API are on both pages."""
    shown = await page.locator("main").inner_text()
    assert f"{told['score']} of 100, 90 % range {told['low']}{DASH}{told['high']}" in shown
    await page.get_by_role("link", name="how this number is made").click()
    await page.get_by_role("heading", name="How this number is made").wait_for()
    why = await page.locator("main").inner_text()
    assert all(re.search(rf"\b{told[name]}\b", why) for name in NUMBERS)


@pytest.mark.parametrize("script", [True, False], ids=["script", "none"])
async def test_from_signing_in_to_signing_out(portal: Portal, tmp_path: Path, *, script: bool) -> None:
    officer = await person(portal.world, portal.parts.signing_in, portal.made.brand, "brand_admin", "Ana Admin")
    page = await portal.stranger(viewport={"width": 1280, "height": 800}, java_script_enabled=script)
    await enter(page, officer, "/suppliers?order=name")
    if script:
        await page.wait_for_selector("html[data-ready]", state="attached")
    await first_row(page)
    supplier = await open_one(page)
    await first_row(page)
    await read_why(page, await (await page.request.get(f"/v1{supplier.removeprefix(portal.origin)}/score")).json())
    await page.goto(supplier)
    await export(page, tmp_path)
    key = (await (await page.request.get("/.well-known/export-key")).json())["key"]
    assert verified(tmp_path, key).exit_code == 0
    name = spoiled(tmp_path)
    assert f"{name} was changed" in verified(tmp_path, key).stderr
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url("**/login**")
    await page.goto(supplier)
    await page.get_by_role("heading", name="Sign in").wait_for()
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
