"""A browser in front of a served portal, signed in, and what is asked of every page there."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # it brings no types
from playwright.async_api import Browser, Page

from laborvoice.bootstrap.portal import PortalParts
from laborvoice.store.database import Database
from support.portal_pages import Portfolio, shown
from support.registry_world import World
from support.signing import PASSWORD, Person

TILES = ".cards.first > .card"


@dataclass
class Portal:
    """``refused``: what the browser complained of, policy and all."""

    browser: Browser
    origin: str
    made: Portfolio
    world: World
    parts: PortalParts
    refused: list[str] = field(default_factory=list[str])

    async def page(self, **more: Any) -> Page:
        """In a window of its own, as who holds the brand's key."""
        return await self.stranger(extra_http_headers={"Authorization": f"Bearer {self.made.key}"}, **more)

    async def stranger(self, **more: Any) -> Page:
        """In a window of its own, as nobody yet."""
        context = await self.browser.new_context(base_url=self.origin, **more)
        page = await context.new_page()
        page.on("console", lambda message: self.refused.append(message.text) if message.type == "error" else None)
        return page

    def paths(self) -> tuple[str, ...]:
        """Every page in every state."""
        suppliers, releases = self.made.suppliers, self.made.releases
        newest = {name: of[-1] for name, of in releases.items() if of}
        return (
            "/suppliers",
            "/suppliers?band=severe&order=change",
            "/suppliers?q=BD2026001DEM012",
            *(
                f"/suppliers/{suppliers[name]}"
                for name in ("Harrowfin", "Lanternsea", "Pooled", "Juniper", "Nettlewick")
            ),
            "/heat",
            f"/compare?s={suppliers['Harrowfin']}&s={suppliers['Gildry']}&s={suppliers['Juniper']}",
            "/compare",
            f"/releases/{newest['Harrowfin']}",
            f"/releases/{newest['Juniper']}",
            f"/releases/{newest['Harrowfin']}/method",
            f"/releases/{newest['Lanternsea']}/method",
            "/nothing",
        )


@asynccontextmanager
async def opened(database: Any, browser: Browser) -> AsyncGenerator[Portal]:
    async with (
        Database.open(database.dsn("portal"), size=4) as reads,
        Database.open(database.dsn("vault"), size=2) as writes,
    ):
        world = World(reads, writes, database.superuser)
        async with shown(world) as (origin, made, parts):
            yield Portal(browser, origin, made, world, parts)


async def no_violation(page: Page) -> None:
    axe: Any = Axe()
    found = await axe.run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


async def first_row(page: Page, height: int = 800) -> None:
    """Three tiles beside each other come first, wholly in sight: how bad, what is behind it, what to do."""
    boxes = [await tile.bounding_box() for tile in await page.locator(TILES).all()]
    assert len(boxes) == 3
    assert [box for box in boxes if box is None or box["y"] + box["height"] > height] == [], page.url
    assert len({round(box["y"]) for box in boxes if box}) == 1
    assert await page.evaluate("document.querySelector('main .card').parentElement.className") == "cards first"


async def enter(page: Page, one: Person, path: str = "/account") -> None:
    """Signed in with password and code, from the page that was asked for and back to it."""
    await page.goto(path)
    await page.get_by_label("Name").fill(one.name)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_label("Code").fill(one.code())
    await page.get_by_role("button", name="Go on").click()
    await page.wait_for_url(f"**{path}")
