"""A helper's answer, read on another phone by the digits of the receipt, and a word back."""

import pytest

from laborvoice.crypto.framing import ENVELOPE_SIZE
from support import helper
from support.handset import CALM, Handset, Pocket

pytestmark = pytest.mark.all_browser

GRAVE = CALM | {"documents_held": "yes"}
ANSWER = "We hear you. <b>Come on Sunday.</b>"
BACK = "Thank you."
ZEROS = {"bengali": 0x9E6, "arabic": 0x660, "persian": 0x6F0, "devanagari": 0x966, "thai": 0xE50, "burmese": 0x1040}
MORE_SIZE = 64 * 1024


async def test_an_answer_is_read_by_digits_of_six_scripts_and_answered(phones: Pocket) -> None:
    teller = await _told(phones)
    [heard] = await helper.hear(phones.world)
    await helper.answer(phones.world, heard, ANSWER)
    readers = [await _reading(phones, _in(zero, teller.digits)) for zero in ZEROS.values()]
    for reader in readers:
        assert await reader.page.locator(".thread .words").all_text_contents() == [ANSWER]
    reader = readers[-1]
    assert await reader.page.locator(".thread .who").all_text_contents() == ["Watchdog", "Watchdog"]
    assert len([one for one in reader.requests if "/v1/mailbox" in one.url]) == 3
    await reader.press()
    await reader.at("reply")
    await reader.page.fill("#reply", BACK)
    await reader.press()
    await reader.at("sent")
    assert reader.complaints == []
    assert await reader.kept() == []
    # What follows looks like what was first, to whoever watches the line.
    [[first], [more]] = [one.posts("/v1/envelopes") for one in (teller, reader)]
    assert len(first.post_data_buffer or b"") == len(more.post_data_buffer or b"") == ENVELOPE_SIZE
    assert first.headers == more.headers
    phones.world.set(phones.world.today.replace(day=16))
    assert BACK in [one.said["t"] for one in await helper.hear(phones.world)]


async def test_a_reply_that_another_signed_is_not_shown(phones: Pocket) -> None:
    teller = await _told(phones)
    [heard] = await helper.hear(phones.world)
    sign, phones.world.watchdog.sign = phones.world.watchdog.sign, bytes(32)
    await helper.answer(phones.world, heard, ANSWER)
    phones.world.watchdog.sign = sign
    reader = await phones.another()
    await _open(reader)
    await reader.page.fill("#digits", teller.digits)
    await reader.press()
    await reader.at("none")


async def test_a_number_that_nobody_was_given_looks_like_one_that_was_not_answered(phones: Pocket) -> None:
    """The same words on the screen, and on the line as many bytes of as many answers."""
    teller = await _told(phones)
    await helper.hear(phones.world)
    seen: list[tuple[str, list[int]]] = []
    for digits in (teller.digits, "1234567890123456789012345627"):
        reader = await phones.another()
        sizes: list[int] = []
        await _open(reader)
        await reader.page.fill("#digits", digits)
        async with reader.page.expect_response("**/v1/mailbox*") as answered:
            await reader.press()
        sizes.append(len(await (await answered.value).body()))
        await reader.at("none")
        assert [one for one in reader.requests if "/v1/manifest/" in one.url and not one.url.endswith("/any")] == []
        seen.append((await reader.page.locator("main").inner_text(), sizes))
        assert reader.complaints == []
    assert seen[0] == seen[1]
    assert seen[0][1] == [MORE_SIZE]


@pytest.mark.parametrize("typed", ["1234567890123456789012345628", "123", ""])
async def test_a_wrong_digit_is_named_and_nothing_is_asked(phones: Pocket, typed: str) -> None:
    reader = await phones.another()
    await _open(reader)
    before = len(reader.requests)
    await reader.page.fill("#digits", typed)
    await reader.press()
    await reader.page.wait_for_selector("#digits-wrong:not(:empty)")
    assert len(reader.requests) == before


async def _told(phones: Pocket) -> Handset:
    """One that called for help, and wrote its receipt down."""
    site = await phones.world.admit()
    await phones.world.learn()
    teller = await phones.another(site.cards[0])
    teller.answers = GRAVE
    await teller.open()
    await teller.walk("end")
    return teller


async def _reading(phones: Pocket, digits: str) -> Handset:
    reader = await phones.another()
    await _open(reader)
    await reader.page.fill("#digits", digits)
    await reader.press()
    await reader.at("thread")
    return reader


async def _open(reader: Handset) -> None:
    await reader.open()
    await reader.page.click("#mail")
    await reader.at("digits")


def _in(zero: int, digits: str) -> str:
    return "".join(chr(zero + int(one)) for one in digits)
