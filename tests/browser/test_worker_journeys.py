"""The whole way in each script, by eye, ear and keyboard: from the language to the helper's answer."""

from collections.abc import Callable

import pytest

from laborvoice.crypto.framing import ENVELOPE_SIZE
from laborvoice.domain.card import Card
from support import helper
from support.handset import CALM, URL, Handset, Keyed, Pocket
from support.poll import FIRST

pytestmark = pytest.mark.all_browser

GRAVE = CALM | {
    "wages_full": "no",
    "toilets": "no",
    "injury": "yes",
    "exits_open": "no",
    "debt_owed": "yes",
    "documents_held": "yes",
}
SMALL = {"width": 320, "height": 568}
WORDS = {
    "en": ("They keep our passports.", "We hear you."),
    "bn": ("ওরা আমাদের পাসপোর্ট রেখে দেয়।", "আমরা আপনার কথা শুনেছি।"),
    "ar": ("يحتفظون بجوازاتنا.", "لقد سمعناكم."),
    "my": ("ကျွန်ုပ်တို့၏ နိုင်ငံကူးလက်မှတ်များကို သိမ်းထားသည်။", "ကြားရပါပြီ။"),
}
ZEROS = {"en": 0x30, "bn": 0x9E6, "ar": 0x660, "my": 0x1040}
FIRST_SCREENS = {"language", "before", "code", "waiting", "place"}
WAY = FIRST_SCREENS | {
    *("question", "gravest", "urgent", "help", "limits", "offer", "may", "answerable"),
    *("story", "review", "sending", "receipt", "last", "end"),
}


def in_script(language: str) -> Callable[[str], str]:
    return lambda digits: "".join(chr(ZEROS[language] + int(one)) for one in digits)


@pytest.mark.parametrize("language", ["en", "bn", "ar", "my"])
async def test_from_the_card_to_the_helpers_answer(drafts: Pocket, language: str) -> None:
    world = drafts.world
    story, answered = WORDS[language]
    teller = await _another(drafts, language, (await world.admit()).cards[0])
    await world.learn()
    await _tell(teller, story)
    [heard] = await helper.hear(world)
    assert (heard.said["t"], heard.said["l"], heard.said["k"]) == (story, language, "urgent")
    assert await world.boxed(FIRST) == 1
    await helper.answer(world, heard, answered)

    reader = await _another(drafts, language)
    await _read(reader, teller.digits)
    assert await reader.page.locator(".thread .words").all_text_contents() == [answered]
    await _reply(reader, story)
    world.set(world.today.replace(day=16))
    assert [one.said["t"] for one in await helper.hear(world) if one.said["k"] == "more"] == [story]


async def _another(drafts: Pocket, language: str, card: Card | None = None) -> Handset:
    handset = await drafts.another(card, locale=language, viewport=SMALL)
    handset.language, handset.typed = language, in_script(language)
    return handset


async def _tell(teller: Handset, story: str) -> None:
    """Through every screen of the way; one envelope, and nothing left."""
    teller.answers, teller.story = GRAVE, story
    looked = looking(teller)
    await teller.open()
    await teller.walk("end")
    await looked.look(teller)
    assert looked.names >= WAY - {"waiting", "sending"}
    assert [len(one.post_data_buffer or b"") for one in teller.posts("/v1/envelopes")] == [ENVELOPE_SIZE]
    await left_alone(teller)


async def _read(reader: Handset, digits: str) -> None:
    looked = looking(reader)
    await reader.open()
    await reader.tap("#mail")
    await reader.at("digits")
    await looked.look(reader)
    await reader.write("#digits", reader.typed(digits))
    await reader.press()
    await reader.at("thread")
    await looked.look(reader)


async def _reply(reader: Handset, text: str) -> None:
    looked = looking(reader)
    await reader.press()
    await reader.at("reply")
    await looked.look(reader)
    await reader.write("#reply", text)
    await reader.press()
    await reader.at("sent")
    await looked.look(reader)
    await left_alone(reader)


async def test_by_keyboard_alone(phones: Pocket) -> None:
    world = phones.world
    site = await world.admit()
    await world.learn()
    teller = await phones.another(site.cards[0], kind=Keyed)
    teller.answers, teller.story = GRAVE, "They keep our passports."
    focused: set[bool] = set()

    async def headed(handset: Handset) -> None:
        """Each new screen begins at its head."""
        focused.add(await handset.page.evaluate("document.activeElement.tagName === 'H1' || !document.hasFocus()"))

    teller.look = headed
    await teller.open()
    await teller.walk("end")
    assert focused == {True}
    await teller.tap("#leave")
    await teller.page.wait_for_url(lambda url: not url.startswith(URL))
    [heard] = await helper.hear(world)
    await helper.answer(world, heard, "We hear you.")

    reader = await phones.another(kind=Keyed)
    await reader.open()
    await reader.tap("#mail")
    await reader.at("digits")
    await reader.write("#digits", teller.digits)
    await reader.page.keyboard.press("Enter")
    await reader.at("thread")
    await reader.press()
    await reader.at("reply")
    await reader.write("#reply", "Thank you.")
    await reader.press()
    await reader.at("sent")


class Looked:
    """Every screen once, and every question: nothing grave for axe, nothing small, one head, as wide as the phone."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    async def look(self, handset: Handset) -> None:
        name = await handset.screen
        if name in {"waiting", "sending", "looking"}:
            return
        assert await handset.page.locator("h1").count() == 1, name
        assert await handset.small_targets() == [], name
        assert await handset.page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), name
        assert await handset.page.locator("html").get_attribute("lang") == handset.language
        drafted = handset.language != "en"
        assert await handset.page.locator("#draft").is_visible() is drafted, name
        if name not in self.names:
            assert await handset.grave_faults() == [], name
        self.names.add(name)


def looking(handset: Handset) -> Looked:
    looked = Looked()
    handset.look = looked.look
    return looked


async def left_alone(handset: Handset) -> None:
    """Only our own host was asked, the browser complains of nothing and keeps nothing."""
    assert [one.url for one in handset.requests if not one.url.startswith(URL)] == []
    assert handset.complaints == []
    assert await handset.kept() == []
