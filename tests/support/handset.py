"""A worker's phone in a test: Chromium as wide as a cheap one, in front of a real intake and a real vault."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request, Route, ViewportSize

from laborvoice.domain.card import Card, format_typed, grouped
from support.browsing import browsing
from support.known import QuickClock
from support.line import Line
from support.phone import BANK, HOST, quiet_answers
from support.poll import World

URL = f"http://{HOST}/"
NARROW: ViewportSize = {"width": 360, "height": 640}
ELSEWHERE = "https://www.wikipedia.org/"
BEFORE = "https://before.test/"
TABS = 60
GRAVE = ["serious", "critical"]
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
KNOWN = BANK.by_id()
CALM = quiet_answers() | {"danger_now": "no"}
"""Nothing adverse is answered: no gravest three, no call."""


class SlowerClock(QuickClock):
    """Sleeps long enough for a browser to be answered, not for the mix to be waited for."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 1.0))


def clock() -> SlowerClock:
    return SlowerClock(datetime(2026, 1, 15, 12, tzinfo=UTC))


@dataclass
class Handset:
    """``answers`` are given in ``walk``, and ``story`` is told there; ``digits`` are those of the receipt it saw.

    ``look`` is called at every screen that ``walk`` passes. ``typed`` makes of Latin digits what this worker types.
    """

    page: Page
    line: Line
    card: Card | None = None
    language: str = "en"
    typed: Callable[[str], str] = str
    answers: Mapping[str, str] = field(default_factory=lambda: CALM)
    story: str = ""
    digits: str = ""
    look: Callable[["Handset"], Awaitable[None]] | None = None
    requests: list[Request] = field(default_factory=list[Request])
    complaints: list[str] = field(default_factory=list[str])

    def listen(self) -> None:
        """To what is asked for, and to every complaint of the browser: a blocked script is one."""

        def asked(request: Request) -> None:
            self.requests.append(request)

        def said(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"}:
                self.complaints.append(message.text)

        def failed(error: Error) -> None:
            self.complaints.append(str(error))

        self.page.on("request", asked)
        self.page.on("console", said)
        self.page.on("pageerror", failed)

    async def open(self, fragment: str = "") -> None:
        await self.page.goto(URL + fragment)
        await self.page.wait_for_selector("html[data-ready]", state="attached")

    @property
    async def screen(self) -> str:
        return await self.page.locator("main").get_attribute("data-screen") or ""

    async def at(self, name: str) -> None:
        await self.page.wait_for_selector(f'main[data-screen="{name}"]', timeout=20_000)

    async def press(self, kind: str = "primary", place: int = 0) -> None:
        """The one way on, or an option or a tick by its place."""
        await self.tap(f"main .{kind}", place)

    async def tap(self, selector: str, place: int = 0) -> None:
        await self.page.locator(selector).nth(place).click()

    async def write(self, selector: str, text: str) -> None:
        await self.page.fill(selector, text)

    async def walk(self, *until: str) -> str:
        """On through the screens, until one of these is shown; says which."""
        while (shown := await self.screen) not in until:
            head = await self.page.locator("h1").text_content()
            if self.look is not None:
                await self.look(self)
            if (act := _ACTS.get(shown)) is not None:
                await act(self)
            await self._moved(shown, head)
        return shown

    async def _moved(self, shown: str, head: str | None) -> None:
        for _ in range(400):
            if (await self.screen, await self.page.locator("h1").text_content()) != (shown, head):
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"nothing followed {shown}: {self.complaints}")

    async def grave_faults(self) -> list[str]:
        """What axe finds serious or critical on this screen."""
        await self.page.evaluate(AXE)
        found: list[str] = await self.page.evaluate(
            "async (grave) => (await axe.run()).violations.filter((one) => grave.includes(one.impact))"
            ".map((one) => one.id + ': ' + one.nodes[0].html)",
            GRAVE,
        )
        return found

    async def small_targets(self) -> list[str]:
        """What is pressed and is under 44 pixels high or wide."""
        found: list[str] = await self.page.evaluate(
            "() => [...document.querySelectorAll('button, input, textarea, summary, a')]"
            ".map((one) => [one, one.getBoundingClientRect()])"
            ".filter(([, box]) => box.width && (box.width < 44 || box.height < 44)).map(([one]) => one.outerHTML)"
        )
        return found

    async def kept(self) -> list[object]:
        """What the browser keeps of the visit: names in both storages, databases, caches, cookies."""
        held = await self.page.evaluate(
            "async () => [...Object.keys(sessionStorage), ...Object.keys(localStorage),"
            " ...(await indexedDB.databases()).map((one) => one.name), ...(await caches.keys())]"
        )
        return [*held, *await self.page.context.cookies()]

    def posts(self, path: str) -> list[Request]:
        return [one for one in self.requests if one.method == "POST" and one.url.endswith(path)]


