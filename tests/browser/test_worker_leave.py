"""Leave now, from every screen there is: Back shows the page before ours, and nothing is kept."""

from collections.abc import Awaitable, Callable, Mapping

import pytest
from playwright.async_api import Route

from support import helper
from support.handset import BEFORE, CALM, ELSEWHERE, KNOWN, Handset, Pocket
from support.judging import NEWER

pytestmark = pytest.mark.all_browser

GRAVE = CALM | {"wages_full": "no", "toilets": "no", "injury": "yes", "exits_open": "no", "documents_held": "yes"}
IN_DANGER = CALM | {"danger_now": "yes"}
STORY = "They keep our passports."
WAYS = (
    *("language", "before", "code", "place", "question", "gravest", "urgent", "help", "limits", "offer", "may"),
    *("answerable", "story", "review", "sending", "receipt", "last", "end"),
)
NOBODYS = "1234567890123456789012345627"
OLDER = ("before", "question", "receipt")

Way = Callable[[Handset], Awaitable[None]]


async def gone(handset: Handset, name: str) -> None:
    """The page before ours is shown, as if ours had never been there."""
    assert await handset.screen == name
    context = handset.page.context
    await handset.page.click("#leave")
    await handset.page.wait_for_url(ELSEWHERE)
    await handset.page.go_back()
    assert handset.page.url == BEFORE, name
    assert await context.cookies() == []
    await context.close()


async def slow(route: Route) -> None:
    """No answer at all: the screen stays."""


@pytest.mark.parametrize("third", range(3))
async def test_from_each_screen_of_the_way(phones: Pocket, third: int) -> None:
    """An older browser has no CloseWatcher: there an entry of the history catches Android's Back."""
    site = await phones.world.admit()
    await phones.world.learn()
    wanted = [*((one, "") for one in WAYS), *((one, NEWER) for one in OLDER)][third::3]
    for card, (screen, script) in zip(site.cards, wanted, strict=False):
        handset = await phones.another(card, script=script)
        handset.answers, handset.story = GRAVE, STORY
        if screen == "sending":
            await handset.page.route("**/v1/envelopes", slow)
        await handset.page.goto(BEFORE)
        await handset.open()
        await handset.walk(screen)
        await gone(handset, screen)


async def _stop(handset: Handset) -> None:
    await handset.page.route("**/v1/manifest", lambda route: route.fulfill(body="{}"))
    await handset.walk("stop")


async def _offline(handset: Handset) -> None:
    await handset.page.route("**/v1/manifest", lambda route: route.abort())
    await handset.walk("offline")


async def _waiting(handset: Handset) -> None:
    await handset.page.route("**/v1/manifest", slow)
    await handset.walk("waiting")


async def _used(handset: Handset) -> None:
    await handset.walk("used")


async def _alone(handset: Handset) -> None:
    handset.answers = IN_DANGER
    await handset.walk("alone")


async def _same(handset: Handset) -> None:
    handset.answers = {one: "yes" if "yes" in KNOWN[one].options else given for one, given in CALM.items()}
    handset.answers |= {"danger_now": "no"}
    await handset.walk("same")


async def _reread(handset: Handset) -> None:
    await _same(handset)
    await handset.press("option", 1)
    await handset.at("reread")


async def _kept(handset: Handset) -> None:
    await handset.walk("review")
    await handset.page.route("**/v1/envelopes", lambda route: route.abort())
    await handset.press()
    await handset.press("option")
    await handset.at("kept")


ASIDE: Mapping[str, Way] = {
    "stop": _stop,
    "offline": _offline,
    "waiting": _waiting,
    "used": _used,
    "alone": _alone,
    "same": _same,
    "reread": _reread,
    "kept": _kept,
}


async def test_from_each_screen_beside_the_way(phones: Pocket) -> None:
    site = await phones.world.admit()
    await phones.world.learn()
    await phones.world.vote(site.cards[:1])
    fresh = iter(site.cards[1:])
    for screen, way in ASIDE.items():
        handset = await phones.another(site.cards[0] if screen == "used" else next(fresh))
        await handset.page.goto(BEFORE)
        await handset.open()
        await way(handset)
        await gone(handset, screen)


async def _nothing(_: Handset) -> None:
    """The digits are asked for."""


async def _looking(reader: Handset) -> None:
    await reader.page.route("**/v1/mailbox*", slow)
    await _asked(reader, "looking")


async def _none(reader: Handset) -> None:
    reader.digits = NOBODYS
    await _asked(reader, "none")


async def _thread(reader: Handset) -> None:
    await _asked(reader, "thread")


async def _reply(reader: Handset) -> None:
    await _thread(reader)
    await reader.press()
    await reader.at("reply")


async def _sent(reader: Handset) -> None:
    await _reply(reader)
    await reader.page.fill("#reply", STORY)
    await reader.press()
    await reader.at("sent")


async def _asked(reader: Handset, screen: str) -> None:
    await reader.page.fill("#digits", reader.digits)
    await reader.press()
    await reader.at(screen)


MAIL: Mapping[str, Way] = {
    "digits": _nothing,
    "looking": _looking,
    "none": _none,
    "thread": _thread,
    "reply": _reply,
    "sent": _sent,
}


async def test_from_each_screen_of_the_mailbox(phones: Pocket) -> None:
    site = await phones.world.admit()
    await phones.world.learn()
    teller = await phones.another(site.cards[0])
    teller.answers = GRAVE
    await teller.open()
    await teller.walk("end")
    [heard] = await helper.hear(phones.world)
    await helper.answer(phones.world, heard)
    for screen, way in MAIL.items():
        reader = await phones.another()
        reader.digits = teller.digits
        await reader.page.goto(BEFORE)
        await reader.open()
        await reader.page.click("#mail")
        await reader.at("digits")
        await way(reader)
        await gone(reader, screen)
