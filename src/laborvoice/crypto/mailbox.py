"""Buckets of the mailbox: which one an address lies in, and what fills it up (design, privacy 10)."""

import hashlib
from collections.abc import Sequence
from typing import Final

from laborvoice.crypto.receipt import ITEM_SIZE, TAG_SIZE
from laborvoice.errors import Malformed

BUCKET_ITEMS: Final = 64
ROWS_A_BUCKET: Final = 16
DIGIT_BITS: Final = 4
DIGITS: Final = frozenset("0123456789abcdef")
TAG_BITS: Final = 8 * TAG_SIZE


def bits_for(rows: int) -> int:
    """How many bits name a bucket when the mailbox has so many rows."""
    return max(0, (rows // ROWS_A_BUCKET).bit_length() - 1)


def prefix_of(tag: bytes, bits: int) -> str:
    """The bucket of an address: its first ``bits`` bits as hex digits, the rest zero."""
    size = _size(bits)
    kept = int.from_bytes(tag, "big") >> (TAG_BITS - bits)
    return f"{kept << (size * DIGIT_BITS - bits):0{size}x}" if size else ""


def parse_prefix(text: str, bits: int) -> str:
    """Malformed unless lower-case hex of the right length with nothing set beyond ``bits``."""
    if len(text) != _size(bits) or not DIGITS.issuperset(text):
        raise Malformed("A bucket is named by lower-case hexadecimal digits, as many as the manifest states.")
    if text and int(text, 16) & ((1 << (len(text) * DIGIT_BITS - bits)) - 1):
        raise Malformed("This bucket has bits set that name no bucket.")
    return text


def bounds(prefix: str, bits: int) -> tuple[bytes, bytes]:
    """The lowest and the highest address of a bucket. Malformed as ``parse_prefix``."""
    checked = parse_prefix(prefix, bits)
    low = _number(checked, bits) << (TAG_BITS - bits)
    return low.to_bytes(TAG_SIZE, "big"), (low | (1 << (TAG_BITS - bits)) - 1).to_bytes(TAG_SIZE, "big")


def fill(items: Sequence[bytes], prefix: str, bits: int, seed: bytes) -> bytes:
    """The answer: all items and filler, sorted together so that none can be told from the other."""
    size = max(1, -(-len(items) // BUCKET_ITEMS)) * BUCKET_ITEMS
    filler = [_filler(prefix, bits, seed, number) for number in range(size - len(items))]
    return b"".join(sorted([*items, *filler]))


def _filler(prefix: str, bits: int, seed: bytes, number: int) -> bytes:
    """SHAKE-256 over the week's seed, the bucket's digits and a u32, its first bits made the bucket's."""
    raw = hashlib.shake_256(seed + prefix.encode() + number.to_bytes(4, "big")).digest(ITEM_SIZE)
    rest = TAG_BITS - bits
    low = int.from_bytes(raw[:TAG_SIZE], "big") & ((1 << rest) - 1)
    return (_number(prefix, bits) << rest | low).to_bytes(TAG_SIZE, "big") + raw[TAG_SIZE:]


def _number(prefix: str, bits: int) -> int:
    """Which bucket, counted from 0."""
    return int(prefix, 16) >> (len(prefix) * DIGIT_BITS - bits) if prefix else 0


def _size(bits: int) -> int:
    """Hex digits of a prefix."""
    return -(-bits // DIGIT_BITS)
