"""Blind signing of voice tokens (RFC 9474 section 4.3). The private half: gmpy2 lives here alone."""

import hmac
from typing import Final, Protocol, cast

import gmpy2
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from laborvoice.crypto.framing import hkdf, lp
from laborvoice.crypto.token import EXPONENT, MODULUS_SIZE, to_rsassa_pss, token_key_id
from laborvoice.domain import Value
from laborvoice.errors import BadSignature, Malformed

MODULUS_BITS: Final = 8 * MODULUS_SIZE
SPARE_SIZE: Final = 64
BLINDING_SIZE: Final = MODULUS_SIZE + SPARE_SIZE
"""Random bytes for one signature: 64 more than the modulus, so that the remainder is close to uniform."""
TAG_SIZE: Final = 16


class _Gmpy2(Protocol):
    """The functions used here; gmpy2 tells no type checker of them."""

    def powmod(self, base: int, exponent: int, modulus: int, /) -> int: ...
    def powmod_sec(self, base: int, exponent: int, modulus: int, /) -> int: ...
    def invert(self, value: int, modulus: int, /) -> int: ...
    def gcd(self, left: int, right: int, /) -> int: ...


_GMPY2: Final = cast("_Gmpy2", gmpy2)


class IssuerKey(Value):
    """A private token key, ready for the Chinese remainder theorem."""

    spki: bytes
    key_id: bytes
    n: int
    p: int
    q: int
    dp: int
    dq: int
    q_inverse: int

    def __repr__(self) -> str:
        return f"IssuerKey(key_id={self.key_id.hex()})"


def generate() -> bytes:
    """A new key as PKCS#8; the library draws it."""
    key = generate_private_key(EXPONENT, MODULUS_BITS)
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def load(pkcs8: bytes) -> IssuerKey:
    """Malformed unless it is an RSA key of 2,048 bits with e = 65537."""
    # The keyring has authenticated these bytes, and each signature is checked before it leaves: testing the primes
    # again would take 28 ms a key.
    try:
        key = load_der_private_key(pkcs8, None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Malformed("This is no PKCS#8 key.") from None
    if not isinstance(key, RSAPrivateKey):
        raise Malformed("A token key is RSA.")
    spki = to_rsassa_pss(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    return prepare(key, spki)


def prepare(key: RSAPrivateKey, spki: bytes) -> IssuerKey:
    numbers = key.private_numbers()
    if numbers.public_numbers.e != EXPONENT:
        raise Malformed("A token key has the exponent 65537.")
    return IssuerKey(
        spki=spki,
        key_id=token_key_id(spki),
        n=numbers.public_numbers.n,
        p=numbers.p,
        q=numbers.q,
        dp=numbers.dmp1,
        dq=numbers.dmq1,
        q_inverse=numbers.iqmp,
    )


def fits(key: IssuerKey, blinded: bytes) -> bool:
    """Whether this can be signed: as long as the modulus, below it, not zero, no common factor."""
    message = int.from_bytes(blinded, "big")
    return len(blinded) == _size(key) and 0 < message < key.n and _GMPY2.gcd(message, key.n) == 1


def sign_blinded(key: IssuerKey, blinded: bytes, random: bytes) -> bytes:
    """Blind signature, as long as the modulus. ``random``: fresh bytes, 64 more than the modulus, never used twice.

    Malformed for zero, for what is not below the modulus, for what shares a factor with it.
    """
    if not fits(key, blinded):
        raise Malformed("This is no blinded message for this key.")
    size = _size(key)
    message = int.from_bytes(blinded, "big")
    factor = int.from_bytes(random, "big") % key.n
    if len(random) < size + SPARE_SIZE or _GMPY2.gcd(factor, key.n) != 1:
        raise Malformed("This blinding factor cannot be used; draw another.")
    disguised = message * _GMPY2.powmod(factor, EXPONENT, key.n) % key.n
    signature = _power(key, disguised) * _GMPY2.invert(factor, key.n) % key.n
    if _GMPY2.powmod(signature, EXPONENT, key.n) != message:
        raise BadSignature("The signature came out wrong: nothing was released.")
    return int(signature).to_bytes(size, "big")


def _size(key: IssuerKey) -> int:
    """Bytes of the modulus."""
    return (key.n.bit_length() + 7) // 8


def _power(key: IssuerKey, message: int) -> int:
    """The private power, by the Chinese remainder theorem, in time that does not depend on it."""
    low = _GMPY2.powmod_sec(message % key.q, key.dq, key.q)
    high = _GMPY2.powmod_sec(message % key.p, key.dp, key.p)
    return low + key.q * ((high - low) * key.q_inverse % key.p)


def invite_use(box_root: bytes, code_hash: bytes, period: str) -> bytes:
    """Names the use of one invite in one period to nobody but the vault, and to no one after the burn."""
    return _tag(hkdf(box_root, "use"), lp(code_hash, period))


def site(box_root: bytes, supplier: str, period: str) -> bytes:
    """Under what the cap is counted: a supplier nobody but the vault can name."""
    return _tag(hkdf(box_root, "site"), lp(supplier, period))


def _tag(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")[:TAG_SIZE]
