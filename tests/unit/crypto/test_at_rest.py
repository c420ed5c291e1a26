from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laborvoice.crypto import at_rest, credential, framing, issuer, suites
from laborvoice.errors import Malformed, Undecryptable

h = bytes.fromhex
MASTER = b"\x08" * 32
NONCE = b"\x09" * 12
CIPHER = at_rest.row_cipher(MASTER)
LOT = at_rest.lot(MASTER, "sup", "2026-Q4")
PAIR = suites.key_pair(b"\x0c" * 32, 1)


def test_the_rows_of_the_design_unwrap(vectors: dict[str, Any]) -> None:
    root = h(vectors["roots"]["box"])
    lot = at_rest.lot(root, vectors["supplier"], vectors["period"])
    assert lot == h(vectors["lot"])
    cipher = at_rest.row_cipher(root)
    sealed = vectors["box_rows"][0]
    plain = at_rest.unwrap(cipher, lot, h(sealed["blob"]))
    row = framing.unpack_row(plain)
    assert isinstance(row, framing.SealedRow)
    assert row.nonce == h(vectors["bind"]["nonce"])
    envelope = next(one for one in vectors["envelopes"] if one["suite"] == row.suite)
    assert row.ballot_part == framing.ballot_part(h(envelope["envelope"]), row.suite)
    assert framing.pack_ballot_row(row.suite, row.nonce, row.ballot_part) == plain
    assert at_rest.rewrap(cipher, lot, plain, h(sealed["blob"])[:12]) == h(sealed["blob"])


def test_the_carried_row_of_the_design(vectors: dict[str, Any]) -> None:
    root, blob = h(vectors["roots"]["box"]), h(vectors["box_rows"][1]["blob"])
    values = vectors["box_rows"][1]
    plain = at_rest.unwrap(at_rest.row_cipher(root), h(vectors["lot"]), blob)
    row = framing.unpack_row(plain)
    named = int(values["set"], 16)
    assert row == framing.CarriedRow(carries=values["carries"], severity=values["severity"], named=named)
    assert framing.pack_carried_row(values["carries"], values["severity"], named) == plain


def test_a_row_opens_in_its_lot_alone() -> None:
    plain = framing.pack_carried_row(1, 2, 4)
    blob = at_rest.rewrap(CIPHER, LOT, plain, NONCE)
    assert len(blob) == 2_480
    assert at_rest.unwrap(CIPHER, LOT, blob) == plain
    for cipher, lot in ((CIPHER, bytes(16)), (at_rest.row_cipher(bytes(32)), LOT)):
        with pytest.raises(Undecryptable):
            at_rest.unwrap(cipher, lot, blob)
    with pytest.raises(Malformed):
        at_rest.unwrap(CIPHER, LOT, blob[:-1])


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("voiced", [True, False])
def test_the_shelf_keeps_a_story(number: int, voiced: bool) -> None:  # noqa: FBT001 - a parameter of the test
    cipher = at_rest.shelf_cipher(MASTER)
    row = at_rest.ShelfRow(voiced=voiced, suite=number, outer=b"\x0d" * framing.LAYOUTS[number].outer)
    blob = at_rest.seal_shelf(cipher, row, NONCE)
    assert len(blob) == 2 + 2 + 7_454 + 28
    assert at_rest.open_shelf(cipher, blob) == row
    with pytest.raises(Undecryptable):
        at_rest.open_shelf(CIPHER, blob)


@pytest.mark.parametrize(("number", "size"), [(3, 5_278), (1, 7_454), (2, 5_278)])
def test_a_shelf_row_of_no_known_suite_is_refused(number: int, size: int) -> None:
    cipher = at_rest.shelf_cipher(MASTER)
    blob = at_rest.seal_shelf(cipher, at_rest.ShelfRow(voiced=True, suite=number, outer=bytes(size)), NONCE)
    with pytest.raises(Malformed):
        at_rest.open_shelf(cipher, blob)


