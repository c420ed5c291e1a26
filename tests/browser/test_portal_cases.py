"""A case in a browser: opened, shared after eight questions, approved by a second person, seen by the brand."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from laborvoice.api.portal.app import create_portal_app
from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain.ids import PartyId
from laborvoice.pipeline import enrol
from laborvoice.store.database import Database
from support.portal_browsing import enter, no_violation
from support.portal_pages import parts, served
from support.registry_world import World
from support.signing import Person, person

pytestmark = pytest.mark.all_browser

LOW = {"n": 200, "severity_sum": 40, "conditions": (2,) * 16}
SAFE = {"child_and_consent_first": "not_applicable", "undocumented_advised": "not_applicable"}
QUESTIONS = (
    "ten_or_more_could_know",
    "no_words_photo_time_or_channel",
    "teller_allows_the_brand",
    "form_names_no_source",
    *SAFE,
    "no_retaliation_agreed",
    "own_part_asked",
)

Judged = Callable[[Page], Awaitable[None]]


@dataclass
class Desk:
    browser: Browser
    origin: str
    world: World
    parts: PortalParts
    watchdog: PartyId
    brand: PartyId
    supplier: str

    async def signed_in(self, one: Person, **more: Any) -> Page:
        context = await self.browser.new_context(base_url=self.origin, viewport={"width": 1280, "height": 800}, **more)
        page = await context.new_page()
        await enter(page, one, "/cases")
        return page


@pytest.fixture
async def desk(database: Any, chromium: Browser) -> AsyncGenerator[Desk]:
    async with (
        Database.open(database.dsn("portal"), size=4) as reads,
        Database.open(database.dsn("vault"), size=2) as writes,
    ):
        world = World(reads, writes, database.superuser)
        watchdog, brand = await world.party("watchdog", "Watchdog"), await world.party("brand", "Example Brand")
        await enrol.jurisdiction(world.portal, watchdog, "BD", duty=True)
        supplier = await world.supplier()
        await world.linked(brand, supplier)
        await world.period("2026-Q3")
        await world.release(supplier, "2026-Q3", **LOW)
        made = parts(world)
        async with served(create_portal_app(made)) as origin:
            yield Desk(chromium, origin, world, made, watchdog, brand, supplier)


async def unjudged(page: Page) -> None:
    """Axe is a script itself: without any, the same pages are walked and not judged."""


async def opened(page: Page, supplier: str, judged: Judged) -> str:
    await page.get_by_role("link", name="Open a case").click()
    await judged(page)
    await page.get_by_label("Supplier").fill(supplier)
    await page.get_by_label("Class").select_option("U1")
    await page.get_by_label("Condition").select_option("building_fire")
    await page.get_by_label("Title").fill("Exits")
    await page.get_by_role("button", name="Open the case").click()
    await page.get_by_text("Opened: its clocks run.").wait_for()
    return page.url.partition("?")[0]


async def found(page: Page, judged: Judged) -> None:
    await page.get_by_label("What was found").fill("All exits of the site are locked while people work.")
    await page.get_by_label("Since").fill("2026-09")
    await page.get_by_role("button", name="Record the finding").click()
    await page.get_by_text("Saved.").wait_for()
    await page.get_by_label("Why it came to that").fill("Fear of theft.")
    await page.get_by_label("What is done").fill("Alarmed doors instead of locks.")
    await page.get_by_label("Whose task it is").fill("Plant manager")
    await page.get_by_label("Until").fill("2026-12-15")
    await page.get_by_role("button", name="Record the action").click()
    await page.get_by_text("Alarmed doors instead of locks.").first.wait_for()
    await judged(page)


async def shared(page: Page, judged: Judged) -> str:
    """The bytes that were shown before it was asked for."""
    await page.get_by_role("link", name="Share it").click()
    await judged(page)
    await page.get_by_label("Example Brand").check()
    for name in QUESTIONS:
        await page.locator(f"#f-{name}").select_option(SAFE.get(name, "yes"))
    await page.locator("#f-own_part_asked").select_option("no")
    await page.get_by_role("button", name="See exactly what they get").click()
    await page.get_by_role("link", name="Ask for it in the actions.").wait_for()
    await judged(page)
    assert await page.get_by_label("Example Brand").is_checked()
    await page.locator("#f-own_part_asked").select_option("yes")
    await page.get_by_role("button", name="See exactly what they get").click()
    await page.get_by_text("Nothing is shared yet.").wait_for()
    await judged(page)
    told = await page.locator("pre code").text_content()
    await page.get_by_role("button", name="Ask a second person").click()
    await page.get_by_text("It waits for a second person").wait_for()
    return told or ""


@pytest.mark.parametrize("script", [True, False], ids=["script", "none"])
async def test_from_opening_to_the_brand(desk: Desk, *, script: bool) -> None:
    tools, judged = desk.parts.signing_in, no_violation if script else unjudged
    first = await person(desk.world, tools, desk.watchdog, "watchdog_handler", "Hana Handler")
    second = await person(desk.world, tools, desk.watchdog, "watchdog_admin", "Ada Admin")
    buyer = await person(desk.world, tools, desk.brand, "brand_admin", "Ben Buyer")
    page = await desk.signed_in(first, java_script_enabled=script)
    case = await opened(page, desk.supplier, judged)
    await found(page, judged)
    told = await shared(page, judged)
    await page.goto("/approvals")
    await page.get_by_text("You asked for it").wait_for()
    assert await page.get_by_role("button", name="Approve").count() == 0
    other = await desk.signed_in(second, java_script_enabled=script)
    await other.get_by_role("link", name="Approvals").first.click()
    await judged(other)
    assert await other.locator("pre code").text_content() == told
    await other.get_by_role("button", name="Approve").click()
    await other.get_by_text("Approved: it is done.").wait_for()
    await answered(await desk.signed_in(buyer, java_script_enabled=script), case, judged)


async def answered(brand: Page, case: str, judged: Judged) -> None:
    await brand.goto("/suppliers")
    await brand.get_by_text("1 case waits for you").wait_for()
    await brand.goto(case)
    await brand.get_by_role("button", name="Acknowledge").click()
    await brand.get_by_text("You have acknowledged it.").wait_for()
    await judged(brand)
    await brand.get_by_role("link", name="Say how far it is").click()
    await brand.get_by_label("How far it is").select_option("done")
    await brand.get_by_label("What shows it").fill("A photograph of the doors")
    await judged(brand)
    await brand.get_by_role("button", name="Save").click()
    await brand.get_by_text("A photograph of the doors").wait_for()
    await brand.goto("/cases")
    await judged(brand)
