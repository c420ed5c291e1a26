"""Every page of the portal, for everyone's eyes, hands and screens."""

from collections.abc import AsyncGenerator
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, Page

from laborvoice.domain.party import Role
from support.portal_browsing import Portal, enter, first_row, no_violation, opened
from support.signing import person

pytestmark = pytest.mark.all_browser

THEMES: tuple[tuple[Literal["light", "dark"], str], ...] = (("light", "ltr"), ("dark", "ltr"), ("light", "rtl"))
FAULTS = ("Failed to load resource",)
"""What a browser says of a status we meant."""

DIRECTIONS = "[...document.querySelectorAll('svg')].map((one) => getComputedStyle(one).direction)"
FOCUSED = """() => {
    const one = document.activeElement;
    return [one.outerHTML.slice(0, 120), getComputedStyle(one).outlineStyle !== "none", one === document.body];
}"""
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
COVERED = """() => {
    const main = document.querySelector("main"), style = getComputedStyle(main);
    const inside = main.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const boxes = [...main.querySelectorAll(".card")].map((one) => one.getBoundingClientRect());
    const spans = new Map();
    for (const { top, left, right } of boxes) {
        const [a, b] = spans.get(Math.round(top)) ?? [left, right];
        spans.set(Math.round(top), [Math.min(a, left), Math.max(b, right)]);
    }
    return Math.max(...[...spans.values()].map(([a, b]) => b - a)) / inside;
}"""
LONG = """() => [...document.querySelectorAll("p, li, dd")].filter((one) => {
    const letter = document.createElement("span");
    letter.textContent = "0";
    one.append(letter);
    const ch = letter.getBoundingClientRect().width;
    letter.remove();
    return one.getBoundingClientRect().width > 80 * ch && !one.matches(".flash, .legend li");
}).length"""
CUT = """() => [...document.querySelectorAll(".scroll")]
    .filter((one) => one.scrollWidth > one.clientWidth)
    .map((one) => [one.scrollWidth, one.clientWidth, ...[...one.querySelectorAll("th")].slice(0, 9)
        .map((cell) => `${cell.textContent} ${Math.round(cell.getBoundingClientRect().width)}`)])"""
SMALL = """() => [...document.querySelectorAll("button, select, input:not([type=hidden]), .button, .top a, summary")]
    .map((one) => [one, (one.closest(".pick") ?? one).getBoundingClientRect()])
    .filter(([, box]) => box.width && box.height < 43.5).map(([one]) => one.outerHTML)"""


@pytest.fixture
async def portal(database: Any, chromium: Browser) -> AsyncGenerator[Portal]:
    async with opened(database, chromium) as ready:
        yield ready


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(portal: Portal, scheme: Any) -> None:
    page = await portal.page(viewport={"width": 1280, "height": 800}, color_scheme=scheme)
    for path in portal.paths():
        await page.goto(path)
        await no_violation(page)
    assert [text for text in portal.refused if not text.startswith(FAULTS)] == []


@pytest.mark.parametrize("role", ["brand_admin", "operator_admin", "auditor"])
async def test_every_page_of_the_navigation(portal: Portal, role: Role) -> None:
    """In both themes and both directions: axe finds nothing, nothing sticks out, cards use the width."""
    party = portal.made.brand if role == "brand_admin" else await portal.world.party("operator")
    one = await person(portal.world, portal.parts.signing_in, party, role, "Ana Admin")
    page = await portal.stranger(viewport={"width": 1280, "height": 800})
    await enter(page, one)
    links = await page.locator("nav a").evaluate_all("(all) => all.map((one) => one.getAttribute('href'))")
    for path in (*links, "/account", "/account/notices"):
        await page.goto(path)
        assert await page.locator("h1").count() == 1, path
        assert await page.evaluate(COVERED) >= 0.92, path
        for scheme, direction in THEMES:
            await page.emulate_media(color_scheme=scheme)
            await page.evaluate("(one) => { document.documentElement.dir = one; }", direction)
            assert not await page.evaluate(WIDER), path
            await no_violation(page)
    assert [text for text in portal.refused if not text.startswith(FAULTS)] == []


async def test_axe_would_find_something(portal: Portal) -> None:
    page = await portal.page()
    await page.goto("/suppliers")
    await page.evaluate("document.querySelectorAll('label').forEach((one) => one.remove())")
    with pytest.raises(AssertionError, match="label"):
        await no_violation(page)


