from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laborvoice.crypto import framing, opening, sealing, suites, work
from laborvoice.errors import Malformed, Undecryptable

h = bytes.fromhex
SUPPLIER = "sup_4jfhky32628wfaybwzv7f5tadw"
PERIOD = "2026-Q4"
R = b"\x0a" * 32
BOX = {number: suites.key_pair(b"\x01" * 32, number) for number in suites.SUITES}
MIX = {number: suites.key_pair(b"\x02" * 32, number) for number in suites.SUITES}
KIDS = (b"\x01" * 8, b"\x02" * 8, b"\x03" * 8)

Noise = Callable[[str, int], bytes]


def outer(number: int, **changed: Any) -> sealing.Outer:
    plain: dict[str, Any] = {
        "kind": sealing.STORY,
        "slots": 2,
        "recipients": KIDS[:2],
        "inner": b"\x0b" * framing.LAYOUTS[number].inner,
    }
    return sealing.Outer(**(plain | changed))


def test_the_envelopes_of_the_design_open(vectors: dict[str, Any]) -> None:
    for envelope in vectors["envelopes"]:
        number, raw = envelope["suite"], h(envelope["envelope"])
        box = suites.key_pair(h(vectors["roots"]["box"]), number)
        mix = suites.key_pair(h(vectors["roots"]["mix"]), number)
        info = sealing.info_ballot(number, box.kid, vectors["supplier"], vectors["period"])
        assert info == h(envelope["info_ballot"])
        assert sealing.info_parcel(number, mix.kid) == h(envelope["info_parcel"])
        part = framing.ballot_part(raw, number)
        r, report = opening.open_ballot(box, vectors["supplier"], vectors["period"], part)
        assert r == h(vectors["bind"]["r"])
        assert report.decode() == vectors["report_json"]
        found = opening.open_parcel(mix, framing.parcel_part(raw, number))
        assert (found.kind, found.slots) == (envelope["kind"], envelope["slots"])
        assert found.recipients == (h(envelope["watchdog_a"]["kid"]), h(envelope["watchdog_b"]["kid"]))
        assert len(found.inner) == envelope["sizes"]["inner"]
        assert work.check(framing.envelope_digest(raw), raw[20:28], vectors["pow_bits"])


@pytest.mark.parametrize("number", [1, 2])
def test_a_ballot_opens_for_no_other_supplier_period_or_key(number: int) -> None:
    part = sealing.seal_ballot(number, BOX[number].public, SUPPLIER, PERIOD, R, b"{}")
    assert opening.open_ballot(BOX[number], SUPPLIER, PERIOD, part) == (R, b"{}")
    for pair, supplier, period in (
        (BOX[number], "sup_other", PERIOD),
        (BOX[number], SUPPLIER, "2027-Q1"),
        (MIX[number], SUPPLIER, PERIOD),
        (BOX[3 - number], SUPPLIER, PERIOD),
    ):
        with pytest.raises(Undecryptable):
            opening.open_ballot(pair, supplier, period, part)


def test_a_report_has_its_limit() -> None:
    part = sealing.seal_ballot(2, BOX[2].public, SUPPLIER, PERIOD, R, b"x" * 1_246)
    assert opening.open_ballot(BOX[2], SUPPLIER, PERIOD, part)[1] == b"x" * 1_246
    with pytest.raises(Malformed):
        sealing.seal_ballot(2, BOX[2].public, SUPPLIER, PERIOD, R, b"x" * 1_247)
    with pytest.raises(Malformed):
        sealing.seal_ballot(2, BOX[2].public, SUPPLIER, PERIOD, R[1:], b"")


