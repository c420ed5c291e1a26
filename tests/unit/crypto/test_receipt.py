import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laborvoice.crypto import mailbox, receipt, signing
from laborvoice.errors import Malformed, Undecryptable

h = bytes.fromhex
SEED = b"\x03" * 32
NONCE = b"\x05" * 12
LINK = receipt.first_link(b"\x04" * 32)


def test_the_receipt_of_the_design(vectors: dict[str, Any]) -> None:
    values = vectors["receipt"]
    digits = receipt.parse_digits(values["digits"])
    assert receipt.make_digits(int(digits[:26])) == digits
    conversation = receipt.conversation_key(digits, vectors["origin"])
    assert conversation == h(values["conv"])
    at = receipt.first_link(conversation)
    for tag in values["tags"]:
        assert at.tag == h(tag)
        at = receipt.link(at.following)


def test_the_item_of_the_design(vectors: dict[str, Any]) -> None:
    values = vectors["receipt"]
    at = receipt.first_link(h(values["conv"]))
    reply = receipt.open_item(at, h(values["item0"]))
    assert json.loads(reply.text) == values["reply"]
    assert receipt.verify_reply(at, reply, h(values["reply_signer_pk"]))
    assert not receipt.verify_reply(receipt.link(at.following), reply, h(values["reply_signer_pk"]))
    seed = h(vectors["roots"]["watchdog_a_sign"])
    assert signing.public_of(seed) == h(values["reply_signer_pk"])
    assert receipt.open_item(at, receipt.seal_item(at, seed, reply.text, NONCE)) == reply


@given(st.integers(0, receipt.NUMBERS - 1))
@settings(deadline=None)
def test_every_receipt_reads_back_and_every_wrong_digit_is_noticed(number: int) -> None:
    digits = receipt.make_digits(number)
    assert len(digits) == 28
    assert int(digits) % 97 == 1
    shown = receipt.grouped(digits)
    assert [len(one) for one in shown.split()] == [4] * 7
    assert receipt.parse_digits(shown.replace(" ", "-", 1)) == digits
    for at in range(28):
        wrong = digits[:at] + str((int(digits[at]) + 1) % 10) + digits[at + 1 :]
        with pytest.raises(Malformed):
            receipt.parse_digits(wrong)


@pytest.mark.parametrize("text", ["", "1" * 27, "1" * 29, "a" * 28, "²" * 28, "٣" * 28])
def test_what_is_no_receipt_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        receipt.parse_digits(text)


def test_a_reply_has_its_limit(noise: Callable[[str, int], bytes]) -> None:
    incompressible = noise("text", 913)
    assert receipt.ITEM_ROOM == 913
    item = receipt.seal_item(LINK, SEED, incompressible, NONCE)
    assert len(item) == 1_024
    assert receipt.open_item(LINK, item).text == incompressible
    with pytest.raises(Malformed):
        receipt.seal_item(LINK, SEED, incompressible + b"~", NONCE)


def test_an_item_opens_at_its_address_alone() -> None:
    item = receipt.seal_item(LINK, SEED, b"{}", NONCE)
    other = receipt.link(LINK.following)
    with pytest.raises(Malformed):
        receipt.open_item(other, item)
    with pytest.raises(Malformed):
        receipt.open_item(LINK, item[:-1])
    with pytest.raises(Undecryptable):
        receipt.open_item(LINK, item[:-1] + bytes((item[-1] ^ 1,)))
    with pytest.raises(Undecryptable):
        receipt.open_item(other, other.tag + item[16:])


def test_two_replies_at_one_address_share_no_key_stream() -> None:
    one, other = (receipt.seal_item(LINK, SEED, b"{}", nonce) for nonce in (NONCE, bytes(12)))
    assert one[:16] == other[:16]
    assert one[28:] != other[28:]
    assert receipt.open_item(LINK, one) == receipt.open_item(LINK, other)
    with pytest.raises(Malformed):
        receipt.seal_item(LINK, SEED, b"{}", NONCE + b"\0")


@given(st.binary(max_size=1_008))
@settings(deadline=None)
def test_arbitrary_bytes_are_no_item(data: bytes) -> None:
    with pytest.raises(Undecryptable):
        receipt.open_item(LINK, LINK.tag + data.ljust(1_008, b"\0"))


@pytest.mark.parametrize(
    ("prefix", "bits", "low", "high"),
    [("", 0, bytes(16), b"\xff" * 16), ("a8", 5, b"\xa8" + bytes(15), b"\xaf" + b"\xff" * 15)],
)
def test_a_bucket_has_its_bounds(prefix: str, bits: int, low: bytes, high: bytes) -> None:
    assert mailbox.bounds(prefix, bits) == (low, high)
    assert mailbox.prefix_of(low, bits) == mailbox.prefix_of(high, bits) == prefix


@pytest.mark.parametrize(
    ("rows", "bits"), [(0, 0), (15, 0), (31, 0), (32, 1), (63, 1), (64, 2), (2_047, 6), (2_048, 7), (10**6, 15)]
)
def test_buckets_keep_their_size(rows: int, bits: int) -> None:
    assert mailbox.bits_for(rows) == bits


@pytest.mark.parametrize(
    ("bits", "prefix"), [(0, ""), (1, "8"), (3, "a"), (4, "a"), (7, "ae"), (8, "af"), (9, "af8"), (12, "af9")]
)
def test_a_bucket_is_named_by_the_first_bits_of_the_tag(bits: int, prefix: str) -> None:
    tag = h("af9c") + bytes(14)
    assert mailbox.prefix_of(tag, bits) == prefix
    assert mailbox.parse_prefix(prefix, bits) == prefix


@pytest.mark.parametrize(("text", "bits"), [("", 1), ("ab", 4), ("A", 4), ("g", 4), ("f", 3), ("0f", 7), ("é", 4)])
def test_what_names_no_bucket_is_refused(text: str, bits: int) -> None:
    with pytest.raises(Malformed):
        mailbox.parse_prefix(text, bits)


@pytest.mark.parametrize(("count", "answer"), [(0, 64), (1, 64), (64, 64), (65, 128)])
@pytest.mark.parametrize("bits", [0, 7, 8])
def test_answers_are_alike_whether_something_is_there_or_not(count: int, answer: int, bits: int) -> None:
    prefix = mailbox.prefix_of(h("af9c") + bytes(14), bits)
    items = [(h("af9c") + bytes((number,))).ljust(1_024, b"\x05") for number in range(count)]
    raw = mailbox.fill(items, prefix, bits, b"\x06" * 32)
    found = [raw[at : at + 1_024] for at in range(0, len(raw), 1_024)]
    assert len(found) == len(set(found)) == answer
    assert found == sorted(found)
    assert set(items) <= set(found)
    assert {mailbox.prefix_of(one[:16], bits) for one in found} == {prefix}
    assert mailbox.fill(items, prefix, bits, b"\x06" * 32) == raw
    assert (mailbox.fill(items, prefix, bits, b"\x07" * 32) == raw) == (count == answer)
