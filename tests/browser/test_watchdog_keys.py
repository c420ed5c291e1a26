"""A watchdog's year of keys: made, written down, saved, proved, then published; nothing else leaves the browser."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from laborvoice.client.watchdog import keyfile
from laborvoice.crypto.framing import b64
from laborvoice.domain.ids import PartyId
from support import key_ceremony
from support.key_ceremony import READY, Desk, Made, prove
from support.portal_browsing import no_violation
from support.registry_world import START, CountedChance

BEGIN = "Make the keys"
OTHER = "1234567890123456789012345627"
TODAY = START.date()
KEPT = """() => new Promise((done) => {
    const opening = indexedDB.open("lv-keys", 1);
    opening.onsuccess = () => {
        const asking = opening.result.transaction("kept").objectStore("kept").getAll();
        asking.onsuccess = () => {
            const [row] = asking.result;
            opening.result.close();
            const text = row && JSON.stringify({ ...row, sealed: String.fromCharCode(...new Uint8Array(row.sealed)) });
            done(row ? { extractable: row.key.extractable, text } : null);
        };
    };
})"""


@pytest.fixture
async def desk(database: Any, chromium: Browser) -> AsyncGenerator[Desk]:
    async with key_ceremony.desk(database, chromium) as ready:
        yield ready


def secrets(made: Made) -> list[str]:
    """What of a file may never be seen by anybody else, as it could be written."""
    keys = keyfile.unlock(made.path.read_bytes(), made.code)
    found = [*keys.roots, keys.seed, made.code.encode()]
    grouped = " ".join(made.code[at : at + 4] for at in range(0, 28, 4))
    sealed: str = json.loads(made.path.read_text())["sealed"]
    return [made.code, grouped, sealed, *map(b64, found), *(one.hex() for one in found)]


def foreign(folder: Path) -> Made:
    """Another watchdog's file."""
    chance = CountedChance("foreign")
    keys, code = keyfile.make(PartyId.draw(b"\3" * 16), TODAY, chance), keyfile.draw_code(chance)
    path = folder / "foreign.json"
    path.write_bytes(keyfile.write(keys, code, TODAY, chance))
    return Made(path, code)


async def test_a_year_is_proved_before_it_is_published(desk: Desk, tmp_path: Path) -> None:
    page = await desk.page()
    await page.goto("/keys")
    await page.get_by_text("You have no keys").wait_for()
    made = await key_ceremony.made(page, BEGIN, tmp_path)
    fault = page.locator("#prove-fault")
    cut = tmp_path / "cut.json"
    cut.write_bytes(made.path.read_bytes()[:9000])
    other = foreign(tmp_path)
    for file, code, said in (
        (made.path, OTHER, "does not open this file"),
        (made.path, made.code[:-1], "28 digits"),
        (cut, made.code, "cut short"),
        (other.path, other.code, "somebody else"),
    ):
        await prove(page, file, code)
        await fault.get_by_text(said).wait_for()
    assert desk.posts() == []
    await prove(page, made.path, made.code)
    await page.wait_for_url("**/keys?done=keys-added")
    await page.get_by_text("waiting for the manifest").wait_for()
    assert len(desk.posts()) == 1
    assert [one for one in secrets(made) for request in desk.sent if one in request] == []
    assert desk.refused == []
    keys = keyfile.unlock(made.path.read_bytes(), made.code)
    posted = json.loads(desk.posts()[0].rpartition("} ")[2])
    assert [one["own"] for one in posted["months"]] == [one.own for one in keys.months]
    assert made.path.name == "laborvoice-key-2026.json"


async def published(desk: Desk, folder: Path) -> Made:
    page = await desk.page()
    await page.goto("/keys")
    made = await key_ceremony.made(page, BEGIN, folder)
    await prove(page, made.path, made.code)
    await page.wait_for_url("**/keys?done=keys-added")
    return made


async def unlock(page: Page, made: Made, *, remember: bool = False) -> None:
    await page.locator("#unlock-file").set_input_files(made.path)
    await page.locator("#unlock-code").fill(made.code)
    if remember:
        await page.get_by_label("This computer remembers").check()
    await page.get_by_role("button", name="Unlock", exact=True).last.click()
    await page.get_by_role("button", name="Lock", exact=True).wait_for()


