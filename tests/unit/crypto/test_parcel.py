import json
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from laborvoice.crypto import framing, opening, parcel, suites
from laborvoice.errors import Malformed, Undecryptable

h = bytes.fromhex
A = {number: suites.key_pair(b"\x0a" * 32, number) for number in suites.SUITES}
B = {number: suites.key_pair(b"\x0b" * 32, number) for number in suites.SUITES}
Noise = Callable[[str, int], bytes]


def seal(number: int, places: parcel.Places, text: bytes, noise: Noise) -> bytes:
    return parcel.seal_message(number, places, text, noise("entropy", parcel.entropy_size(number, places)))


def test_the_messages_of_the_design_open(vectors: dict[str, Any]) -> None:
    for envelope in vectors["envelopes"]:
        number, slots, raw = envelope["suite"], envelope["slots"], h(envelope["envelope"])
        mix = suites.key_pair(h(vectors["roots"]["mix"]), number)
        inner = opening.open_parcel(mix, framing.parcel_part(raw, number)).inner
        assert parcel.message_digest(number, slots, inner) == h(envelope["message_digest"])
        for place, name in enumerate(("watchdog_a", "watchdog_b")):
            pair = suites.key_pair(h(vectors["roots"][name]), number)
            found = parcel.open_message(pair, slots, place, inner)
            assert found.digest == h(envelope["message_digest"])
            assert json.loads(found.text) == vectors["message"]


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("slots", [2, 3])
def test_all_recipients_read_the_same_and_nobody_else_reads(number: int, slots: int, noise: Noise) -> None:
    places = (A[number].public, None, B[number].public)[3 - slots :]
    inner = seal(number, places, b"a text", noise)
    assert len(inner) == framing.LAYOUTS[number].inner
    last = parcel.open_message(B[number], slots, slots - 1, inner)
    assert last.text == b"a text"
    assert last.digest == parcel.message_digest(number, slots, inner)
    if slots == 3:
        assert parcel.open_message(A[number], slots, 0, inner) == last
    with pytest.raises(Undecryptable):
        parcel.open_message(A[number], slots, slots - 1, inner)
    with pytest.raises(Undecryptable):
        parcel.open_message(B[number], slots, slots - 2, inner)


@pytest.mark.parametrize("at", [0, 40, 2_000, 5_245])
def test_altered_bytes_are_refused(at: int, noise: Noise) -> None:
    inner = bytearray(seal(1, (A[1].public, B[1].public), b"a text", noise))
    inner[at] ^= 1
    refused = 0
    for place, pair in enumerate((A[1], B[1])):
        try:
            parcel.open_message(pair, 2, place, bytes(inner))
        except Undecryptable:
            refused += 1
    # A change in one wrap spoils it for its recipient; any other change for both.
    assert refused == (1 if at in {40, 2_000} else 2)


def test_a_second_text_under_the_same_commitment_is_refused(noise: Noise) -> None:
    """What a malicious sender would do: a key for each recipient, a body that both keys seem to open."""
    inner = seal(1, (A[1].public, None), b"a text", noise)
    at = framing.LAYOUTS[1]
    commit, body = inner[:32], inner[32 + 2 * at.wrap :]
    info = parcel.info_wrap(1, B[1].kid, framing.sha256(commit + body))
    other = suites.seal(1, B[1].public, info, noise("another content key", 32))
    forged = inner[: 32 + at.wrap] + other + body
    assert parcel.open_message(A[1], 2, 0, forged).text == b"a text"
    with pytest.raises(Undecryptable, match="committed"):
        parcel.open_message(B[1], 2, 1, forged)


def test_a_body_sealed_with_another_key_is_refused(noise: Noise) -> None:
    content_key = noise("content key", 32)
    commit = framing.hkdf(content_key, "commit")
    body = AESGCM(bytes(32)).encrypt(bytes(12), bytes(framing.LAYOUTS[2].padded(2)), b"")
    info = parcel.info_wrap(2, A[2].kid, framing.sha256(commit + body))
    inner = commit + suites.seal(2, A[2].public, info, content_key) + bytes(80) + body
    with pytest.raises(Undecryptable):
        parcel.open_message(A[2], 2, 0, inner)


def test_another_length_or_place_is_refused(noise: Noise) -> None:
    inner = seal(2, (A[2].public, None), b"a text", noise)
    for slots, place, data in ((2, 2, inner), (2, -1, inner), (2, 0, inner[1:])):
        with pytest.raises(Malformed):
            parcel.open_message(A[2], slots, place, data)


def test_the_room_is_used_to_the_last_byte(noise: Noise) -> None:
    for number, slots in ((1, 2), (1, 3), (2, 2), (2, 3)):
        room = framing.LAYOUTS[number].room(slots)
        fits, too_long = noise("text", room), noise("text", room + 1)
        places = (A[number].public, None, None)[:slots]
        assert parcel.fits(number, slots, fits)
        assert parcel.open_message(A[number], slots, 0, seal(number, places, fits, noise)).text == fits
        assert not parcel.fits(number, slots, too_long)
        with pytest.raises(Malformed):
            seal(number, places, too_long, noise)


def test_another_number_of_random_bytes_is_refused() -> None:
    with pytest.raises(Malformed):
        parcel.seal_message(2, (A[2].public, None), b"", bytes(32))


def test_what_compresses_is_compressed_and_inflating_stops() -> None:
    assert parcel.encode(b"ab") == b"\x00ab"
    long = b"a" * parcel.INFLATED_MAX
    assert parcel.encode(long)[0] == 1
    assert parcel.decode(parcel.encode(long)) == long
    with pytest.raises(Malformed):
        parcel.encode(long + b"a")
    assert not parcel.fits(1, 2, long + b"a")
    bomb = zlib.compress(long + b"a")
    for bad in (bomb, zlib.compress(b"a" * 10**7), zlib.compress(long)[:-1], zlib.compress(b"a") + b"x", b"\x00\x01"):
        with pytest.raises(Malformed):
            parcel.decode(b"\x01" + bad)
    for bad in (b"", b"\x02"):
        with pytest.raises(Malformed):
            parcel.decode(bad)


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_any_text_comes_back_and_any_bytes_are_text_or_malformed(data: bytes) -> None:
    assert parcel.decode(parcel.encode(data)) == data
    try:
        parcel.decode(b"\x01" + data)
    except Malformed:
        return


@given(st.binary(max_size=200))
@settings(deadline=None, max_examples=30)
def test_any_inner_message_is_refused_without_a_crash(head: bytes) -> None:
    for number in (1, 2):
        with pytest.raises(Undecryptable):
            parcel.open_message(A[number], 2, 0, head.ljust(framing.LAYOUTS[number].inner, b"\0"))
