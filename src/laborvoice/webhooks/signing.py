"""Signing what is sent: Standard Webhooks v1 (HMAC-SHA256) and v1a (Ed25519); design, webhooks 3."""

import base64
import hashlib
import hmac
from typing import Final

from laborvoice.crypto import signing
from laborvoice.crypto.framing import hkdf
from laborvoice.domain import Value
from laborvoice.errors import Malformed

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - the prefix, not a secret
PUBLIC_PREFIX: Final = "whpk_"
PRIVATE_PREFIX: Final = "whsk_"
SECRET_SIZES: Final = range(24, 65)
SEED_LABEL: Final = "webhook-v1a"


class Keys(Value):
    """An endpoint's keys, the current one first: ``secrets`` raw, ``seeds`` of 32 bytes."""

    secrets: tuple[bytes, ...]
    seeds: tuple[bytes, ...]


def write_secret(raw: bytes) -> str:
    return SECRET_PREFIX + _base64(raw)


def read_secret(text: str) -> bytes:
    """The raw secret, 24 to 64 bytes; else Malformed."""
    raw = _unprefixed(text, SECRET_PREFIX)
    if len(raw) not in SECRET_SIZES:
        raise Malformed("A secret has 24 to 64 bytes.")
    return raw


def write_public(public: bytes) -> str:
    return PUBLIC_PREFIX + _base64(public)


def write_private(seed: bytes) -> str:
    return PRIVATE_PREFIX + _base64(seed + signing.public_of(seed))


def read_private(text: str) -> bytes:
    """The seed of a private key; Malformed where its public half is not that of the seed."""
    raw = _unprefixed(text, PRIVATE_PREFIX)
    seed, public = raw[: signing.SEED_SIZE], raw[signing.SEED_SIZE :]
    if signing.public_of(seed) != public:
        raise Malformed("The two halves of the key do not fit.")
    return seed


def endpoint_seed(master: bytes, endpoint: str, version: int) -> bytes:
    """The v1a seed of one endpoint; ``version`` enters as decimal text (design, privacy 0)."""
    return hkdf(master, SEED_LABEL, endpoint, str(version))


def headers(
    event: str, timestamp: int, body: bytes, keys: Keys, agent: str, extra: tuple[tuple[str, str], ...] = ()
) -> tuple[tuple[str, str], ...]:
    """Every header of an attempt. ``timestamp`` is in seconds, of this attempt; ``extra`` is the subscriber's own."""
    signed = f"{event}.{timestamp}.".encode() + body
    return (
        ("webhook-id", event),
        ("webhook-timestamp", str(timestamp)),
        ("webhook-signature", signatures(signed, keys)),
        ("content-type", "application/json"),
        ("user-agent", agent),
        *extra,
    )


def signatures(signed: bytes, keys: Keys) -> str:
    """Joined by exactly one space: two crash a verifier in the field."""
    v1 = (sign_v1(secret, signed) for secret in keys.secrets)
    v1a = (sign_v1a(seed, signed) for seed in keys.seeds)
    return " ".join((*v1, *v1a))


def sign_v1(secret: bytes, signed: bytes) -> str:
    return "v1," + _base64(hmac.new(secret, signed, hashlib.sha256).digest())


def sign_v1a(seed: bytes, signed: bytes) -> str:
    return "v1a," + _base64(signing.sign(seed, signed))


def user_agent(version: str, contact: str) -> str:
    return f"laborvoice/{version} (+{contact})"


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _unprefixed(text: str, prefix: str) -> bytes:
    if not text.startswith(prefix):
        raise Malformed(f"This key begins with {prefix}.")
    try:
        return base64.b64decode(text[len(prefix) :].encode(), validate=True)
    except ValueError:
        raise Malformed("This key is not base64.") from None
