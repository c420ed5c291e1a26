from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from laborvoice.crypto import issuer, token
from laborvoice.crypto.framing import sha256
from laborvoice.errors import BadSignature, Malformed

h = bytes.fromhex
Noise = Callable[[str, int], bytes]


def der(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture(scope="module")
def key(vectors: dict[str, Any]) -> issuer.IssuerKey:
    return issuer.load(h(vectors["token"]["pkcs8"]))


@pytest.fixture(scope="module")
def public(vectors: dict[str, Any]) -> token.TokenKey:
    return token.load_public(h(vectors["token"]["spki"]))


def test_the_token_of_the_design_verifies(vectors: dict[str, Any], public: token.TokenKey) -> None:
    values = vectors["token"]
    one = token.parse_token(h(values["token"]))
    assert bytes(one) == h(values["token"])
    assert public.key_id == one.token_key_id == h(values["token_key_id"]) == token.token_key_id(h(values["spki"]))
    digest = token.challenge_digest(vectors["origin"], vectors["supplier"], vectors["period"])
    assert digest == one.challenge_digest == h(values["challenge_digest"])
    assert token.bind_nonce(h(vectors["bind"]["r"])) == one.nonce == h(vectors["bind"]["nonce"])
    assert token.spent_tag(one.token_key_id, one.nonce) == h(values["spent_tag"])
    assert token.verify(one, public)


def test_the_key_and_the_names_of_the_design(vectors: dict[str, Any], key: issuer.IssuerKey) -> None:
    assert key.spki == h(vectors["token"]["spki"])
    assert repr(key) == f"IssuerKey(key_id={vectors['token']['token_key_id']})"
    root, invite = h(vectors["roots"]["box"]), vectors["invite"]
    assert issuer.site(root, vectors["supplier"], vectors["period"]) == h(invite["site"])
    assert issuer.invite_use(root, h(invite["code_hash"]), vectors["period"]) == h(invite["use"])


def test_the_exchange_of_the_design(
    vectors: dict[str, Any], key: issuer.IssuerKey, public: token.TokenKey, noise: Noise
) -> None:
    request, answer = h(vectors["exchange"]["request"]), h(vectors["exchange"]["answer"])
    signature = issuer.sign_blinded(key, request[96:352], noise("blinding", issuer.BLINDING_SIZE))
    assert signature == answer[16:272]
    inverse = pow(int(vectors["exchange"]["blind_factor"], 16), -1, public.modulus).to_bytes(256, "big")
    one = token.parse_token(h(vectors["token"]["token"]))
    assert token.finalise(public, one.signed, signature, inverse) == one.signature


def test_rfc_9474(rfc9474: dict[str, str], noise: Noise) -> None:
    p, q, e = int(rfc9474["p"], 16), int(rfc9474["q"], 16), token.EXPONENT
    n, d = p * q, pow(e, -1, (p - 1) * (q - 1))
    public_numbers = rsa.RSAPublicNumbers(e, n)
    private = rsa.RSAPrivateNumbers(
        p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q), public_numbers
    ).private_key()
    public = token.prepare(bytes(32), private.public_key())
    message, salt = h(rfc9474["msg"]), h(rfc9474["salt"])
    assert token.encode_pss(message, salt, n.bit_length() - 1) == h(rfc9474["encoded_msg"])
    factor = pow(int(rfc9474["inv"], 16), -1, n).to_bytes(512, "big")
    blinded = token.blind(public, message, salt, factor)
    assert blinded.message == h(rfc9474["blinded_msg"])
    assert blinded.inverse == h(rfc9474["inv"])
    signed = issuer.sign_blinded(issuer.prepare(private, b""), blinded.message, noise("rfc", 512 + 64))
    assert signed == h(rfc9474["blind_sig"])
    assert token.finalise(public, message, signed, blinded.inverse) == h(rfc9474["sig"])


def test_rfc_9578(rfc9578: dict[str, str], noise: Noise) -> None:
    private = load_pem_private_key(rfc9578["skS"].encode(), None)
    assert isinstance(private, rsa.RSAPrivateKey)
    key, public = issuer.load(der(private)), token.load_public(h(rfc9578["pkS"]))
    assert key.spki == h(rfc9578["pkS"])
    digest = sha256(h(rfc9578["token_challenge"]))
    message = token.token_input(h(rfc9578["nonce"]), digest, public.key_id)
    blinded = token.blind(public, message, h(rfc9578["salt"]), h(rfc9578["blind"]))
    assert token.TOKEN_TYPE + public.key_id[-1:] + blinded.message == h(rfc9578["token_request"])
    signed = issuer.sign_blinded(key, blinded.message, noise("rfc", issuer.BLINDING_SIZE))
    assert signed == h(rfc9578["token_response"])
    made = message + token.finalise(public, message, signed, blinded.inverse)
    assert made == h(rfc9578["token"])
    assert token.verify(token.parse_token(made), public)


def test_the_challenge_has_the_form_of_rfc_9577(rfc9578: dict[str, str]) -> None:
    ours = token.token_challenge("voice.example", "sup", "2026-Q4")
    context = token.redemption_context("sup", "2026-Q4")
    assert ours == b"\x00\x02\x00\x0dvoice.example\x20" + context + b"\x00\x0dvoice.example"
    published = h(rfc9578["token_challenge"])
    assert published[:4] + b"issuer.example\x20" + published[19:51] + b"\x00\x0eorigin.example" == published


