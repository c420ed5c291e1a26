"""The whole way of a worker, in a browser: a typed code, the poll, a call for help, a story, the receipt, the count."""

import json

from laborvoice.crypto import parcel
from laborvoice.domain.card import format_typed, grouped
from laborvoice.domain.condition import Condition
from laborvoice.domain.ids import SupplierId
from laborvoice.domain.release import Release
from support.handset import CALM, ELSEWHERE, Handset, Pocket
from support.poll import FIRST

BAD = {
    "wages_full": "no",
    "toilets": "no",
    "injury": "yes",
    "exits_open": "no",
    "debt_owed": "yes",
    "documents_held": "yes",
}
STORY = "They keep our passports."
OTHERS = 29

KILO = 1024
FIRST_TAP = 20 * KILO
CODE = 55 * KILO
REPORT = 35 * KILO
SENT = 14 * KILO


async def test_the_whole_journey(phones: Pocket) -> None:
    world = phones.world
    site = await world.admit(cards=OTHERS + 1)
    await world.learn()
    await world.vote(site.cards[1:])
    handset = await phones.another(site.cards[0])
    handset.answers, handset.story = CALM | BAD, STORY

    await handset.open()
    await _look(handset)
    assert handset.line.both() <= FIRST_TAP
    await _until(handset, "before", "code")
    await _mistyped(handset)
    await _until(handset, "place", "question")
    await handset.walk("gravest")
    assert await _ticked(handset) == 0
    for place in range(4):
        await handset.press("tick", place)
    assert await _ticked(handset) == 3
    await _look(handset)
    await _until(handset, "urgent", "help", "limits", "offer", "may")
    await handset.press("tick", 1)
    await _until(handset, "answerable", "story", "review", "receipt", "last", "end")

    assert (len(handset.digits), int(handset.digits) % 97) == (28, 1)
    await _left_behind(handset)
    await handset.press()
    await handset.page.wait_for_url(ELSEWHERE)
    await _heard(phones, site.supplier)
    await world.close(FIRST)
    [published] = await world.released(site)
    assert isinstance(published, Release)
    assert published.n == OTHERS + 1


async def _left_behind(handset: Handset) -> None:
    """Nothing on the phone, no complaint, and on the line no more than promised."""
    assert await handset.kept() == []
    assert handset.complaints == []
    assert [len(one.post_data_buffer or b"") for one in handset.posts("/v1/envelopes")] == [9216]
    assert handset.line.both(_is_file) <= CODE
    assert handset.line.both(_is_data) <= REPORT
    assert handset.line.up(_is_data) <= SENT


def _is_data(path: str) -> bool:
    return path.startswith("/v1/")


def _is_file(path: str) -> bool:
    return not _is_data(path)


async def _until(handset: Handset, *screens: str) -> None:
    for screen in screens:
        await handset.walk(screen)
        await _look(handset)


async def _look(handset: Handset) -> None:
    """Every screen: nothing grave for those who do not see it well, nothing too small for a thumb, one head."""
    assert await handset.grave_faults() == []
    assert await handset.small_targets() == []
    assert await handset.page.locator("h1").count() == 1


async def _mistyped(handset: Handset) -> None:
    """A wrong character is named, and nothing is asked of the server."""
    assert handset.card is not None
    typed = format_typed(handset.card.locator, handset.card.code)
    await handset.page.fill("#code", grouped(typed[:-1] + ("1" if typed[-1] != "1" else "2")))
    before = len(handset.requests)
    await handset.press()
    await handset.page.wait_for_selector("#code-wrong:not(:empty)")
    assert len(handset.requests) == before
    await _look(handset)


async def _ticked(handset: Handset) -> int:
    return await handset.page.locator('.tick[aria-checked="true"]').count()


async def _heard(phones: Pocket, supplier: SupplierId) -> None:
    """The call lies sealed in the inbox after the next mix, and says what she said."""
    world = phones.world
    await world.vault.mix()
    await world.vault.mix()
    [inner] = await world.messages()
    said = json.loads(parcel.open_message(world.watchdog.pair, 2, 0, inner).text)
    told = {key: said[key] for key in ("k", "t", "s", "l", "may", "act", "c", "f")}
    assert told == {
        "k": "urgent",
        "t": STORY,
        "s": str(supplier),
        "l": "en",
        "may": ["brand"],
        "act": "now",
        "c": [Condition.FREEDOM_OF_MOVEMENT, Condition.WAGES, Condition.RECRUITMENT_DEBT],
        "f": [7, 8, 9],
    }
