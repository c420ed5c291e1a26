"""Ed25519 signatures (RFC 8032), from 32-byte seeds."""

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from laborvoice.errors import Malformed

SEED_SIZE: Final = 32
PUBLIC_SIZE: Final = 32
SIGNATURE_SIZE: Final = 64


def public_of(seed: bytes) -> bytes:
    return _private(seed).public_key().public_bytes_raw()


def sign(seed: bytes, message: bytes) -> bytes:
    return _private(seed).sign(message)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """False whatever is wrong, also for a key that is none."""
    if len(public) != PUBLIC_SIZE:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _private(seed: bytes) -> Ed25519PrivateKey:
    if len(seed) != SEED_SIZE:
        raise Malformed(f"A signing seed has {SEED_SIZE} bytes.")
    return Ed25519PrivateKey.from_private_bytes(seed)