def test_a_forged_foreign_or_altered_token_does_not_verify(vectors: dict[str, Any], public: token.TokenKey) -> None:
    raw = h(vectors["token"]["token"])
    for at in (2, 40, 70, 353):
        altered = bytearray(raw)
        altered[at] ^= 1
        assert not token.verify(token.parse_token(bytes(altered)), public)


@pytest.mark.parametrize("raw", [b"", b"\x00\x01" + bytes(352), bytes(353)])
def test_what_is_no_token_is_refused(raw: bytes) -> None:
    with pytest.raises(Malformed):
        token.parse_token(raw)


@given(st.binary(min_size=352, max_size=352))
@settings(deadline=None, max_examples=30)
def test_a_filler_token_never_verifies(random: bytes) -> None:
    # Any key will do: a filler names none.
    one = token.parse_token(token.TOKEN_TYPE + random)
    assert one.signature == random[96:]


def test_the_two_forms_of_a_key_lead_to_each_other(vectors: dict[str, Any]) -> None:
    spki = h(vectors["token"]["spki"])
    assert token.to_rsassa_pss(token.to_rsa_encryption(spki)) == spki
    for bad in (b"", spki[:-1], spki + b"\0", bytes(len(spki))):
        with pytest.raises(Malformed):
            token.to_rsa_encryption(bad)
    small = rsa.generate_private_key(token.EXPONENT, 1_024).public_key()  # noqa: S505 - it is refused
    with pytest.raises(Malformed):
        token.to_rsassa_pss(small.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def test_a_key_with_another_exponent_or_of_another_kind_is_refused(vectors: dict[str, Any]) -> None:
    spki = h(vectors["token"]["spki"])
    with pytest.raises(Malformed):
        token.load_public(spki[:-1] + b"\x03")
    with pytest.raises(Malformed):
        token.load_public(token.PSS_HEAD + bytes(270))
    with pytest.raises(Malformed):
        token.prepare(b"", ec.generate_private_key(ec.SECP256R1()).public_key())


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_arbitrary_bytes_are_no_key(raw: bytes) -> None:
    for load in (token.load_public, issuer.load):
        with pytest.raises(Malformed):
            load(raw)


def test_a_private_key_must_be_rsa_of_the_right_size_and_exponent() -> None:
    with pytest.raises(Malformed):
        issuer.load(der(Ed25519PrivateKey.generate()))
    with pytest.raises(Malformed):
        issuer.load(der(rsa.generate_private_key(token.EXPONENT, 1_024)))  # noqa: S505 - it is refused
    small_exponent = rsa.generate_private_key(3, 2_048)
    with pytest.raises(Malformed):
        issuer.load(der(small_exponent))
    with pytest.raises(Malformed):
        issuer.prepare(small_exponent, b"")
    unknown = der(Ed25519PrivateKey.generate()).replace(h("2b6570"), h("2b6501"))
    with pytest.raises(Malformed):
        issuer.load(unknown)


def test_a_new_key_signs(noise: Noise) -> None:
    key = issuer.load(issuer.generate())
    public = token.load_public(key.spki)
    message = token.token_input(noise("nonce", 32), noise("challenge", 32), public.key_id)
    blinded = token.blind(public, message, noise("salt", 48), noise("factor", 320))
    signed = issuer.sign_blinded(key, blinded.message, noise("random", issuer.BLINDING_SIZE))
    again = issuer.sign_blinded(key, blinded.message, noise("other", issuer.BLINDING_SIZE))
    assert signed == again
    one = token.parse_token(message + token.finalise(public, message, signed, blinded.inverse))
    assert token.verify(one, public)


def test_blind_messages_that_would_betray_the_key_are_refused(key: issuer.IssuerKey, noise: Noise) -> None:
    random = noise("random", issuer.BLINDING_SIZE)
    for number in (0, key.n, key.n + 1, key.p, key.q * 2):
        with pytest.raises(Malformed):
            issuer.sign_blinded(key, number.to_bytes(256, "big"), random)
    with pytest.raises(Malformed):
        issuer.sign_blinded(key, b"\x01" * 255, random)
    for bad in (bytes(issuer.BLINDING_SIZE), random[1:], key.p.to_bytes(issuer.BLINDING_SIZE, "big")):
        with pytest.raises(Malformed):
            issuer.sign_blinded(key, b"\x01" * 256, bad)


def test_a_fault_while_signing_releases_nothing(vectors: dict[str, Any], noise: Noise) -> None:
    """One wrong half of the remainder would give away the factors (Boneh, DeMillo, Lipton)."""
    good = issuer.load(h(vectors["token"]["pkcs8"]))
    broken = msgspec.structs.replace(good, dp=good.dp ^ 2)
    with pytest.raises(BadSignature):
        issuer.sign_blinded(broken, b"\x01" * 256, noise("random", issuer.BLINDING_SIZE))


def test_a_signature_by_another_key_is_noticed(public: token.TokenKey, noise: Noise) -> None:
    message = bytes(98)
    blinded = token.blind(public, message, noise("salt", 48), noise("factor", 320))
    other = issuer.load(issuer.generate())
    signed = issuer.sign_blinded(other, b"\x00" + blinded.message[1:], noise("random", issuer.BLINDING_SIZE))
    for wrong in (signed, b"", signed + b"\0"):
        with pytest.raises(BadSignature):
            token.finalise(public, message, wrong, blinded.inverse)


def test_a_blinding_factor_of_nothing_is_refused(public: token.TokenKey) -> None:
    for factor in (bytes(320), public.modulus.to_bytes(320, "big")):
        with pytest.raises(Malformed):
            token.blind(public, b"", bytes(48), factor)
