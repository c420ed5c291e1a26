"""The client's modules in a real browser, under the real policy, against a real intake and vault."""

import asyncio
import json
from collections.abc import AsyncGenerator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import ConsoleMessage, Page, Route

from laborvoice.crypto import parcel
from laborvoice.crypto.framing import b64, sha256
from laborvoice.web import worker
from support.browsing import browsing
from support.phone import HOST, quiet_answers
from support.poll import FIRST, World, playing

pytestmark = pytest.mark.all_browser

VISIT = """async ([base, wanted, answers, message]) => {
  const visit = await import(`${base}/phone/rest.mjs`);
  const card = { ...wanted.card, fingerprint: Uint8Array.from(wanted.card.fingerprint) };
  const seen = await visit.look({ ...wanted, card, fingerprint: card.fingerprint });
  const found = await visit.redeem(seen.trusted, card.code);
  const held = sessionStorage.length;
  const conversation = new Uint8Array(32);
  const envelope = await visit.seal(seen.trusted, found.voice, answers, { ...message, conversation });
  await visit.cast(envelope);
  return { outcome: found.outcome, held, left: sessionStorage.length, size: envelope.length };
}"""
KEPT = """async () => [
  document.cookie, localStorage.length, sessionStorage.length, (await indexedDB.databases()).length,
  (await caches.keys()).length, (await navigator.serviceWorker.getRegistrations()).length,
]"""
INJECTED = """() => {
  const script = () => {
    const made = document.createElement("script");
    made.textContent = "document.documentElement.dataset.ran = 'yes'";
    document.body.append(made);
  };
  const markup = () => { document.body.innerHTML = "<img src=x onerror='document.documentElement.dataset.ran = 1'>"; };
  return [script, markup].map((one) => { try { one(); return "ran"; } catch (error) { return error.name; } });
}"""
RUNS = b"document.documentElement.dataset.ran = 'yes';"
TEXT = "The night exit is locked."
MESSAGE = {"kind": "urgent", "text": TEXT, "language": "en", "conditions": ["building_fire"]}


@pytest.fixture
async def world(database: Any, short_home: Path) -> AsyncGenerator[World]:
    async with playing(database.dsn, short_home) as made:
        yield made


@pytest.fixture
async def page(world: World) -> AsyncGenerator[Page]:
    async with browsing() as browser:
        opened = await browser.new_page(service_workers="block")
        await opened.goto(world.url)
        yield opened


def base() -> str:
    return f"/a/{worker.release()}"


def wanted(world: World, card: Any) -> dict[str, Any]:
    shown = {"locator": card.locator, "code": card.code, "fingerprint": list(card.fingerprint)}
    return {"card": shown, "origin": HOST, "today": world.today.isoformat()}


async def test_what_the_page_seals_is_counted_and_read(page: Page, world: World) -> None:
    said: list[str] = []
    asked: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        said.append(message.text)

    page.on("console", heard)
    page.on("request", lambda request: asked.append(request.url))
    site = await world.admit()
    await world.learn()
    answers: dict[str, object] = {"answers": quiet_answers(), "gravest": ()}
    visit = asyncio.create_task(page.evaluate(VISIT, [base(), wanted(world, site.cards[0]), answers, MESSAGE]))
    while not visit.done():
        await world.turn()
        await asyncio.sleep(0.01)
    assert visit.result() == {"outcome": 0, "held": 1, "left": 0, "size": 9_216}
    assert await page.evaluate(KEPT) == ["", 0, 0, 0, 0, 0]
    # A vault that is slow for a moment is no fault of the page.
    assert [one for one in said if "503" not in one] == []
    assert {url.startswith(world.url + "/") for url in asked} == {True}
    for _ in range(2):
        await world.vault.mix()
    assert await world.boxed(FIRST) == 1
    [inner] = await world.messages()
    assert TEXT in parcel.open_message(world.watchdog.pair, 2, 0, inner).text.decode()


async def test_the_manifest_pins_the_page_that_is_served(page: Page) -> None:
    served = await page.evaluate("() => fetch('/').then((answer) => answer.text())")
    signed = await page.evaluate("() => fetch('/v1/manifest').then((answer) => answer.json())")
    assert json.loads(signed["payload"])["files"] == {"index.html": b64(sha256(served.encode()))}
    assert await page.get_attribute("body", "data-fp") != ""


async def test_nothing_runs_but_what_the_page_names(page: Page) -> None:
    """A module with one byte more, one that the page does not name, a script and markup that were put in."""
    assert await page.evaluate(INJECTED) == ["TypeError", "TypeError"]
    for path in ("phone/first.mjs", "phone/rest.mjs"):
        changed = worker.plain()[path] + b"\n" + RUNS
        await page.route(f"**{base()}/{path}", partial(fulfilled, changed))
        # Once more from the network, not from what the page has loaded already.
        await page.reload()
        assert await imported(page, f"{base()}/phone/rest.mjs") == "TypeError", path
        await page.unroute(f"**{base()}/{path}")
    await page.route("**/a/other.mjs", partial(fulfilled, RUNS))
    assert await imported(page, "/a/other.mjs") == "TypeError"
    assert await page.get_attribute("html", "data-ran") is None
    await page.reload()
    assert await imported(page, f"{base()}/phone/rest.mjs") == "ran"


async def fulfilled(body: bytes, route: Route) -> None:
    await route.fulfill(body=body, content_type="text/javascript")


async def imported(page: Page, path: str) -> Any:
    return await page.evaluate(f"() => import('{path}').then(() => 'ran', (error) => error.name)")
