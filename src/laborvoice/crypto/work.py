"""Proof of work: a brake on noise, the same for every envelope and exchange (design, privacy 5)."""

from typing import Final

from laborvoice.crypto.framing import WORK_NONCE_SIZE, envelope_digest, sha256

WORK_PREFIX: Final = b"lv1/pow"
BITS_MAX: Final = 22
DIGEST_BITS: Final = 256
EXCHANGE_HEAD: Final = 4
EXCHANGE_REST: Final = EXCHANGE_HEAD + WORK_NONCE_SIZE


def work_digest_envelope(raw: bytes) -> bytes:
    return envelope_digest(raw)


def work_digest_exchange(request: bytes) -> bytes:
    return sha256(request[:EXCHANGE_HEAD] + request[EXCHANGE_REST:])


def check(digest: bytes, nonce: bytes, bits: int) -> bool:
    """Whether the hash starts with ``bits`` zero bits."""
    found = int.from_bytes(sha256(WORK_PREFIX + nonce + digest), "big")
    return found.bit_length() <= DIGEST_BITS - bits


def find(digest: bytes, bits: int, start: int = 0) -> bytes:
    """The first 8-byte counter from ``start`` on that fits: 2 to the power of ``bits`` hashes on average."""
    counter = start
    while not check(digest, counter.to_bytes(WORK_NONCE_SIZE, "big"), bits):
        counter += 1
    return counter.to_bytes(WORK_NONCE_SIZE, "big")
