"""What a worker may meet on the way: each line runs with ``--all-browser``."""

import re
from hashlib import shake_256

import pytest
from playwright.async_api import Route

from laborvoice.crypto.framing import ENVELOPE_SIZE, b64
from support.handset import CALM, ELSEWHERE, URL, Handset, Pocket
from support.judging import NEWER, same_on_the_phone
from support.poll import FIRST

pytestmark = pytest.mark.all_browser

GRAVE = CALM | {"documents_held": "yes"}
IN_DANGER = CALM | {"danger_now": "yes"}
WAY = ("before", "code", "place", "question", "urgent", "offer", "may", "story", "review", "receipt", "end")
TOGETHER = "They keep our passports."


async def test_three_shifts_lead_away_and_escape_one_screen_back(phones: Pocket) -> None:
    handset = await phones.another()
    await handset.open()
    await handset.walk("code")
    await handset.page.keyboard.press("Escape")
    await handset.at("before")
    for _ in range(3):
        await handset.page.keyboard.press("Shift")
    await handset.page.wait_for_url(ELSEWHERE)


async def test_an_idle_page_warns_and_then_goes(phones: Pocket) -> None:
    handset = await phones.another()
    await handset.page.clock.install(time=phones.world.clock.now())
    await handset.open()
    await handset.walk("code")
    await handset.page.clock.run_for(9 * 60 * 1000 + 2000)
    await handset.page.click("#idle button")
    assert await handset.page.locator("#idle button").count() == 0
    await handset.page.clock.run_for(9 * 60 * 1000 + 2000)
    await handset.page.wait_for_selector("#idle button")
    await handset.page.clock.run_for(61 * 1000)
    await handset.page.wait_for_url(ELSEWHERE)


@pytest.mark.parametrize("language", ["bn", "ar", "my"])
async def test_the_way_in_a_draft_language(drafts: Pocket, language: str) -> None:
    site = await drafts.world.admit()
    await drafts.world.learn()
    handset = await drafts.another(site.cards[0], locale=language)
    handset.language, handset.answers, handset.story = language, GRAVE, TOGETHER
    await handset.open()
    first = handset.page.locator(".languages button").first
    assert await first.get_attribute("lang") == language
    assert await first.locator("small").count() == 1
    for screen in ("before", "question", "urgent", "story", "review", "receipt", "end"):
        await handset.walk(screen)
        assert await handset.page.locator("#draft").is_visible()
        assert await handset.page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
        assert await handset.grave_faults() == []
        assert await _fits(handset), screen
    assert handset.complaints == []


async def test_without_the_setting_no_draft_is_offered(phones: Pocket) -> None:
    handset = await phones.another(locale="bn")
    await handset.open()
    assert await handset.page.locator(".languages button").count() == 1


async def test_every_way_sends_one_envelope_of_one_size_with_one_set_of_headers(phones: Pocket) -> None:
    site = await phones.world.admit()
    await phones.world.learn()
    sent: set[tuple[object, ...]] = set()
    fetched: set[tuple[str, ...]] = set()
    for card, answers, story in (
        (site.cards[0], CALM, ""),
        (site.cards[1], CALM, TOGETHER),
        (site.cards[2], GRAVE, ""),
        (None, CALM, TOGETHER),
        (None, CALM, ""),
    ):
        handset = await phones.another(card)
        handset.answers, handset.story = answers, story
        await handset.open()
        await handset.walk("end")
        [posted] = handset.posts("/v1/envelopes")
        assert len(handset.posts("/v1/exchanges")) == 1
        sent.add((len(posted.post_data_buffer or b""), tuple(sorted(posted.headers.items()))))
        assert await handset.kept() == []
        assert all(one.url.startswith(URL) for one in handset.requests)
        fetched.add(tuple(sorted(_kind(one.url) for one in handset.requests)))
    assert [size for size, _ in sent] == [ENVELOPE_SIZE]
    assert len(fetched) == 1, "with an invite other files were fetched than without one"


def _kind(url: str) -> str:
    """A part is as good as any other: they are equally long."""
    return re.sub(r"/v1/manifest/.*", "/v1/manifest/part", url)


async def test_a_call_from_the_gate_goes_alone_and_the_vote_is_kept(phones: Pocket) -> None:
    site = await phones.world.admit()
    await phones.world.learn()
    handset = await phones.another(site.cards[0])
    handset.answers = IN_DANGER
    await handset.open()
    await handset.walk("end")
    assert len(handset.posts("/v1/envelopes")) == 1
    await handset.press()
    await handset.walk("end")
    assert len(handset.posts("/v1/envelopes")) == 2
    await phones.world.vault.mix()
    await phones.world.vault.mix()
    assert len(await phones.world.messages()) == 1
    assert await phones.world.boxed(FIRST) == 1


async def test_the_longest_story_still_goes_beside_a_call(phones: Pocket) -> None:
    """What the page takes can be sealed, whatever else is said with it."""
    site = await phones.world.admit()
    await phones.world.learn()
    handset = await phones.another(site.cards[0])
    handset.answers = GRAVE
    await handset.open()
    await handset.walk("story")
    noise = b64(shake_256(b"noise").digest(3_000))
    for size in range(len(noise), 0, -8):
        await handset.page.fill("#story", noise[:size])
        await handset.press()
        await handset.page.wait_for_selector('#story-wrong:not(:empty), main:not([data-screen="story"])')
        if await handset.screen != "story":
            break
    assert await handset.walk("end", "offline") == "end"