def test_key_files_have_the_form_of_the_design() -> None:
    for secret in (
        at_rest.Secret(kind=at_rest.SEED, data=b"\x0e" * 32),
        at_rest.Secret(kind=at_rest.PKCS8, data=issuer.generate()),
    ):
        raw = at_rest.seal_file(MASTER, "box/2026-Q4", secret, NONCE)
        assert raw[:17] == b"LVK1" + bytes((secret.kind,)) + NONCE
        assert len(raw) == 17 + len(secret.data) + 16
        assert at_rest.open_file(MASTER, "box/2026-Q4", raw) == secret
        assert secret.data.hex() not in repr(secret)
        for master, path in ((bytes(32), "box/2026-Q4"), (MASTER, "box/2027-Q1")):
            with pytest.raises(Undecryptable):
                at_rest.open_file(master, path, raw)
        other_kind = raw[:4] + bytes((3 - secret.kind,)) + raw[5:]
        with pytest.raises(Malformed):
            at_rest.open_file(MASTER, "box/2026-Q4", other_kind)


@given(st.binary(max_size=80))
@settings(deadline=None)
def test_arbitrary_bytes_are_no_file_no_row_and_no_shelf(data: bytes) -> None:
    for raw in (data, b"LVK1" + data):
        with pytest.raises((Malformed, Undecryptable)):
            at_rest.open_file(MASTER, "box/x", raw)
    with pytest.raises(Malformed):
        at_rest.unwrap(CIPHER, LOT, data)
    with pytest.raises(Undecryptable):
        at_rest.open_shelf(CIPHER, data)
    with pytest.raises(Undecryptable):
        at_rest.open_sealed(PAIR, "webhook", data)


def test_a_secret_for_one_process_opens_there_for_its_purpose() -> None:
    sealed = at_rest.sealed_to(PAIR.public, "webhook", b"secret")
    assert at_rest.open_sealed(PAIR, "webhook", sealed) == b"secret"
    with pytest.raises(Undecryptable):
        at_rest.open_sealed(PAIR, "notice", sealed)
    with pytest.raises(Undecryptable):
        at_rest.open_sealed(suites.key_pair(bytes(32), 1), "webhook", sealed)


def test_the_api_key_of_the_design() -> None:
    published = "lvk_test_0123456789ABCDEFGHIJKLMNOPQRST2pSHfl"
    assert credential.check_api_key(published) == published
    assert credential.last_characters(published) == "SHfl"


@pytest.mark.parametrize("mode", ["live", "test"])
@given(random=st.binary(min_size=40, max_size=40))
@settings(deadline=None)
def test_every_api_key_checks_and_no_altered_one_does(mode: credential.Mode, random: bytes) -> None:
    made = credential.make_api_key(mode, random)
    assert credential.check_api_key(made) == made
    assert made.startswith(f"lvk_{mode}_")
    for at in range(9, len(made)):
        altered = made[:at] + ("0" if made[at] != "0" else "1") + made[at + 1 :]
        with pytest.raises(Malformed):
            credential.check_api_key(altered)


@pytest.mark.parametrize(
    "text", ["", "lvk_live_", "lvk_none_" + "0" * 36, "lvk_live_" + "0" * 37, "lvk_live_" + "é" * 36]
)
def test_what_cannot_be_an_api_key_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        credential.check_api_key(text)


@given(st.text())
@settings(deadline=None)
def test_any_text_is_a_key_or_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        credential.check_api_key(text)


def test_sessions_and_their_tokens() -> None:
    session = credential.make_token(bytes(32))
    assert len(session) == 43
    assert credential.credential_hash(session) == framing.sha256(session.encode())
    csrf = credential.csrf_token(MASTER, session)
    assert credential.same(csrf, credential.csrf_token(MASTER, session))
    assert not credential.same(csrf, credential.csrf_token(MASTER, "another"))
    assert not credential.same(csrf, credential.csrf_token(bytes(32), session))
