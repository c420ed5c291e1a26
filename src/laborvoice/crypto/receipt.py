"""The worker's receipt, the one-time addresses it opens, and what lies there (design, privacy 10)."""

import hashlib
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from laborvoice.crypto import signing
from laborvoice.crypto.framing import LENGTH_SIZE, SEAL_TAG_SIZE, hkdf, label, lp, pad, sha256, unpad
from laborvoice.crypto.parcel import decode, encode
from laborvoice.domain import Value
from laborvoice.errors import Malformed, Undecryptable

RANDOM_DIGITS: Final = 26
NUMBERS: Final = 10**RANDOM_DIGITS
"""How many receipts there are: draw a number below it."""
DIGITS: Final = RANDOM_DIGITS + 2
GROUP: Final = 4
CHECK_MODULUS: Final = 97
ROUNDS: Final = 600_000
TAG_SIZE: Final = 16
ITEM_SIZE: Final = 1_024
ITEM_NONCE_SIZE: Final = 12
ITEM_BODY_AT: Final = TAG_SIZE + ITEM_NONCE_SIZE
ITEM_PADDED: Final = ITEM_SIZE - ITEM_BODY_AT - SEAL_TAG_SIZE
ITEM_ROOM: Final = ITEM_PADDED - LENGTH_SIZE - signing.SIGNATURE_SIZE - 1
"""Bytes of JSON a reply may have, once encoded."""


class Link(Value):
    """One step of a conversation: an address, the key of what lies there, and what the next step is made from."""

    tag: bytes
    key: bytes
    following: bytes


class Reply(Value):
    """``body`` is what the signature covers: how the text is encoded, then the text."""

    signature: bytes
    body: bytes
    text: bytes


def make_digits(number: int) -> str:
    """A receipt of 28 digits from a number drawn below NUMBERS (ISO 7064 mod 97-10)."""
    check = CHECK_MODULUS + 1 - number * 100 % CHECK_MODULUS
    return f"{number:0{RANDOM_DIGITS}}{check:02}"


def parse_digits(text: str) -> str:
    """The 28 digits without spaces and hyphens; Malformed when one is wrong or missing."""
    digits = text.replace(" ", "").replace("-", "")
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        raise Malformed(f"A receipt has {DIGITS} digits.")
    if int(digits) % CHECK_MODULUS != 1:
        raise Malformed("One digit of the receipt is wrong.")
    return digits


def grouped(digits: str) -> str:
    return " ".join(digits[at : at + GROUP] for at in range(0, DIGITS, GROUP))


def conversation_key(digits: str, origin: str) -> bytes:
    """A quarter of a second of work: the price of every guess."""
    salt = sha256(lp(label("receipt"), origin))
    stretched = hashlib.pbkdf2_hmac("sha256", digits.encode(), salt, ROUNDS)
    return hkdf(stretched, "conv")


def first_link(conversation: bytes) -> Link:
    return link(hkdf(conversation, "down"))


def link(k: bytes) -> Link:
    """``k`` is all that a watchdog keeps: what was said before cannot be reached from it."""
    return Link(tag=hkdf(k, "tag", size=TAG_SIZE), key=hkdf(k, "item"), following=hkdf(k, "next"))


def reply_bytes(tag: bytes, body: bytes) -> bytes:
    return lp(label("reply"), tag, body)


def seal_item(at: Link, seed: bytes, text: bytes, nonce: bytes) -> bytes:
    """A reply at this address, signed by the watchdog; Malformed when it is too long.

    ``nonce``: 12 fresh random bytes, since all watchdogs of a conversation seal under the same key.
    """
    if len(nonce) != ITEM_NONCE_SIZE:
        raise Malformed(f"A nonce has {ITEM_NONCE_SIZE} bytes.")
    body = encode(text)
    plain = pad(signing.sign(seed, reply_bytes(at.tag, body)) + body, ITEM_PADDED)
    return at.tag + nonce + AESGCM(at.key).encrypt(nonce, plain, _aad(at.tag))


def open_item(at: Link, item: bytes) -> Reply:
    """Undecryptable or Malformed. Says nothing of who wrote it: ``verify_reply`` does."""
    if len(item) != ITEM_SIZE or item[:TAG_SIZE] != at.tag:
        raise Malformed("This is not the item of this address.")
    try:
        plain = unpad(AESGCM(at.key).decrypt(item[TAG_SIZE:ITEM_BODY_AT], item[ITEM_BODY_AT:], _aad(at.tag)))
    except InvalidTag:
        raise Undecryptable from None
    signature, body = plain[: signing.SIGNATURE_SIZE], plain[signing.SIGNATURE_SIZE :]
    return Reply(signature=signature, body=body, text=decode(body))


def verify_reply(at: Link, reply: Reply, public: bytes) -> bool:
    """``public`` = the signing key that the manifest proves for the party the reply names."""
    return signing.verify(public, reply_bytes(at.tag, reply.body), reply.signature)


def _aad(tag: bytes) -> bytes:
    return lp(label("mail"), tag)