@pytest.mark.all_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_at_any_step(desk: Desk, tmp_path: Path, scheme: Any) -> None:
    page = await desk.page(color_scheme=scheme, viewport={"width": 320, "height": 700})
    await page.goto("/keys")
    await no_violation(page)
    code = await key_ceremony.begun(page, BEGIN)
    await page.get_by_role("button", name="I have it on paper").click()
    await page.get_by_text("not its last four digits").wait_for()
    await no_violation(page)
    made = await key_ceremony.saved(page, code, tmp_path)
    await prove(page, made.path, OTHER)
    await page.get_by_text("does not open this file").wait_for()
    await no_violation(page)
    assert not await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    await prove(page, made.path, made.code)
    await page.wait_for_url("**/keys?done=keys-added")
    await page.get_by_text("My key is lost", exact=True).click()
    await no_violation(page)
    await page.goto("/inbox")
    await page.locator("#unlock-file").wait_for()
    await no_violation(page)
    assert desk.refused == []


@pytest.mark.all_browser
async def test_a_fresh_copy_forgets_what_is_long_past(desk: Desk, tmp_path: Path) -> None:
    """On another browser: file and code are all it needs. A handler may do it, and makes no keys."""
    made = await published(desk, tmp_path)
    desk.world.clock.skip(days=140)
    page = await desk.page("watchdog_handler")
    await page.goto("/keys")
    await page.wait_for_selector(READY, state="attached")
    assert await page.get_by_role("button", name=BEGIN).count() == 0
    await page.locator("#renew-file").set_input_files(made.path)
    await page.locator("#renew-code").fill(made.code)
    await page.get_by_role("button", name="Make a fresh copy").click()
    await page.get_by_text("the keys of 2 months").wait_for()
    async with page.expect_download() as loading:
        await page.get_by_role("link", name="Download the fresh copy").click()
    copy = tmp_path / "copy.json"
    await (await loading.value).save_as(copy)
    before, after = (keyfile.unlock(path.read_bytes(), made.code) for path in (made.path, copy))
    assert after.roots == (keyfile.ZEROED,) * 2 + before.roots[2:]
    assert desk.refused == []


@pytest.mark.all_browser
async def test_lost_keys_are_made_anew(desk: Desk, tmp_path: Path) -> None:
    lost = await published(desk, tmp_path)
    page = await desk.page()
    await page.goto("/keys")
    await page.wait_for_selector(READY, state="attached")
    await page.get_by_role("button", name="I have made a file").click()
    await prove(page, lost.path, lost.code)
    await page.get_by_text("There are keys for these months already").wait_for()
    await page.get_by_text("My key is lost", exact=True).click()
    made = await key_ceremony.made(page, "in place of the lost", tmp_path)
    await prove(page, made.path, made.code)
    await page.wait_for_url("**/keys?done=keys-added")
    shown = await (await page.request.get("/v1/keys")).json()
    assert {one["sign_key"] for one in shown["months"]} == {json.loads(made.path.read_text())["sign_key"]}


@pytest.mark.all_browser
async def test_keys_are_locked_again(desk: Desk, tmp_path: Path) -> None:
    """By the button, by fifteen idle minutes, and by leaving: nothing is remembered unasked."""
    made = await published(desk, tmp_path)
    page = await desk.page()
    await page.clock.install()
    await page.goto("/inbox")
    for leave in ("button", "idle", "leave"):
        await unlock(page, made)
        if leave == "button":
            await page.get_by_role("button", name="Lock", exact=True).click()
        elif leave == "idle":
            await page.clock.fast_forward("14:10")
            await page.get_by_text("Locks within a minute").wait_for()
            await page.clock.fast_forward("01:00")
        else:
            await page.goto("/keys")
            await page.goto("/inbox")
        await page.get_by_role("heading", name="Unlock").wait_for()
        assert not await page.locator("[data-kept]").is_visible()


@pytest.mark.all_browser
async def test_this_computer_remembers_for_thirty_days(desk: Desk, tmp_path: Path) -> None:
    made = await published(desk, tmp_path)
    page = await desk.page()
    await page.clock.install()
    await page.goto("/inbox")
    await page.get_by_text("can read your messages without file and code").wait_for()
    await unlock(page, made, remember=True)
    await page.reload()
    lock = page.get_by_role("button", name="Lock", exact=True)
    await lock.click()
    await page.get_by_text("This computer remembers your keys").wait_for()
    await page.locator("[data-again]").click()
    await lock.wait_for()
    stored = await page.evaluate(KEPT)
    assert stored["extractable"] is False
    assert [one for one in secrets(made) if one in stored["text"]] == []
    await page.clock.fast_forward(31 * 24 * 3600 * 1000)
    await page.goto("/inbox")
    await page.get_by_role("heading", name="Unlock").wait_for()
    assert await page.evaluate(KEPT) is None