async def test_a_used_card_is_told_and_a_story_still_goes(phones: Pocket) -> None:
    site = await phones.world.admit()
    await phones.world.learn()
    await phones.world.vote(site.cards[:1])
    handset = await phones.another(site.cards[0])
    handset.story = TOGETHER
    await handset.open()
    assert await handset.walk("used", "end") == "used"
    await handset.walk("end")
    await phones.world.vault.mix()
    await phones.world.vault.mix()
    assert await phones.world.boxed(FIRST) == 1


async def test_an_exchange_that_was_lost_is_sent_again_as_it_was(phones: Pocket) -> None:
    site = await phones.world.admit()
    await phones.world.learn()
    handset = await phones.another(site.cards[0])
    lost: list[bool] = []

    async def lose(route: Route) -> None:
        if lost:
            await route.continue_()
        else:
            lost.append(True)
            await route.abort()

    await handset.page.route("**/v1/exchanges", lose)
    await handset.open()
    await handset.walk("end")
    first, second = handset.posts("/v1/exchanges")
    assert first.post_data_buffer == second.post_data_buffer
    await phones.world.vault.mix()
    await phones.world.vault.mix()
    assert await phones.world.boxed(FIRST) == 1


async def test_a_server_that_was_broken_for_a_while_costs_no_vote(phones: Pocket) -> None:
    site = await phones.world.admit()
    await phones.world.learn()
    handset = await phones.another(site.cards[0])
    await handset.page.route("**/v1/exchanges", _broken)
    await handset.open()
    await handset.walk("offline")
    await handset.page.unroute("**/v1/exchanges")
    await handset.press()
    await handset.walk("end", "offline")
    await phones.world.vault.mix()
    await phones.world.vault.mix()
    assert await phones.world.boxed(FIRST) == 1


async def _broken(route: Route) -> None:
    await route.fulfill(status=500)


async def test_an_unknown_locator_is_named_and_nothing_is_sent(phones: Pocket) -> None:
    site = await phones.world.admit()
    await phones.world.learn()
    stranger = site.cards[0]
    handset = await phones.another(type(stranger)(locator="000000", code=stranger.code, fingerprint=b""))
    await handset.open()
    await handset.walk("code")
    await handset.walk("waiting")
    await handset.page.wait_for_selector("#code-wrong:not(:empty)")
    assert handset.posts("") == []


async def test_newer_things_of_browsers_are_not_needed(phones: Pocket) -> None:
    site = await phones.world.admit()
    await phones.world.learn()
    handset = await phones.another(site.cards[0], script=NEWER)
    handset.answers, handset.story = GRAVE, TOGETHER
    await handset.open()
    await handset.walk("code")
    await handset.page.go_back()
    await handset.at("before")
    await handset.walk("end")
    assert handset.complaints == []


@pytest.mark.parametrize("script", ["delete Crypto.prototype.subtle", "delete window.DecompressionStream", ""])
async def test_who_cannot_seal_is_shown_the_number_on_the_card(phones: Pocket, script: str) -> None:
    """The last line: without JavaScript."""
    handset = await phones.another(script=script, java_script_enabled=bool(script))
    await handset.page.goto(URL)
    place = "#card" if script else "noscript"
    await handset.page.wait_for_selector(f'{place} p[lang="my"]')
    assert not await handset.page.locator("main").is_visible()
    assert handset.posts("") == []


async def test_large_text_on_a_narrow_phone_still_fits(phones: Pocket) -> None:
    site = await phones.world.admit()
    await phones.world.learn()
    handset = await phones.another(site.cards[0])
    handset.answers, handset.story = GRAVE, TOGETHER
    await handset.page.set_viewport_size({"width": 320, "height": 568})
    await handset.open()
    await handset.page.evaluate("document.documentElement.style.fontSize = '225%'")
    for screen in WAY:
        await handset.walk(screen)
        assert await _fits(handset), screen


async def test_markup_and_injected_scripts_do_nothing(phones: Pocket) -> None:
    handset = await phones.another()
    await handset.open()
    refused = await handset.page.evaluate(
        "() => { try { document.body.innerHTML = '<img src=x onerror=window.bad=1>'; } catch { return true; } }"
    )
    await handset.page.evaluate("document.body.append(Object.assign(document.createElement('p'), {id: 'still'}))")
    assert refused
    assert await handset.page.evaluate("window.bad") is None


async def test_a_broken_page_does_not_pass(phones: Pocket) -> None:
    """Or the looks at every screen would prove nothing."""
    handset = await phones.another()
    await handset.open()
    await handset.page.evaluate("document.body.append(document.createElement('input'))")
    assert [one.split(":")[0] for one in await handset.grave_faults()] == ["label"]
    assert await handset.small_targets() == []
    await handset.page.evaluate("document.querySelector('#leave').style.minHeight = '20px'")
    assert len(await handset.small_targets()) == 1


async def test_the_phone_judges_answers_as_the_server_does(phones: Pocket) -> None:
    handset = await phones.another()
    await handset.open()
    await handset.walk("code")
    await same_on_the_phone(handset.page)


async def _fits(handset: Handset) -> bool:
    """Nothing is wider than the phone."""
    return bool(await handset.page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth"))
