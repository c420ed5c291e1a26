"""HPKE suites: their sizes, key ids, and key pairs made from the roots of the keyring."""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from laborvoice.crypto.framing import CONTENT_KEY_SIZE, KID_SIZE, SEAL_TAG_SIZE, hkdf, label, lp, sha256
from laborvoice.domain import Value
from laborvoice.errors import BadSetting, Malformed, Undecryptable

HYBRID: Final = 1
CLASSIC: Final = 2
OURS: Final = HYBRID

ROOT_SIZE: Final = 32
MLKEM_SEED_SIZE: Final = 64
MLKEM_PUBLIC_SIZE: Final = 1_184
X25519_SIZE: Final = 32
HYBRID_NAME: Final = "MLKEM768_X25519"

PrivateKey = X25519PrivateKey | MLKEM768X25519PrivateKey
PublicKey = X25519PublicKey | MLKEM768X25519PublicKey


class HpkeSuite(Value):
    """Sizes in bytes (design, privacy 0). ``ids`` = KEM, KDF and AEAD numbers of RFC 9180."""

    number: int
    ids: bytes
    enc: int
    public_size: int
    hpke: Suite

    @property
    def overhead(self) -> int:
        """What sealing adds."""
        return self.enc + SEAL_TAG_SIZE

    @property
    def wrap(self) -> int:
        """The size of a sealed content key."""
        return self.overhead + CONTENT_KEY_SIZE


class KeyPair(Value):
    """Made once, used for every opening: building it again would cost more than an opening."""

    suite: int
    kid: bytes
    public: bytes
    private: PrivateKey

    def __repr__(self) -> str:
        return f"KeyPair(kid={self.kid.hex()})"


def assert_available(kem: object = KEM) -> None:
    """Raises BadSetting where the cryptography library was built without the hybrid KEM."""
    if not hasattr(kem, HYBRID_NAME):
        raise BadSetting("The cryptography library lacks ML-KEM-768 with X25519: version 50 or later is needed.")


assert_available()

SUITES: Final[Mapping[int, HpkeSuite]] = MappingProxyType(
    {
        HYBRID: HpkeSuite(
            number=HYBRID,
            ids=bytes.fromhex("647a00010002"),
            enc=1_120,
            public_size=MLKEM_PUBLIC_SIZE + X25519_SIZE,
            hpke=Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM),
        ),
        CLASSIC: HpkeSuite(
            number=CLASSIC,
            ids=bytes.fromhex("002000010001"),
            enc=32,
            public_size=X25519_SIZE,
            hpke=Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_128_GCM),
        ),
    }
)


def suite_of(number: int) -> HpkeSuite:
    """Malformed for a number that is no suite."""
    if number not in SUITES:
        raise Malformed(f"There is no suite {number}.")
    return SUITES[number]


def kid(suite: int, public_key: bytes) -> bytes:
    return sha256(lp(label("kid"), suite_of(suite).ids, public_key))[:KID_SIZE]


def seed(root: bytes, suite: int) -> bytes:
    """The 32 bytes a key pair of this suite is made from."""
    return hkdf(root, "seed", suite_of(suite).ids)


def key_pair(root: bytes, suite: int) -> KeyPair:
    return pair_from_seed(seed(root, suite), suite)


def pair_from_seed(seed_bytes: bytes, suite: int) -> KeyPair:
    """Suite 1 expands the seed with SHAKE-256 into ML-KEM seed and X25519 key; no library's DeriveKeyPair."""
    if len(seed_bytes) != ROOT_SIZE:
        raise Malformed(f"A seed has {ROOT_SIZE} bytes.")
    if suite_of(suite).number == CLASSIC:
        classic = X25519PrivateKey.from_private_bytes(seed_bytes)
        public = classic.public_key().public_bytes_raw()
        return KeyPair(suite=suite, kid=kid(suite, public), public=public, private=classic)
    expanded = hashlib.shake_256(seed_bytes).digest(MLKEM_SEED_SIZE + X25519_SIZE)
    kem = MLKEM768PrivateKey.from_seed_bytes(expanded[:MLKEM_SEED_SIZE])
    curve = X25519PrivateKey.from_private_bytes(expanded[MLKEM_SEED_SIZE:])
    public = kem.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()
    private = MLKEM768X25519PrivateKey(kem, curve)
    return KeyPair(suite=suite, kid=kid(suite, public), public=public, private=private)


def load_public(suite: int, raw: bytes) -> PublicKey:
    """Malformed when the bytes are no public key of this suite."""
    if len(raw) != suite_of(suite).public_size:
        raise Malformed("A public key has another length.")
    if suite == CLASSIC:
        return X25519PublicKey.from_public_bytes(raw)
    try:
        kem = MLKEM768PublicKey.from_public_bytes(raw[:MLKEM_PUBLIC_SIZE])
    except ValueError:
        raise Malformed("This is no ML-KEM-768 public key.") from None
    return MLKEM768X25519PublicKey(kem, X25519PublicKey.from_public_bytes(raw[MLKEM_PUBLIC_SIZE:]))


def seal(suite: int, public: bytes, info: bytes, plain: bytes) -> bytes:
    """``enc`` then ciphertext, single shot, no aad (RFC 9180 section 6.1)."""
    key = load_public(suite, public)
    try:
        return SUITES[suite].hpke.encrypt(plain, key, info)
    except ValueError:
        raise Malformed("This public key is a point that seals nothing.") from None


def unseal(pair: KeyPair, info: bytes, sealed: bytes) -> bytes:
    """Undecryptable whatever is wrong: key, context, length or bytes."""
    try:
        return SUITES[pair.suite].hpke.decrypt(sealed, pair.private, info)
    except InvalidTag:
        raise Undecryptable from None