@pytest.mark.parametrize("number", [1, 2])
def test_no_ballot_is_as_long_as_one_and_holds_none(number: int) -> None:
    part = sealing.seal_no_ballot(number, BOX[number].public, PERIOD)
    assert len(part) == framing.LAYOUTS[number].ballot
    with pytest.raises(Malformed):
        opening.open_ballot(BOX[number], "any", PERIOD, part)


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize(
    "changed",
    [
        {"kind": sealing.URGENT},
        {"slots": 3, "recipients": KIDS},
        {"recipients": (KIDS[0], sealing.EMPTY_KID)},
        {"recipients": (sealing.EMPTY_KID, KIDS[0])},
    ],
)
def test_a_parcel_comes_back(number: int, changed: dict[str, Any]) -> None:
    sent = outer(number, **changed)
    part = sealing.seal_parcel(number, MIX[number].public, sent)
    assert len(part) == framing.LAYOUTS[number].parcel
    assert opening.open_parcel(MIX[number], part) == sent
    with pytest.raises(Undecryptable):
        opening.open_parcel(BOX[number], part)


@pytest.mark.parametrize("number", [1, 2])
def test_a_dummy_comes_back(number: int) -> None:
    part = sealing.seal_parcel(number, MIX[number].public, sealing.dummy_outer(number))
    assert len(part) == framing.LAYOUTS[number].parcel
    assert opening.open_parcel(MIX[number], part) == sealing.dummy_outer(number)


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": 3},
        {"kind": 0},
        {"slots": 1, "recipients": KIDS[:1]},
        {"slots": 4, "recipients": KIDS},
        {"recipients": ()},
        {"recipients": (KIDS[0], KIDS[0])},
        {"recipients": KIDS},
        {"kind": 0, "slots": 0, "recipients": ()},
        {"kind": 0, "slots": 0, "recipients": KIDS[:1], "inner": bytes(7_422)},
    ],
)
def test_a_bad_route_is_refused(changed: dict[str, Any]) -> None:
    part = sealing.seal_parcel(2, MIX[2].public, outer(2, **changed))
    with pytest.raises(Malformed):
        opening.open_parcel(MIX[2], part)


def test_an_outer_message_of_another_length_or_with_a_stray_byte_is_refused() -> None:
    with pytest.raises(Malformed):
        sealing.seal_parcel(2, MIX[2].public, outer(2, inner=b""))
    plain = bytearray(sealing.build_outer(outer(2)))
    with pytest.raises(Malformed):
        opening.parse_outer(2, bytes(plain[1:]))
    plain[7] = 1
    with pytest.raises(Malformed):
        opening.parse_outer(2, bytes(plain))


@given(st.binary(max_size=40))
@settings(deadline=None)
def test_any_outer_message_is_known_or_malformed(head: bytes) -> None:
    try:
        opening.parse_outer(1, head.ljust(5_278, b"\0"))
    except Malformed:
        return


@pytest.mark.parametrize("number", [1, 2])
def test_every_envelope_has_one_size_whatever_was_chosen(number: int, noise: Noise) -> None:
    token = sealing.filler_token(noise("filler", sealing.FILLER_SIZE))
    ballots = (
        sealing.seal_no_ballot(number, BOX[number].public, PERIOD),
        sealing.seal_ballot(number, BOX[number].public, SUPPLIER, PERIOD, R, b"{}"),
    )
    parcels = (
        sealing.seal_parcel(number, MIX[number].public, sealing.dummy_outer(number)),
        sealing.seal_parcel(number, MIX[number].public, outer(number)),
    )
    for ballot in ballots:
        for parcel in parcels:
            raw = sealing.assemble(
                sealing.Parts(
                    suite=number,
                    box_kid=BOX[number].kid,
                    mix_kid=MIX[number].kid,
                    token=token,
                    ballot=ballot,
                    parcel=parcel,
                ),
                bits=4,
                start=7,
            )
            header = framing.parse_envelope(raw)
            assert len(raw) == 9_216
            assert (header.box_kid, header.mix_kid) == (BOX[number].kid, MIX[number].kid)
            assert work.check(work.work_digest_envelope(raw), header.work_nonce, 4)
            assert framing.token_of(raw) == token
            assert framing.ballot_part(raw, number) == ballot
            assert framing.parcel_part(raw, number) == parcel


def test_a_piece_of_another_length_is_not_assembled() -> None:
    parts = sealing.Parts(suite=1, box_kid=KIDS[0], mix_kid=KIDS[1], token=b"", ballot=b"", parcel=b"")
    with pytest.raises(Malformed):
        sealing.assemble(parts, bits=0)
