import hashlib
import hmac
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laborvoice.crypto import framing
from laborvoice.errors import Malformed

h = bytes.fromhex


def test_a_list_prefixes_each_item_with_its_length() -> None:
    assert framing.lp("é", b"", b"\x01") == h("0002c3a90000000101")


def test_an_item_longer_than_its_length_field_is_refused() -> None:
    assert len(framing.lp(bytes(65_535))) == 65_537
    with pytest.raises(Malformed):
        framing.lp(bytes(65_536))


@given(st.lists(st.binary(max_size=40), max_size=4), st.lists(st.binary(max_size=40), max_size=4))
@settings(deadline=None)
def test_two_different_lists_never_make_the_same_bytes(left: list[bytes], right: list[bytes]) -> None:
    assert (framing.lp(*left) == framing.lp(*right)) == (left == right)


def test_hkdf_is_the_one_of_rfc_5869_with_an_empty_salt() -> None:
    pseudo_random = hmac.digest(bytes(32), b"key", "sha256")
    info = framing.lp(b"laborvoice/1/name", "item")
    assert framing.hkdf(b"key", "name", "item") == hmac.new(pseudo_random, info + b"\x01", hashlib.sha256).digest()
    assert framing.hkdf(b"key", "name", "item", size=16) == framing.hkdf(b"key", "name", "item")[:16]


@given(st.binary(max_size=98))
@settings(deadline=None)
def test_padding_comes_off_as_it_went_on(data: bytes) -> None:
    padded = framing.pad(data, 100)
    assert len(padded) == 100
    assert framing.unpad(padded) == data


def test_what_does_not_fit_is_not_padded() -> None:
    with pytest.raises(Malformed):
        framing.pad(bytes(99), 100)


@pytest.mark.parametrize("data", [b"", b"\x00", h("0003aabb"), h("0001aabb")])
def test_bad_padding_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        framing.unpad(data)


@given(st.binary())
@settings(deadline=None)
def test_base64_comes_back(data: bytes) -> None:
    assert framing.unb64(framing.b64(data)) == data


@pytest.mark.parametrize("text", ["A", "AA=", "AA==", "AB", "A+", "A/A", "A A", "é", "AAAA\n"])
def test_base64_is_read_strictly(text: str) -> None:
    with pytest.raises(Malformed):
        framing.unb64(text)


@given(st.text())
@settings(deadline=None)
def test_any_text_is_base64_or_malformed(text: str) -> None:
    try:
        assert framing.b64(framing.unb64(text)) == text
    except Malformed:
        return


def test_the_layout_is_the_one_of_the_design(vectors: dict[str, Any]) -> None:
    for envelope in vectors["envelopes"]:
        at = framing.LAYOUTS[envelope["suite"]]
        sizes = (at.ballot_at, at.ballot, at.parcel_at, at.parcel, at.outer, at.inner, at.wrap)
        slots = envelope["slots"]
        assert (*sizes, at.body(slots), at.padded(slots), at.room(slots)) == tuple(envelope["sizes"].values())
    assert [framing.LAYOUTS[1].room(3), framing.LAYOUTS[2].room(3)] == [1_691, 7_131]
    assert [framing.LAYOUTS[1].body(3), framing.LAYOUTS[2].body(3)] == [1_710, 7_150]


def test_the_envelopes_of_the_design_parse(vectors: dict[str, Any]) -> None:
    for envelope in vectors["envelopes"]:
        raw = h(envelope["envelope"])
        header = framing.parse_envelope(raw)
        assert len(raw) == framing.ENVELOPE_SIZE
        assert header.version == 1
        assert header.suite == envelope["suite"]
        assert header.box_kid == h(envelope["box"]["kid"])
        assert header.mix_kid == h(envelope["mix"]["kid"])
        assert framing.envelope_digest(raw) == h(envelope["envelope_digest"])
        assert framing.token_of(raw) == h(vectors["token"]["token"])
        rebuilt = framing.build_header(header.suite, header.box_kid, header.mix_kid, header.work_nonce)
        suite = header.suite
        parts = framing.token_of(raw) + framing.ballot_part(raw, suite) + framing.parcel_part(raw, suite)
        assert rebuilt + parts == raw


@pytest.mark.parametrize(("at", "value"), [(0, 2), (1, 0), (1, 3), (2, 1), (3, 1), (28, 1), (31, 9)])
def test_a_wrong_byte_of_the_header_is_refused(vectors: dict[str, Any], at: int, value: int) -> None:
    raw = bytearray(h(vectors["envelopes"][0]["envelope"]))
    raw[at] = value
    with pytest.raises(Malformed):
        framing.parse_envelope(bytes(raw))


@given(st.binary(max_size=64))
@settings(deadline=None)
def test_another_length_is_no_envelope(raw: bytes) -> None:
    with pytest.raises(Malformed):
        framing.parse_envelope(raw)


def test_box_rows_of_both_types_come_back() -> None:
    for suite, at in framing.LAYOUTS.items():
        part = b"\x07" * at.ballot
        plain = framing.pack_ballot_row(suite, b"\x09" * 32, part)
        assert len(plain) == 2_452
        assert framing.unpack_row(plain) == framing.SealedRow(suite=suite, nonce=b"\x09" * 32, ballot_part=part)
    plain = framing.pack_carried_row(2, 10, 0b1_0000_0011)
    assert len(plain) == 2_452
    assert plain[:2] == h("0200")
    assert framing.unpack_row(plain) == framing.CarriedRow(carries=2, severity=10, named=0b1_0000_0011)


@pytest.mark.parametrize(
    "row",
    [
        framing.pack_ballot_row(1, bytes(32), bytes(1_328)),
        framing.pack_ballot_row(3, bytes(32), bytes(2_416)),
        framing.pack_carried_row(0, 1, 1),
        framing.pack_carried_row(3, 1, 1),
        framing.pack_carried_row(1, 11, 1),
        framing.pack_carried_row(1, 1, 0b1111),
        b"\x02\x00" + bytes(32) + framing.pad(b"\x01\x01\x00", 2_418),
        b"\x02\x00" + b"\x01" + bytes(31) + framing.pad(b"\x01\x01\x00\x01", 2_418),
        b"\x02\x01" + bytes(32) + framing.pad(b"\x01\x01\x00\x01", 2_418),
        b"\x03\x00" + bytes(32) + framing.pad(b"\x01\x01\x00\x01", 2_418),
        b"",
    ],
)
def test_a_row_that_no_one_packs_is_refused(row: bytes) -> None:
    with pytest.raises(Malformed):
        framing.unpack_row(row)


@given(st.binary(min_size=40, max_size=40))
@settings(deadline=None)
def test_any_row_is_known_or_malformed(head: bytes) -> None:
    try:
        framing.unpack_row(head.ljust(2_452, b"\0"))
    except Malformed:
        return
