"""A watchdog's inbox in a browser, before a real portal, vault and intake: what workers tell is read and answered."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page

from laborvoice.api.portal.app import create_portal_app
from laborvoice.client.watchdog import keyfile
from laborvoice.client.worker import Message
from laborvoice.crypto import receipt, signing
from laborvoice.domain.ids import PartyId
from laborvoice.domain.party import Role
from support.key_ceremony import Desk, Made
from support.phone import CHANCE, HOST
from support.portal_pages import parts, served
from support.registry_world import START
from support.signing import Person, person
from support.spoken import Spoken, message, spoken
from support.watchdog import Watchdog

OPEN = "html[data-open]"
CODE = "1234567890123456789012345627"


@dataclass
class Inbox(Spoken):
    desk: Desk
    file: Made

    @property
    def party(self) -> PartyId:
        return self.played.watchdog.party

    async def locked(self, path: str = "/inbox", role: Role = "watchdog_handler", **more: Any) -> Page:
        page = await self.desk.page(role, **more)
        await page.goto(path)
        return page

    async def unlock(self, page: Page) -> Page:
        await page.locator("#unlock-file").set_input_files(self.file.path)
        await page.locator("#unlock-code").fill(self.file.code)
        await page.get_by_role("button", name="Unlock").last.click()
        await page.wait_for_selector(OPEN, state="attached")
        return page

    async def open(self, path: str = "/inbox", **more: Any) -> Page:
        return await self.unlock(await self.locked(path, **more))


def told(text: str, kind: Any = "story", **more: Any) -> tuple[str, Message]:
    """With the receipt that opens its conversation."""
    digits = receipt.make_digits(CHANCE.below(receipt.NUMBERS))
    return digits, message(text, kind, conversation=receipt.conversation_key(digits, HOST), **more)


def key_file(watchdog: Watchdog, folder: Path) -> Made:
    """Its first month opens what is sealed to the watchdog."""
    today = START.date()
    made = keyfile.make(watchdog.party, today, CHANCE)
    roots = (watchdog.root, *made.roots[1:])
    months = tuple(
        keyfile.make_month(watchdog.party, watchdog.sign, month.until, root)
        for month, root in zip(made.months, roots, strict=True)
    )
    keys = keyfile.Keys(
        party=watchdog.party, sign_key=signing.public_of(watchdog.sign), seed=watchdog.sign, months=months, roots=roots
    )
    path = folder / "laborvoice-key-2026.json"
    path.write_bytes(keyfile.write(keys, CODE, today, CHANCE))
    assert keys.pair(watchdog.pair.kid) is not None
    return Made(path, CODE)


@asynccontextmanager
async def inbox(database: Any, browser: Browser, folder: Path) -> AsyncGenerator[Inbox]:
    async with spoken(database, folder) as begun:
        played, world = begun.played, begun.registry
        made = parts(world)
        party, tools = played.watchdog.party, made.signing_in
        people: dict[Role, Person] = {
            "watchdog_admin": await person(world, tools, party, "watchdog_admin", "Wilma"),
            "watchdog_handler": await person(world, tools, party, "watchdog_handler", "Hanna"),
        }
        async with served(create_portal_app(made)) as origin:
            desk = Desk(browser, world, origin, people)
            yield Inbox(played, begun.site, world, desk, key_file(played.watchdog, folder))
            made.fed.close()  # streams end, or the door would wait for them
