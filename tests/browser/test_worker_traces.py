"""What warns or stops a worker, and what a visit leaves behind: each line runs with ``--all-browser``."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest
from playwright.async_api import Route, async_playwright

from laborvoice.crypto import work
from laborvoice.domain.card import card_url, format_typed
from support.browsing import CHROMIUM, QUIET
from support.handset import CALM, ELSEWHERE, NARROW, Pocket, leading_to
from support.phone import HOST

pytestmark = pytest.mark.all_browser

GRAVE = CALM | {"documents_held": "yes"}
STORY = "They keep our passports in the blue cabinet."
WANTED = 16
TELLING = "Call 0171 555 1234 or a@b.example: the only welder of line 5 saw it."


@pytest.mark.parametrize("path", ["**/v1/manifest", "**/v1/manifest/*"])
async def test_what_does_not_prove_itself_stops_the_visit(phones: Pocket, path: str) -> None:
    """Of the signed manifest or of the part, one byte is another."""
    site = await phones.world.admit()
    await phones.world.learn()
    handset = await phones.another(site.cards[0])

    async def changed(route: Route) -> None:
        answer = await route.fetch(url=phones.world.url + urlsplit(route.request.url).path)
        body = bytearray(await answer.body())
        body[40] ^= 1
        await route.fulfill(body=bytes(body), content_type=answer.headers["content-type"])

    await handset.page.route(path, changed)
    await handset.open()
    await handset.walk("stop")
    assert await handset.page.locator("main button").count() == 0
    assert handset.posts("") == []


@pytest.mark.parametrize("days", [-20, 20])
async def test_a_manifest_of_other_days_stops_the_visit(phones: Pocket, days: int) -> None:
    site = await phones.world.admit()
    await phones.world.learn()
    handset = await phones.another(site.cards[0])
    await handset.page.clock.set_fixed_time(phones.world.clock.now() + timedelta(days=days))
    await handset.open()
    await handset.walk("stop")
    assert handset.posts("") == []


async def test_a_manifest_without_its_signature_stops_the_visit(phones: Pocket) -> None:
    site = await phones.world.admit()
    await phones.world.learn()
    handset = await phones.another(site.cards[0])

    async def unsigned(route: Route) -> None:
        answer = await route.fetch(url=phones.world.url + urlsplit(route.request.url).path)
        await route.fulfill(json={**await answer.json(), "sigs": []})

    await handset.page.route("**/v1/manifest", unsigned)
    await handset.open()
    await handset.walk("stop")
    assert handset.posts("") == []


async def test_the_key_of_another_card_stops_the_visit(phones: Pocket) -> None:
    """The card of the link names its manifest key, and this server has another."""
    site = await phones.world.admit()
    await phones.world.learn()
    card = msgspec.structs.replace(site.cards[0], fingerprint=bytes(16))
    handset = await phones.another(card)
    await handset.open("#" + card_url(HOST, card).partition("#")[2])
    assert "#" not in handset.page.url
    await handset.walk("stop")
    assert handset.posts("") == []


async def test_the_part_of_another_supplier_stops_the_visit(phones: Pocket) -> None:
    mine, other = await phones.world.admit(), await phones.world.admit()
    await phones.world.learn()
    handset = await phones.another(mine.cards[0])

    async def others(route: Route) -> None:
        answer = await route.fetch(url=f"{phones.world.url}/v1/manifest/{other.locator}")
        await route.fulfill(response=answer)

    await handset.page.route(f"**/v1/manifest/{mine.locator}", others)
    await handset.open()
    await handset.walk("stop")
    assert handset.posts("") == []


async def test_what_the_server_wants_is_worked_for(phones: Pocket) -> None:
    """More than the floor of the manifest; what it says otherwise is read in the tests of the modules."""
    site = await phones.world.admit()
    await phones.world.learn()
    handset = await phones.another(site.cards[0])
    await handset.page.route("**/v1/work", lambda route: route.fulfill(body=str(WANTED)))
    await handset.open()
    await handset.walk("end")
    [asked], [sent] = handset.posts("/v1/exchanges"), handset.posts("/v1/envelopes")
    envelope, request = sent.post_data_buffer or b"", asked.post_data_buffer or b""
    assert work.check(work.work_digest_envelope(envelope), envelope[20:28], WANTED)
    assert work.check(work.work_digest_exchange(request), request[4:12], WANTED)


async def test_words_that_show_who_she_is_are_named_and_never_block(phones: Pocket) -> None:
    site = await phones.world.admit()
    await phones.world.learn()
    handset = await phones.another(site.cards[0])
    handset.story = TELLING
    await handset.open()
    await handset.walk("story")
    await handset.page.fill("#story", TELLING)
    await handset.page.wait_for_selector(".hints li:nth-child(4)")
    assert await handset.page.locator(".hints").get_attribute("role") == "status"
    await handset.walk("review")


async def test_a_page_that_is_hidden_is_empty_and_one_that_comes_back_begins_anew(phones: Pocket) -> None:
    handset = await phones.another()
    await handset.open()
    await handset.walk("code")
    await handset.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert await handset.page.evaluate("document.body.childNodes.length") == 0
    await handset.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    await handset.at("language")


async def test_the_folder_of_the_browser_holds_nothing_she_said(phones: Pocket, tmp_path: Path) -> None:
    """With a typed code: a link that was opened is in the history of the browser before the page can take it away."""
    site = await phones.world.admit()
    await phones.world.learn()
    card, folder = site.cards[0], tmp_path / "profile"
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            folder, executable_path=CHROMIUM, args=[*QUIET, *leading_to(phones.world)], viewport=NARROW
        )
        handset = await phones.on(context, card)
        handset.answers, handset.story = GRAVE, STORY
        await handset.open()
        await handset.walk("end")
        await handset.page.click("#leave")
        await handset.page.wait_for_url(ELSEWHERE)
        await context.close()
    said = (STORY, handset.digits, format_typed(card.locator, card.code), card.code, "documents_held")
    assert _held(folder, said) == []
    assert _held(folder, ("wikipedia",)), "the browser has written nothing at all: this test proves nothing"


def _held(folder: Path, texts: Sequence[str]) -> list[tuple[str, str]]:
    whole = [(str(one), one.read_bytes()) for one in folder.rglob("*") if one.is_file()]
    return [
        (path, text)
        for path, body in whole
        for text in texts
        if text.encode() in body or text.encode("utf-16-le") in body
    ]
