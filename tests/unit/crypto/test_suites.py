from typing import Any

import pytest
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from hypothesis import given, settings
from hypothesis import strategies as st

from laborvoice.crypto import suites
from laborvoice.errors import BadSetting, Malformed, Undecryptable

h = bytes.fromhex
PAIRS = {number: suites.key_pair(b"\x05" * 32, number) for number in suites.SUITES}


def test_sizes_are_those_of_the_design() -> None:
    found = {n: (s.ids.hex(), s.enc, s.overhead, s.wrap, s.public_size) for n, s in suites.SUITES.items()}
    assert found == {
        1: ("647a00010002", 1_120, 1_136, 1_168, 1_216),
        2: ("002000010001", 32, 48, 80, 32),
    }
    assert KEM.MLKEM768_X25519.enc_length() == 1_120


def test_roots_make_the_seeds_keys_and_ids_of_the_design(vectors: dict[str, Any]) -> None:
    for envelope in vectors["envelopes"]:
        for name in ("box", "mix", "watchdog_a", "watchdog_b"):
            root = h(vectors["roots"][name])
            pair = suites.key_pair(root, envelope["suite"])
            assert suites.seed(root, envelope["suite"]) == h(envelope[name]["seed"])
            assert pair.public == h(envelope[name]["pk"])
            assert pair.kid == h(envelope[name]["kid"]) == suites.kid(envelope["suite"], pair.public)


def test_the_published_hpke_vectors_open(hpke_vectors: list[dict[str, Any]]) -> None:
    """RFC 9180 A.1.1 and draft-ietf-hpke-pq; they use an aad, which the design never does."""
    aeads = {1: AEAD.AES_128_GCM, 3: AEAD.CHACHA20_POLY1305}
    kems = {0x20: (2, KEM.X25519), 0x647A: (1, KEM.MLKEM768_X25519)}
    assert [one["kem_id"] for one in hpke_vectors] == [0x20, 0x647A]
    for one in hpke_vectors:
        number, kem = kems[one["kem_id"]]
        pair = suites.pair_from_seed(h(one["skRm"]), number)
        assert pair.public == h(one["pkRm"])
        suite = Suite(kem, KDF.HKDF_SHA256, aeads[one["aead_id"]])
        first = one["first"]
        sealed = h(one["enc"]) + h(first["ct"])
        opened = openssl.hpke._decrypt_with_aad(suite, sealed, pair.private, h(one["info"]), h(first["aad"]))  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the only way in for an aad
        assert opened == h(first["pt"])


def test_a_key_pair_shows_only_its_id() -> None:
    assert repr(PAIRS[1]) == f"KeyPair(kid={PAIRS[1].kid.hex()})"


def test_a_library_without_the_hybrid_kem_is_refused() -> None:
    suites.assert_available()
    with pytest.raises(BadSetting):
        suites.assert_available(object())


@pytest.mark.parametrize("number", [1, 2])
def test_what_is_sealed_opens_in_its_context_alone(number: int) -> None:
    pair, other = PAIRS[number], suites.key_pair(b"\x06" * 32, number)
    sealed = suites.seal(number, pair.public, b"context", b"plain")
    assert len(sealed) == len(b"plain") + suites.SUITES[number].overhead
    assert suites.unseal(pair, b"context", sealed) == b"plain"
    altered = sealed[:-1] + bytes((sealed[-1] ^ 1,))
    for key, info, data in (
        (other, b"context", sealed),
        (pair, b"other", sealed),
        (pair, b"context", altered),
        (pair, b"context", sealed[:-1]),
        (pair, b"context", b""),
    ):
        with pytest.raises(Undecryptable):
            suites.unseal(key, info, data)


@given(st.binary(max_size=1_300))
@settings(deadline=None)
def test_arbitrary_bytes_do_not_open(data: bytes) -> None:
    for pair in PAIRS.values():
        with pytest.raises(Undecryptable):
            suites.unseal(pair, b"", data)


@pytest.mark.parametrize(
    ("number", "public"),
    [
        (1, b""),
        (2, bytes(31)),
        (1, b"\xff" * 1_216),
        (3, bytes(32)),
    ],
)
def test_a_key_that_is_none_is_refused(number: int, public: bytes) -> None:
    with pytest.raises(Malformed):
        suites.load_public(number, public)


@pytest.mark.parametrize("number", [1, 2])
def test_a_curve_point_that_gives_no_secret_is_refused(number: int) -> None:
    public = PAIRS[number].public[:-32] + bytes(32)
    with pytest.raises(Malformed):
        suites.seal(number, public, b"", b"")


def test_a_seed_of_another_length_is_refused() -> None:
    with pytest.raises(Malformed):
        suites.pair_from_seed(bytes(31), 1)
