"""Passwords, one-time codes and access tokens: published vectors, and every way in which they are refused."""

import msgspec
import pytest

from laborvoice.crypto import access_token, at_rest, credential, password, signing, totp
from laborvoice.crypto.access_token import Claims
from laborvoice.crypto.framing import b64
from laborvoice.errors import Malformed, Undecryptable

RFC_SECRET = b"12345678901234567890"
# RFC 6238, appendix B: moments and the last six digits of their codes.
RFC_CODES = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
    20000000000: "353130",
}
SEED = bytes(range(32))
ORIGIN = "https://voice.example"
CLAIMS = Claims(iss=ORIGIN, aud=ORIGIN, sub="key_x", client_id="key_x", iat=1000, exp=1600, jti="j", scope="a b")


@pytest.mark.parametrize(("moment", "code"), RFC_CODES.items())
def test_codes_are_those_of_the_rfc(moment: int, code: str) -> None:
    assert totp.at(RFC_SECRET, moment // 30) == code
    assert totp.step_of(RFC_SECRET, code, moment, 0) == moment // 30


def test_a_code_is_good_a_step_around_its_own_and_once() -> None:
    code = totp.at(RFC_SECRET, 100)
    assert [totp.step_of(RFC_SECRET, code, 30 * step, 0) for step in (98, 99, 100, 101, 102)] == [
        None,
        100,
        100,
        100,
        None,
    ]
    assert totp.step_of(RFC_SECRET, code, 3000, 99) == 100
    assert totp.step_of(RFC_SECRET, code, 3000, 100) is None


def test_what_is_offered_belongs_to_one_session() -> None:
    offers = {totp.offered(RFC_SECRET, user, session) for user in ("a", "b") for session in ("s", "t")}
    assert len(offers) == 4
    assert {len(offer) for offer in offers} == {20}


def test_a_secret_is_typed_as_it_is_shown() -> None:
    shown = totp.grouped(totp.written(RFC_SECRET))
    assert totp.secret_of(shown.lower().replace("-", " ")) == RFC_SECRET
    assert totp.uri(RFC_SECRET, "Ana").startswith("otpauth://totp/laborvoice:Ana?")


def test_recovery_codes_are_forgiving_to_type() -> None:
    codes = totp.recovery_codes(bytes(range(100)))
    assert len(set(codes)) == 10
    assert totp.recovery_form(f" {codes[0].upper().replace('-', ' ')}") == codes[0]
    assert [totp.is_code(text) for text in ("123456", "12345", "12345a", "\u0661\u0662\u0663\u0664\u0665\u0666")] == [
        True,
        False,
        False,
        False,
    ]


def test_passwords() -> None:
    made = password.hashed("three odd words", b"s" * password.SALT_SIZE)
    assert made.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert password.matches("three odd words", made)
    assert not password.matches("Three odd words", made)


def test_nobodys_password_costs_the_same() -> None:
    """It has the form and the numbers of a real one; a malformed one would be refused without work."""
    real = password.hashed("x", b"s" * password.SALT_SIZE)
    head, _, digest = password.NOBODYS.rpartition("$")
    assert head.startswith(real.rpartition("$")[0].rpartition("$")[0])
    assert len(digest) == len(real.rpartition("$")[2])
    assert not password.matches("x", password.NOBODYS)


def test_a_token_is_verified_by_who_signed_it() -> None:
    token = access_token.signed(SEED, CLAIMS)
    assert access_token.verified(SEED, token, ORIGIN, 1000) == CLAIMS
    assert access_token.verified(SEED, token, ORIGIN, 1599) == CLAIMS


def resigned(head: object, claims: object) -> str:
    text = f"{b64(msgspec.json.encode(head))}.{b64(msgspec.json.encode(claims))}"
    return f"{text}.{b64(signing.sign(SEED, text.encode()))}"


@pytest.mark.parametrize(
    ("change", "moment"),
    [({}, 999), ({}, 1600), ({"iss": "https://other.example"}, 1000), ({"aud": "https://other.example"}, 1000)],
)
def test_a_token_for_others_or_another_time_is_refused(change: dict[str, str], moment: int) -> None:
    token = access_token.signed(SEED, msgspec.structs.replace(CLAIMS, **change))
    with pytest.raises(Malformed):
        access_token.verified(SEED, token, ORIGIN, moment)


def test_changed_tokens_are_refused() -> None:
    head = access_token.Header(alg="EdDSA", typ="at+jwt", kid=access_token.public_key(SEED).kid)
    assert access_token.verified(SEED, resigned(head, CLAIMS), ORIGIN, 1000) == CLAIMS
    good = access_token.signed(SEED, CLAIMS)
    first, second, third = good.split(".")
    wrong = [
        "",
        "a.b",
        f"{first}.{second}",
        f"{first}.{second}.!",
        f"{first}.{second}.",
        f"{first}.{second[:-1]}.{third}",
        access_token.signed(bytes(32), CLAIMS),
        resigned(msgspec.structs.replace(head, alg="none"), CLAIMS),
        resigned(msgspec.structs.replace(head, typ="JWT"), CLAIMS),
        resigned(msgspec.structs.replace(head, kid="x"), CLAIMS),
    ]
    for token in wrong:
        with pytest.raises(Malformed):
            access_token.verified(SEED, token, ORIGIN, 1000)


def test_a_secret_is_derived_for_each_purpose() -> None:
    made = {credential.derived(secret, purpose) for secret in (b"a", b"b") for purpose in ("csrf", "totp")}
    assert len(made) == 4
    assert {len(one) for one in made} == {32}


def test_what_is_locked_opens_under_its_key_for_its_purpose() -> None:
    sealed = at_rest.locked(SEED, "totp", b"secret", bytes(12))
    assert at_rest.unlocked(SEED, "totp", sealed) == b"secret"
    for key, purpose, blob in ((bytes(32), "totp", sealed), (SEED, "other", sealed), (SEED, "totp", b"")):
        with pytest.raises(Undecryptable):
            at_rest.unlocked(key, purpose, blob)