class Keyed(Handset):
    """One that has a keyboard alone: what is not reached by Tab is not there."""

    async def tap(self, selector: str, place: int = 0) -> None:
        await self._reach(selector, place)
        await self.page.keyboard.press("Enter")

    async def write(self, selector: str, text: str) -> None:
        await self._reach(selector, 0)
        await self.page.keyboard.type(text)

    async def _reach(self, selector: str, place: int) -> None:
        wanted = self.page.locator(selector).nth(place)
        for _ in range(TABS):
            if await wanted.evaluate("(one) => one === document.activeElement"):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"no way to {selector} by keyboard")


async def _language(handset: Handset) -> None:
    await handset.tap(f'.languages [lang="{handset.language}"]')


async def _code(handset: Handset) -> None:
    if handset.card is None:
        await handset.press("quiet")
        return
    await handset.write("#code", grouped(format_typed(handset.card.locator, handset.card.code)))
    await handset.press()


async def _question(handset: Handset) -> None:
    picture = await handset.page.locator(".picture .icon").get_attribute("class") or ""
    code = picture.rpartition("icon-")[2]
    await handset.press("option", KNOWN[code].options.index(handset.answers[code]))


async def _story(handset: Handset) -> None:
    await handset.write("#story", handset.story)
    await handset.press()


async def _receipt(handset: Handset) -> None:
    handset.digits = "".join(await handset.page.locator(".receipt span").all_text_contents())
    await handset.press()


async def _last(handset: Handset) -> None:
    await handset.write("#last", handset.typed(handset.digits[-4:]))
    await handset.press()


async def _next(handset: Handset) -> None:
    await handset.press()


async def _first(handset: Handset) -> None:
    await handset.press("option")


_ACTS: Mapping[str, Callable[[Handset], Awaitable[None]]] = {
    "language": _language,
    "code": _code,
    "place": _first,
    "question": _question,
    "offer": _first,
    "answerable": _first,
    "same": _first,
    "alone": _first,
    "story": _story,
    "receipt": _receipt,
    "last": _last,
    **dict.fromkeys(("before", "gravest", "urgent", "help", "limits", "may", "review", "used"), _next),
}


@dataclass
class Pocket:
    """``another`` gives a fresh phone: nothing is shared with the one before."""

    world: World
    browser: Browser

    async def another(
        self, card: Card | None = None, script: str = "", kind: type[Handset] = Handset, **look: Any
    ) -> Handset:
        """``script`` runs before the page does."""
        wanted: dict[str, Any] = {"viewport": NARROW, **look}
        context = await self.browser.new_context(**wanted)
        return await self.on(context, card, script, kind)

    async def on(
        self, context: BrowserContext, card: Card | None = None, script: str = "", kind: type[Handset] = Handset
    ) -> Handset:
        page = await context.new_page()
        await page.clock.set_fixed_time(self.world.clock.now())
        if script:
            await page.add_init_script(script)
        handset = kind(page, Line(), card)
        await handset.line.listen(page)
        handset.listen()
        for place in (ELSEWHERE, BEFORE):
            await context.route(f"{place}**", _elsewhere)
        return handset


async def _elsewhere(route: Route) -> None:
    await route.fulfill(body="<title>elsewhere</title>", content_type="text/html")


def leading_to(world: World) -> tuple[str, str]:
    """With these flags the host of the cards is the intake of this world, and as good as https."""
    return (
        f"--host-resolver-rules=MAP {HOST} {world.url.removeprefix('http://')}",
        f"--unsafely-treat-insecure-origin-as-secure=http://{HOST}",
    )


@asynccontextmanager
async def pocket(world: World) -> AsyncGenerator[Pocket]:
    """The vault answers what phones ask for, for as long as they are in use."""

    async def turn() -> None:
        while True:
            await world.turn()
            await asyncio.sleep(0.05)

    turning = asyncio.create_task(turn())
    async with browsing(*leading_to(world)) as browser:
        yield Pocket(world, browser)
    turning.cancel()
    await asyncio.gather(turning, return_exceptions=True)
