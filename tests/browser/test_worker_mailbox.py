"""A helper's answer, read on another phone by the digits of the receipt, and a word back."""

import json

import pytest

from laborvoice.chance import SystemChance
from laborvoice.crypto import parcel, receipt
from support.handset import CALM, Handset, Pocket
from support.phone import HOST

pytestmark = pytest.mark.all_browser

GRAVE = CALM | {"documents_held": "yes"}
ANSWER = "We hear you. <b>Come on Sunday.</b>"
BACK = "Thank you."
BENGALI = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")


async def test_an_answer_is_read_by_digits_of_another_script_and_answered(phones: Pocket) -> None:
    site = await phones.world.admit()
    await phones.world.learn()
    teller = await phones.another(site.cards[0])
    teller.answers = GRAVE
    await teller.open()
    await teller.walk("end")
    await _answer(phones, teller.digits, site.locator)

    reader = await phones.another()
    await _open(reader)
    await reader.page.fill("#digits", teller.digits.translate(BENGALI))
    await reader.press()
    await reader.at("thread")
    assert await reader.page.locator(".thread .words").all_text_contents() == [ANSWER]
    assert await reader.page.locator(".thread .who").all_text_contents() == ["Watchdog", "Watchdog"]
    assert await reader.grave_faults() == []
    assert len([one for one in reader.requests if "/v1/mailbox" in one.url]) == 3
    await reader.press()
    await reader.at("reply")
    await reader.page.fill("#reply", BACK)
    await reader.press()
    await reader.at("sent")
    assert reader.complaints == []
    assert await reader.kept() == []
    assert BACK in await _heard(phones)


async def test_a_number_that_nobody_was_given_looks_empty(phones: Pocket) -> None:
    await phones.world.admit()
    await phones.world.learn()
    reader = await phones.another()
    await _open(reader)
    await reader.page.fill("#digits", "1234567890123456789012345627")
    await reader.press()
    await reader.at("none")
    assert reader.complaints == []


@pytest.mark.parametrize("typed", ["1234567890123456789012345628", "123", ""])
async def test_a_wrong_digit_is_named_and_nothing_is_asked(phones: Pocket, typed: str) -> None:
    reader = await phones.another()
    await _open(reader)
    before = len(reader.requests)
    await reader.page.fill("#digits", typed)
    await reader.press()
    await reader.page.wait_for_selector("#digits-wrong:not(:empty)")
    assert len(reader.requests) == before


async def _open(reader: Handset) -> None:
    await reader.open()
    await reader.page.click("#mail")
    await reader.at("digits")


async def _answer(phones: Pocket, digits: str, locator: str) -> None:
    """An acknowledgement and a reply, as they lie in the mailbox after a mix."""
    watchdog, chance = phones.world.watchdog, SystemChance()
    at = receipt.first_link(receipt.conversation_key(digits, HOST))
    for kind, text in (("ack", ""), ("reply", ANSWER)):
        said = {"v": 1, "k": kind, "h": "", "st": "reading", "t": text, "p": locator, "w": str(watchdog.party)}
        item = receipt.seal_item(at, watchdog.sign, json.dumps(said).encode(), chance.bytes(12))
        await phones.world.execute(
            "INSERT INTO ballot.mailbox (week, tag, item) VALUES ('2026-W03', $1, $2)", at.tag, item
        )
        at = receipt.link(at.following)


async def _heard(phones: Pocket) -> list[str]:
    for hour in (12, 13):  # what waits on the shelf is dealt at the full hour
        phones.world.set(phones.world.today, hour)
        for _ in range(2):
            await phones.world.vault.mix()
    pair = phones.world.watchdog.pair
    return [json.loads(parcel.open_message(pair, 2, 0, one).text)["t"] for one in await phones.world.messages()]
