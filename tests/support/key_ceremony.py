"""A person of a watchdog in a browser, who makes a year of keys; everything that leaves the browser is noted."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, Request

from laborvoice.api.portal.app import create_portal_app
from laborvoice.domain.ids import PartyId
from laborvoice.domain.party import Role
from laborvoice.store.database import Database
from support.portal_pages import parts, served
from support.registry_world import World
from support.signing import PASSWORD, Person, person

READY = "html[data-keys]"
DIGITS = "[data-digits]"


@dataclass
class Desk:
    """``sent`` is every request of every page: its line, headers and body. ``refused``: what browsers complained of."""

    browser: Browser
    world: World
    origin: str
    people: dict[Role, Person]
    sent: list[str] = field(default_factory=list[str])
    refused: list[str] = field(default_factory=list[str])

    @property
    def party(self) -> PartyId:
        return self.people["watchdog_admin"].party

    async def page(self, role: Role = "watchdog_admin", **more: Any) -> Page:
        """Signed in, in a browser of its own."""
        context = await self.browser.new_context(base_url=self.origin, **more)
        page = await context.new_page()
        page.on("console", lambda message: self.refused.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.refused.append(str(error)))
        page.on("request", self._note)
        await page.goto("/login")
        await page.get_by_label("Name").fill(self.people[role].name)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        await page.get_by_label("Code").fill(self.people[role].code())
        await page.get_by_role("button", name="Go on").click()
        await page.wait_for_url(lambda url: "/login" not in url)
        return page

    def _note(self, request: Request) -> None:
        self.sent.append(f"{request.method} {request.url} {request.headers} {request.post_data}")

    def posts(self) -> list[str]:
        """Of keys."""
        return [one for one in self.sent if one.startswith(f"POST {self.origin}/v1/keys")]


@asynccontextmanager
async def desk(database: Any, browser: Browser) -> AsyncGenerator[Desk]:
    async with (
        Database.open(database.dsn("portal"), size=4) as reads,
        Database.open(database.dsn("vault"), size=2) as writes,
    ):
        world = World(reads, writes, database.superuser)
        made, party = parts(world), await world.party("watchdog", "A watchdog")
        people: dict[Role, Person] = {
            "watchdog_admin": await person(world, made.signing_in, party, "watchdog_admin", "Wilma Admin"),
            "watchdog_handler": await person(world, made.signing_in, party, "watchdog_handler", "Hanna Handler"),
        }
        async with served(create_portal_app(made)) as origin:
            yield Desk(browser, world, origin, people)
            made.fed.close()  # streams end, or the door would wait for them


@dataclass
class Made:
    """A file on the disk, and its code."""

    path: Path
    code: str


async def begun(page: Page, opener: str) -> str:
    """The code, before it is written down."""
    await page.wait_for_selector(READY, state="attached")
    await page.get_by_role("button", name=opener).click()
    await page.get_by_role("heading", name="Write down this code").wait_for()
    return "".join((await page.locator(DIGITS).inner_text()).split())


async def saved(page: Page, code: str, folder: Path) -> Made:
    """Written down, and the file on the disk."""
    await page.get_by_label("the last four digits").fill(code[-4:])
    await page.get_by_role("button", name="I have it on paper").click()
    async with page.expect_download() as loading:
        await page.get_by_role("link", name="Download the key file").click()
    loaded = await loading.value
    path = folder / loaded.suggested_filename
    await loaded.save_as(path)
    assert await page.locator(DIGITS).text_content() == ""
    return Made(path, code)


async def made(page: Page, opener: str, folder: Path) -> Made:
    """The first three steps."""
    return await saved(page, await begun(page, opener), folder)


async def prove(page: Page, file: Path, code: str) -> None:
    """The last step."""
    await page.locator("#prove-file").set_input_files(file)
    await page.locator("#prove-code").fill(code)
    await page.get_by_role("button", name="Prove and publish").click()
