"""A message sealed to its recipients: one text, one commitment, a wrapped key for each (design, privacy 1)."""

import hmac
import zlib
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from laborvoice.crypto.framing import (
    COMMIT_SIZE,
    CONTENT_KEY_SIZE,
    LAYOUTS,
    Layout,
    hkdf,
    label,
    lp,
    pad,
    sha256,
    unpad,
)
from laborvoice.crypto.suites import KeyPair, kid, seal, suite_of, unseal
from laborvoice.domain import Value
from laborvoice.errors import Malformed, Undecryptable

PLAIN: Final = 0
ZLIB: Final = 1
INFLATED_MAX: Final = 16_384
LEVEL: Final = 9
ZERO_NONCE: Final = bytes(12)

Places = tuple[bytes | None, ...]
"""The recipients' public keys in the order of the slots; None where a slot has no recipient."""


class Opened(Value):
    """``digest`` names the message: the same for every recipient."""

    digest: bytes
    text: bytes


def entropy_size(suite: int, places: Places) -> int:
    """How many random bytes ``seal_message`` needs: the content key and a wrap for each empty place."""
    return CONTENT_KEY_SIZE + places.count(None) * suite_of(suite).wrap


def seal_message(suite: int, places: Places, text: bytes, entropy: bytes) -> bytes:
    """The inner message, always of one size. Malformed when the text is too long even compressed."""
    if len(entropy) != entropy_size(suite, places):
        raise Malformed("Sealing a message takes another number of random bytes.")
    content_key, filler = entropy[:CONTENT_KEY_SIZE], entropy[CONTENT_KEY_SIZE:]
    at = LAYOUTS[suite]
    commit = hkdf(content_key, "commit")
    padded = pad(encode(text), at.padded(len(places)))
    body = AESGCM(hkdf(content_key, "body")).encrypt(ZERO_NONCE, padded, _aad(commit))
    digest = sha256(commit + body)
    wraps = b""
    for public in places:
        if public is None:
            wraps, filler = wraps + filler[: at.wrap], filler[at.wrap :]
        else:
            wraps += seal(suite, public, info_wrap(suite, kid(suite, public), digest), content_key)
    return commit + wraps + body


def open_message(pair: KeyPair, slots: int, place: int, inner: bytes) -> Opened:
    """For the recipient in ``place`` (from 0). Undecryptable also when the key is not the committed one."""
    at = LAYOUTS[pair.suite]
    if not 0 <= place < slots or len(inner) != at.inner:
        raise Malformed("The message has another length, or no such place.")
    commit, body = inner[:COMMIT_SIZE], inner[_body_at(at, slots) :]
    digest = sha256(commit + body)
    wrap_at = COMMIT_SIZE + place * at.wrap
    content_key = unseal(pair, info_wrap(pair.suite, pair.kid, digest), inner[wrap_at : wrap_at + at.wrap])
    if not hmac.compare_digest(hkdf(content_key, "commit"), commit):
        raise Undecryptable("The key is not the one committed to: recipients might be shown different texts.")
    try:
        padded = AESGCM(hkdf(content_key, "body")).decrypt(ZERO_NONCE, body, _aad(commit))
    except InvalidTag:
        raise Undecryptable from None
    return Opened(digest=digest, text=decode(unpad(padded)))


def message_digest(suite: int, slots: int, inner: bytes) -> bytes:
    """What names a message, readable without a key."""
    return sha256(inner[:COMMIT_SIZE] + inner[_body_at(LAYOUTS[suite], slots) :])


def fits(suite: int, slots: int, text: bytes) -> bool:
    return len(text) <= INFLATED_MAX and len(encode(text)) <= LAYOUTS[suite].room(slots) + 1


def info_wrap(suite: int, recipient_kid: bytes, digest: bytes) -> bytes:
    return lp(label("wrap"), suite_of(suite).ids, recipient_kid, digest)


def encode(text: bytes) -> bytes:
    """A byte that says how, then the text: zlib (RFC 1950) only where that is smaller."""
    if len(text) > INFLATED_MAX:
        raise Malformed(f"A text has at most {INFLATED_MAX} bytes.")
    packed = zlib.compress(text, LEVEL)
    return bytes((ZLIB,)) + packed if len(packed) < len(text) else bytes((PLAIN,)) + text


def decode(encoded: bytes) -> bytes:
    """Inflates at most 16,384 bytes; what would be longer, is cut short or has a tail is Malformed."""
    how, data = encoded[:1], encoded[1:]
    if how == bytes((PLAIN,)):
        return data
    if how != bytes((ZLIB,)):
        raise Malformed("The text is encoded in no known way.")
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(data, INFLATED_MAX)
    except zlib.error:
        raise Malformed("The text does not inflate.") from None
    if not inflater.eof or inflater.unused_data:
        raise Malformed("The text is too long, cut short, or has a tail.")
    return text


def _aad(commit: bytes) -> bytes:
    return lp(label("body"), commit)


def _body_at(at: Layout, slots: int) -> int:
    return COMMIT_SIZE + slots * at.wrap