@pytest.mark.parametrize("width", [1280, 1920, 2560])
async def test_no_column_of_the_portfolio_is_cut(portal: Portal, width: int) -> None:
    page = await portal.page(viewport={"width": width, "height": 800})
    await page.goto("/suppliers")
    assert await page.evaluate(CUT) == []


@pytest.mark.parametrize("width", [1280, 1920, 2560])
async def test_wide_screens_are_used(portal: Portal, width: int) -> None:
    page = await portal.page(viewport={"width": width, "height": 1000})
    for path in portal.paths():
        await page.goto(path)
        assert not await page.evaluate(WIDER), path
        assert await page.evaluate(COVERED) >= 0.92, path
        assert await page.evaluate(LONG) == 0, path


async def test_ten_seconds(portal: Portal) -> None:
    page = await portal.page(viewport={"width": 1280, "height": 800})
    for path in ("/suppliers", *(f"/suppliers/{one}" for one in portal.made.suppliers.values())):
        await page.goto(path)
        await first_row(page)


async def test_a_phone_at_twice_the_text(portal: Portal) -> None:
    """320 pixels, letters twice as large: nothing but tables and charts scrolls sideways, in their card."""
    page = await portal.page(viewport={"width": 320, "height": 700})
    for path in portal.paths():
        await page.goto(path)
        await page.evaluate("document.documentElement.setAttribute('style', 'font-size:200%')")
        assert not await page.evaluate(WIDER), path


@pytest.mark.parametrize("width", [320, 1280])
async def test_what_is_pressed_is_large_enough(portal: Portal, width: int) -> None:
    page = await portal.page(viewport={"width": width, "height": 800})
    for path in portal.paths():
        await page.goto(path)
        assert await page.evaluate(SMALL) == [], path


async def test_from_right_to_left(portal: Portal) -> None:
    """Numbers and charts stay as they are; nothing sticks out."""
    page = await portal.page(viewport={"width": 1280, "height": 800})
    for path in portal.paths():
        await page.goto(path)
        await page.evaluate("document.documentElement.dir = 'rtl'")
        assert not await page.evaluate(WIDER), path
        await no_violation(page)
        assert set(await page.evaluate(DIRECTIONS)) <= {"ltr"}


async def tabbed(page: Page) -> list[str]:
    """What the keyboard reaches, in order, until it has been everywhere; focus must be seen each time."""
    found: list[str] = []
    for _ in range(200):
        await page.keyboard.press("Tab")
        here = await page.evaluate(FOCUSED)
        if here[2]:
            break
        assert here[1], here[0]
        found.append(here[0])
    return found


async def test_the_keyboard_reaches_everything(portal: Portal) -> None:
    page = await portal.page(viewport={"width": 1280, "height": 800})
    await page.goto("/suppliers")
    reached = await tabbed(page)
    assert "To the content" in reached[0]
    assert sum("<select" in one for one in reached) == 6
    assert any("Harrowfin" in one for one in reached)
    assert any("Compare two to four" in one for one in reached)


async def test_choosing_to_compare_without_script(portal: Portal) -> None:
    page = await portal.page(java_script_enabled=False)
    await page.goto("/suppliers")
    for name in ("Harrowfin", "Gildry"):
        await page.get_by_label(f"Compare {name}").check()
    await page.get_by_role("button", name="Compare two to four").click()
    await page.get_by_role("heading", name="On one axis").wait_for()


async def test_paper_has_no_navigation(portal: Portal) -> None:
    page = await portal.page(viewport={"width": 794, "height": 1123})
    await page.goto(f"/suppliers/{portal.made.suppliers['Harrowfin']}")
    await page.emulate_media(media="print")
    for hidden in (".top", ".back", ".skip"):
        assert not await page.locator(hidden).first.is_visible()
    assert await page.get_by_text("Method lv-score/1").is_visible()
    assert len(await page.pdf(format="A4")) > 10_000


async def test_high_contrast(portal: Portal) -> None:
    page = await portal.page(forced_colors="active")
    await page.goto("/suppliers")
    assert await page.locator(".b").first.evaluate("(one) => getComputedStyle(one).borderStyle") == "solid"
