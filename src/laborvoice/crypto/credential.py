"""API keys and session tokens: made from random bytes, checked without a query, stored as hashes."""

import hmac
import re
import zlib
from typing import Final, Literal

from laborvoice.crypto.framing import b64, label, lp, sha256
from laborvoice.errors import Malformed

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BODY_DIGITS: Final = 30
CHECK_DIGITS: Final = 6
KEY_BYTES: Final = 40
"""Random bytes for one API key: far more than its 178 bits, so that the remainder is close to uniform."""
TOKEN_BYTES: Final = 32
LAST_SHOWN: Final = 4

API_KEY: Final = re.compile(r"lvk_(live|test)_[0-9A-Za-z]{36}", re.ASCII)

Mode = Literal["live", "test"]


def base62(number: int, digits: int) -> str:
    """The last ``digits`` base-62 digits, zero-padded."""
    out = ""
    for _ in range(digits):
        number, digit = divmod(number, len(ALPHABET))
        out = ALPHABET[digit] + out
    return out


def make_api_key(mode: Mode, random: bytes) -> str:
    """``random``: KEY_BYTES random bytes. Shown once, never stored."""
    body = f"lvk_{mode}_{base62(int.from_bytes(random, 'big'), BODY_DIGITS)}"
    return body + _check(body)


def check_api_key(text: str) -> str:
    """The key, when its checksum fits; Malformed for what cannot be one."""
    if not API_KEY.fullmatch(text) or _check(text[:-CHECK_DIGITS]) != text[-CHECK_DIGITS:]:
        raise Malformed("This is no API key: a character is wrong or missing.")
    return text


def make_token(random: bytes) -> str:
    """A session id or one-time link from TOKEN_BYTES random bytes."""
    return b64(random)


def credential_hash(text: str) -> bytes:
    """What is stored of a key, session id or link. They are random, so a plain SHA-256 is enough."""
    return sha256(text.encode())


def last_characters(api_key: str) -> str:
    return api_key[-LAST_SHOWN:]


def derived(secret: bytes, purpose: str) -> bytes:
    """32 bytes for one purpose, from the one secret of the process."""
    return hmac.digest(secret, lp(label("portal"), purpose), "sha256")


def csrf_token(session_key: bytes, session_id: str) -> str:
    """Bound to the session, useless in another."""
    return b64(hmac.digest(session_key, lp(label("csrf"), session_id), "sha256"))


def same(left: str, right: str) -> bool:
    """Comparison that takes as long for every answer."""
    return hmac.compare_digest(left.encode(), right.encode())


def _check(body: str) -> str:
    return base62(zlib.crc32(body.encode()), CHECK_DIGITS)
