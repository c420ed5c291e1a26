"""A watchdog reads what workers told, in its own browser: as text, by supplier; what it answers reaches the phone."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from laborvoice.api.portal import event_stream
from laborvoice.domain.condition import Condition
from support.desk_world import chain_of
from support.inbox_world import Inbox, inbox, told
from support.portal_browsing import no_violation
from support.spoken import message

STORY = "<b>Locked</b> <img src=x onerror=alert(1)>\nhttps://example.com \u202eesrever\u0007"
SHOWN = STORY.replace("\u202e", "U+202E").replace("\u0007", "U+0007")
ANSWER = "We hear you. Come on Sunday."
STICKS_OUT = """() => [...document.querySelectorAll("body *")]
    .filter((one) => one.checkVisibility() && !one.closest(".scroll, .vh, .skip"))
    .filter((one) => {
        const { left, right } = one.getBoundingClientRect();
        return left < -1 || right > document.documentElement.clientWidth + 1;
    })
    .map((one) => one.outerHTML.slice(0, 90))"""
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
async def box(database: Any, chromium: Browser, tmp_path: Path) -> AsyncGenerator[Inbox]:
    async with inbox(database, chromium, tmp_path) as ready:
        yield ready


async def answered(page: Page, text: str) -> None:
    await page.get_by_text("Answer", exact=True).click()
    await page.get_by_label("Your answer").fill(text)
    await page.get_by_role("button", name="Sign and send").click()
    await page.locator("#status").get_by_text("Sent.").wait_for()


async def test_a_story_is_read_and_its_answer_reaches_the_phone(box: Inbox) -> None:
    digits, story = told(STORY, conditions=(Condition.BUILDING_FIRE,), may=("brand",))
    await box.tell(story, cards=1)
    page = await box.locked(viewport={"width": 1280, "height": 900})
    await expect(page.locator("#locked tbody tr")).to_have_count(1)
    await box.unlock(page)
    await page.get_by_role("heading", name="Test works 0 (1)").wait_for()
    await expect(page.locator(".rows .tags")).to_contain_text("came with an invite")
    await page.locator(".rows a").click()
    words = page.locator("#message .words").first
    assert await words.inner_text() == SHOWN
    assert await words.locator("img, a, b").count() == 0
    await expect(page.locator("#message .facts")).to_contain_text("Brand")
    await expect(page.locator("#message .sent li")).to_have_text(["That it came"])
    await answered(page, ANSWER)
    await expect(page.locator("#message .sent li")).to_have_count(2)
    await box.mix()
    heard = await box.played.worker().replies(digits)
    assert [(one.st, one.t) for one in heard] == [("received", ""), ("reading", ANSWER)]
    assert box.desk.refused == []
    assert [one for one in box.desk.sent if "Locked" in one or ANSWER in one or box.file.code in one] == []
    rows = await chain_of(box.desk.world, box.party)
    assert [(at, act) for at, act, _ in rows] == [
        ("2026-W46", act) for act in ("message.read", "reply.sent", "reply.sent")
    ]


@pytest.mark.all_browser
async def test_an_urgent_call_is_answered_and_made_a_case(box: Inbox) -> None:
    digits, call = told("Fire", "urgent", conditions=(Condition.BUILDING_FIRE,), act="with_others")
    await box.tell(call, message("Fire too", "urgent"), cards=1)
    page = await box.open(viewport={"width": 1280, "height": 900})
    await expect(page.locator(".rows .urgent")).to_have_count(2)
    await page.get_by_role("link", name="Fire", exact=True).click()
    await expect(page.locator("#message .tags")).to_contain_text("answered in time")
    await expect(page.locator(".rows .urgent")).to_have_count(1)
    await expect(page.locator("#message .facts")).to_contain_text("Hanna")
    await page.get_by_text("Make a case").click()
    assert await page.get_by_text("The server can read this").count() == 2
    assert await page.get_by_label("Class").input_value() == "U1"
    await page.get_by_label("Title").fill("Exits")
    await page.get_by_role("button", name="Open the case").click()
    await page.get_by_text("Open: case").wait_for()
    case = await box.desk.world.sql("SELECT row_to_json(c)::text FROM desk.case c")
    assert "Exits" in case
    assert "Fire" not in case
    await page.get_by_text("Close", exact=True).click()
    await page.get_by_role("button", name="Close it").click()
    await page.locator("#status").get_by_text("Closed, and told.").wait_for()
    await box.mix()
    assert [one.st for one in await box.played.worker().replies(digits)] == ["received", "closed"]
    assert box.desk.refused == []


@pytest.mark.all_browser
async def test_many_are_closed_at_once_and_told(box: Inbox) -> None:
    first, one = told("one")
    second, two = told("two")
    again = message("one again", conversation=one.conversation)
    await box.tell(one, two, again, message("Now", "urgent"))
    page = await box.open(viewport={"width": 1280, "height": 900})
    assert await page.locator(".rows input").count() == 3
    await page.get_by_label("all 3 of this group").check()
    await page.get_by_text("3 ticked").wait_for()
    await page.get_by_role("button", name="Close the ticked").click()
    await page.locator("#status").get_by_text("3 closed, and told.").wait_for()
    await expect(page.locator(".rows .tags", has_text="closed")).to_have_count(3)
    await page.get_by_role("button", name="All open 1").wait_for(state="detached")
    await page.get_by_role("button", name="Closed").click()
    await page.get_by_text("3 opened here").or_(page.locator(".rows li").nth(2)).first.wait_for()
    await box.mix()
    told_of = [[reply.st for reply in await box.played.worker().replies(digits)] for digits in (first, second)]
    assert told_of == [["closed", "closed"], ["closed"]]
    assert box.desk.refused == []


@pytest.mark.all_browser
async def test_what_is_new_is_told_and_shown_when_asked_for(box: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "BEAT_SECONDS", 0.5)
    page = await box.open()
    await page.get_by_text("Nothing waits.").wait_for()
    await box.tell(message("one"), message("two", "urgent"))
    await page.get_by_text("2 new, urgent among them").wait_for()
    assert await page.locator(".rows li").count() == 0
    await page.locator("#news-show").click()
    await expect(page.locator(".rows li")).to_have_count(2)


@pytest.mark.all_browser
async def test_a_split_is_seen(box: Inbox) -> None:
    page = await box.open()
    assert await page.locator("#split").is_hidden()
    await page.evaluate("localStorage['lv-manifests'] = localStorage['lv-manifests'].replace(/(\"\\d+\":\")./g, '$1!')")
    await page.reload()
    await box.unlock(page)
    await page.get_by_text("is another than at your last visit").wait_for()


@pytest.mark.all_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_for_all_eyes_and_screens(box: Inbox, scheme: Any) -> None:
    await box.tell(message(STORY + "x" * 200, conditions=(Condition.BUILDING_FIRE,)), message("Now", "urgent"))
    page = await box.locked(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    await no_violation(page)
    await box.unlock(page)
    await page.locator(".rows a").last.click()
    for name in ("Answer", "Make a case", "Close"):
        await page.get_by_text(name, exact=True).click()
    await page.locator(".rows input").last.check()
    await no_violation(page)
    await page.evaluate("document.documentElement.dir = 'rtl'")
    assert not await page.evaluate(WIDER)
    await page.set_viewport_size({"width": 320, "height": 700})
    await page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert await page.evaluate(STICKS_OUT) == []
    assert not await page.locator("#list").is_visible()
    await page.get_by_role("button", name="Back to the list").click()
    assert not await page.evaluate(WIDER)
    assert await page.evaluate("document.activeElement.className") == "first"
    assert box.desk.refused == []


@pytest.mark.all_browser
async def test_by_keyboard_and_by_address(box: Inbox) -> None:
    first = message("first")
    await box.tell(first, message("second", conversation=first.conversation))
    page = await box.locked()
    address = await page.locator("#locked tbody a").first.get_attribute("href")
    await box.unlock(page)
    await page.locator(".rows a").first.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#message h2")).to_be_focused()
    await page.go_back()
    await page.get_by_text("Choose a message.").wait_for()
    assert address is not None
    await page.goto(address)
    await box.unlock(page)
    await page.get_by_text("In the same conversation").wait_for()
    assert await page.locator("#message .words").count() == 2
    assert await page.locator(".rows li").count() == 2
    await page.get_by_text("Assign to me").click()
    await page.locator("#status").get_by_text("It is yours.").wait_for()
    await page.get_by_role("button", name="Mine").click()
    await expect(page.locator(".rows .tags")).to_contain_text("yours")


@pytest.mark.all_browser
async def test_ten_thousand_stay_usable(box: Inbox) -> None:
    """They are opened 500 at a time; of those all can be closed at once."""
    await box.tell(message("the same"))
    await box.desk.world.sql(
        "INSERT INTO desk.message (id, kid, kind, suite, slots, place, voiced, inner_message, week, batch)"
        " SELECT gen_random_uuid(), kid, kind, suite, slots, place, voiced, inner_message, week, batch"
        " FROM desk.message, generate_series(1, 9999)"
    )
    page = await box.open(viewport={"width": 1280, "height": 900})
    await expect(page.locator(".rows li")).to_have_count(500)
    await page.get_by_label("all 500 of this group").check()
    await page.get_by_label("Tell them that it is closed: an answer to each").uncheck()
    await page.get_by_role("button", name="Close the ticked").click()
    await page.locator("#status").get_by_text("500 closed.").wait_for()
    await page.locator("#more").click()
    await page.get_by_role("button", name="All open 500").wait_for()
    assert await box.desk.world.sql("SELECT count(*) FROM desk.message_state WHERE state = 'closed'") == 500


@pytest.mark.all_browser
async def test_without_script_it_says_so_and_lists_what_is_locked(box: Inbox) -> None:
    await box.tell(message("one"), message("two", "urgent"))
    page = await box.locked(java_script_enabled=False)
    await page.locator("noscript p").first.wait_for()
    await expect(page.locator("#locked tbody tr")).to_have_count(2)
    assert "one" not in await page.locator("#locked tbody").inner_text()


@pytest.mark.all_browser
async def test_ten_thousand_messages_are_opened_five_hundred_at_a_time(box: Inbox) -> None:
    await box.tell(message("The exits are locked."))
    await box.desk.world.sql(
        "INSERT INTO desk.message (id, kid, kind, suite, slots, place, voiced, inner_message, week)"
        " SELECT gen_random_uuid(), kid, kind, suite, slots, place, voiced, inner_message, week"
        " FROM desk.message, generate_series(2, 10000)"
    )
    page = await box.open(viewport={"width": 1280, "height": 900})
    await page.locator("#status").get_by_text("500 opened here.").wait_for()
    await expect(page.locator(".rows li")).to_have_count(500)
    await page.locator("#more").click()
    await expect(page.locator(".rows li")).to_have_count(1_000)
    await page.locator(".rows a").nth(700).click()
    assert await page.locator("#message .words").first.inner_text() == "The exits are locked."
    assert box.desk.refused == []
