"""``client``: the workers' page in Chromium on a slow line: when the first tap works, what goes over the line, sealing.

50 kbit/s each way, half a second to an answer, a processor six times slower. What Chromium throttles is its main thread
and its requests, not TLS: add two seconds for a real phone. It needs Chromium, so it is not among ``all``.
"""

import os
import shutil
from collections.abc import AsyncGenerator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter
from typing import Any, Final

import harness
import servers
from harness import Outcome, Size
from playwright.async_api import Browser, CDPSession, Page, async_playwright
from station import HOST, MASTER, ORIGIN, Station, open_period, station

KILO: Final = 1024
FRAME: Final = len("  HTTP/1.1\r\n\r\n")
SLOW: Final = {"rate": 6}
LINE: Final = {"offline": False, "latency": 500, "downloadThroughput": 50_000 / 8, "uploadThroughput": 50_000 / 8}
FAST: Final = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
READY: Final = """new MutationObserver(() => {
  if (!window.readyAt && document.documentElement.dataset.ready !== undefined) window.readyAt = performance.now();
}).observe(document, { attributes: true, subtree: true })"""
STORY: Final = "They keep our passports in the office."
PATIENCE_MS: Final = 120_000


@dataclass
class Bytes:
    """By request: sent, with head and body; got, with head; and the path. As Chromium counts them."""

    sent: dict[str, int] = field(default_factory=dict[str, int])
    got: dict[str, int] = field(default_factory=dict[str, int])
    paths: dict[str, str] = field(default_factory=dict[str, str])

    def listen(self, session: CDPSession) -> None:
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.requestWillBeSentExtraInfo", self._head)
        session.on("Network.loadingFinished", self._loaded)

    def kilo(self, wanted: Callable[[str], bool], *, sent_only: bool = False) -> float:
        chosen = [one for one, path in self.paths.items() if wanted(path)]
        up = sum(self.sent.get(one, 0) for one in chosen)
        return (up if sent_only else up + sum(self.got.get(one, 0) for one in chosen)) / KILO

    def _asked(self, said: dict[str, Any]) -> None:
        path = "/" + said["request"]["url"].split("/", 3)[3]
        self.paths[said["requestId"]] = path
        line = len(said["request"]["method"] + path) + FRAME
        body = sum(len(one.get("bytes", "")) * 3 // 4 for one in said["request"].get("postDataEntries", ()))
        self.sent[said["requestId"]] = self.sent.get(said["requestId"], 0) + line + body

    def _head(self, said: dict[str, Any]) -> None:
        head = sum(len(f"{name}: {value}\r\n") for name, value in said["headers"].items())
        self.sent[said["requestId"]] = self.sent.get(said["requestId"], 0) + head

    def _loaded(self, said: dict[str, Any]) -> None:
        self.got[said["requestId"]] = int(said["encodedDataLength"])


class Handset:
    """A page in a context of its own, and the handle by which it is made slow."""

    def __init__(self, page: Page, session: CDPSession) -> None:
        self.page = page
        self.bytes = Bytes()
        self._session = session

    async def slow(self, *, line: bool) -> None:
        wanted = LINE if line else FAST
        await self._session.send("Network.emulateNetworkConditions", wanted)  # pyright: ignore[reportUnknownMemberType]  # not read
        await self._session.send("Emulation.setCPUThrottlingRate", SLOW)  # pyright: ignore[reportUnknownMemberType]  # not read

    async def at(self, screen: str) -> None:
        await self.page.wait_for_selector(f'main[data-screen="{screen}"]', timeout=PATIENCE_MS)

    async def tap(self, selector: str, screen: str) -> None:
        await self.page.click(f"main {selector}")
        await self.at(screen)

    async def open(self) -> float:
        """Seconds from the address to the first tap."""
        await self.page.goto(f"http://{HOST}/", wait_until="commit", timeout=PATIENCE_MS)
        await self.page.wait_for_selector("html[data-ready]", state="attached", timeout=PATIENCE_MS)
        milliseconds: float = await self.page.evaluate("window.readyAt")
        return milliseconds / 1000

    async def to_review(self) -> None:
        """Without a card, which on the line looks as with one; with a story."""
        await self.tap('[lang="en"]', "before")
        await self.tap(".primary", "code")
        await self.tap(".quiet", "question")
        await self.tap('.option:has-text("No")', "story")
        await self.page.fill("#story", STORY)
        await self.tap(".primary", "answerable")


async def bench(size: Size) -> Outcome:
    async with station() as one:
        box = await open_period(one, size.pick(1_000, 50, 2))
        with ExitStack() as stack:
            port = _serving(one, stack)
            async with _chromium(port) as browser:
                slow = [await _first(browser) for _ in range(size.pick(7, 3, 1))]
                whole = await _whole(browser)
                sealing = [await _sealing(browser) for _ in range(size.pick(7, 3, 1))]
    ratios = {
        "tti_s": median(seconds for seconds, _ in slow),
        "first_tap_kb": median(kilo for _, kilo in slow),
        "code_kb": whole.kilo(_is_file),
        "data_kb": whole.kilo(_is_data),
        "sent_kb": whole.kilo(_is_data, sent_only=True),
        "seal_s": median(sealing),
    }
    files = [
        (path.replace("/a/", "").partition("/")[2] or path, f"{whole.kilo(path.__eq__):6.1f} KB")
        for path in dict.fromkeys(whole.paths.values())
    ]
    rows = [(f"suppliers: {len(box.phones):,}, watchdogs: 1", "both ways, with heads"), *files]
    return Outcome(ratios=ratios, per_second=1 / ratios["tti_s"], rows=rows)


def _is_data(path: str) -> bool:
    return path.startswith("/v1/")


def _is_file(path: str) -> bool:
    return not _is_data(path)


def _serving(one: Station, stack: ExitStack) -> int:
    """Intake and vault as the command line starts them; the vault signs the manifest anew, with the usual work."""
    common = {"home": str(one.folder), "intake_origin": ORIGIN}
    vault = {"database_url": one.dsn("vault"), "master_key": MASTER.hex(), "keyring": str(one.folder / "keyring")}
    stack.enter_context(servers.vault({**common, **vault}))
    return stack.enter_context(servers.role("intake", {**common, "database_url": one.dsn("intake")}))


@asynccontextmanager
async def _chromium(port: int) -> AsyncGenerator[Browser]:
    """The host of the manifest is this machine, and as good as https."""
    flags = [
        *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"),
        f"--host-resolver-rules=MAP {HOST} {servers.LOOPBACK}:{port}",
        f"--unsafely-treat-insecure-origin-as-secure=http://{HOST}",
    ]
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if found is None:
        raise SystemExit("`bench client` needs Chromium (Debian: apt-get install chromium), or its path in CHROMIUM.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=flags)
        yield browser
        await browser.close()


@asynccontextmanager
async def _handset(browser: Browser) -> AsyncGenerator[Handset]:
    context = await browser.new_context(viewport={"width": 360, "height": 640}, locale="en")
    page = await context.new_page()
    await page.add_init_script(READY)
    session = await context.new_cdp_session(page)
    await session.send("Network.enable")  # pyright: ignore[reportUnknownMemberType]  # its answer is not read
    handset = Handset(page, session)
    handset.bytes.listen(session)
    yield handset
    await context.close()


async def _first(browser: Browser) -> tuple[float, float]:
    async with _handset(browser) as handset:
        await handset.slow(line=True)
        seconds = await handset.open()
        await handset.page.wait_for_load_state("networkidle", timeout=PATIENCE_MS)
        return seconds, handset.bytes.kilo(lambda _: True)


async def _whole(browser: Browser) -> Bytes:
    """From the address to the answer that the envelope came."""
    async with _handset(browser) as handset:
        await handset.open()
        await handset.to_review()
        await handset.tap(".option", "review")
        await handset.tap(".primary", "receipt")
        await handset.page.wait_for_load_state("networkidle")
        return handset.bytes


async def _sealing(browser: Browser) -> float:
    """Seconds from the last answer to the sending, where she does not stop to read; work of 15 bits with it."""
    async with _handset(browser) as handset:
        await handset.open()
        await handset.to_review()
        await handset.slow(line=False)
        began = perf_counter()
        async with handset.page.expect_request("**/v1/envelopes", timeout=PATIENCE_MS):
            await handset.page.click("main .option")
            await handset.page.click("main .primary")
        return perf_counter() - began


if __name__ == "__main__":
    harness.main("client", bench)
