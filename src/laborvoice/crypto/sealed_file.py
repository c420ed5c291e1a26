"""A file of any length that one key opens: sealed as it streams, and refused when it was cut, altered or reordered.

``LVB1`` and the key's id, then a content key under HPKE (ours), then chunks under AES-256-GCM. A chunk's nonce is its
number and whether it is the last; what stands before the first is bound to each.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from laborvoice.crypto.framing import CONTENT_KEY_SIZE, KID_SIZE, SEAL_TAG_SIZE, label, lp, sha256
from laborvoice.crypto.suites import OURS, SUITES, KeyPair, kid, seal, suite_of, unseal
from laborvoice.errors import Malformed, Undecryptable

MAGIC: Final = b"LVB1"
CHUNK: Final = 65_536
SEALED_CHUNK: Final = CHUNK + SEAL_TAG_SIZE
HEAD_SIZE: Final = len(MAGIC) + KID_SIZE + SUITES[OURS].wrap
_COUNTER_SIZE: Final = 8
_SPARE: Final = bytes(3)


def sealed(public: bytes, purpose: str, content_key: bytes, plain: Iterable[bytes]) -> Iterator[bytes]:
    """``content_key``: 32 fresh random bytes. Pieces of any length in, the file's pieces out."""
    name = kid(OURS, public)
    head = MAGIC + name + seal(OURS, public, _info(name, purpose), content_key)
    yield head
    cipher, bound = AESGCM(content_key), sha256(head)
    for number, (chunk, last) in enumerate(_chunks(plain, CHUNK)):
        yield cipher.encrypt(_nonce(number, last=last), chunk, bound)


def opened(pair: KeyPair, purpose: str, raw: Iterable[bytes]) -> Iterator[bytes]:
    """The plain chunks, each of them authentic when it is handed out; whether any follow, only the end tells.

    Malformed where it is no such file, Undecryptable for another key or purpose and where a byte is not as written.
    """
    pieces = iter(raw)
    head, rest = _taken(pieces, HEAD_SIZE)
    if not head.startswith(MAGIC) or len(head) < HEAD_SIZE:
        raise Malformed("This is no sealed file of laborvoice.")
    wrapped = head[len(MAGIC) + KID_SIZE :]
    cipher, bound = AESGCM(unseal(pair, _info(pair.kid, purpose), wrapped)), sha256(head)
    for number, (chunk, last) in enumerate(_chunks(_after(rest, pieces), SEALED_CHUNK)):
        try:
            yield cipher.decrypt(_nonce(number, last=last), chunk, bound)
        except (InvalidTag, ValueError):
            raise Undecryptable("The file was cut or altered.") from None


def _info(recipient: bytes, purpose: str) -> bytes:
    return lp(label("sealed-file"), suite_of(OURS).ids, recipient, purpose)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(_COUNTER_SIZE, "big") + _SPARE + bytes((last,))


def _taken(pieces: Iterator[bytes], size: int) -> tuple[bytes, bytes]:
    """The first ``size`` bytes, fewer where there are no more, and what came along behind them."""
    held = bytearray()
    while len(held) < size and (piece := next(pieces, None)) is not None:
        held += piece
    return bytes(held[:size]), bytes(held[size:])


def _after(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from pieces


def _chunks(pieces: Iterable[bytes], size: int) -> Iterator[tuple[bytes, bool]]:
    """Chunks of ``size`` and whether one is the last, which may be shorter, or empty where there is nothing at all."""
    held = bytearray()
    for piece in pieces:
        held += piece
        at = 0
        while len(held) - at > size:
            yield bytes(held[at : at + size]), False
            at += size
        del held[:at]
    yield bytes(held), True


__all__ = ["CHUNK", "CONTENT_KEY_SIZE", "HEAD_SIZE", "MAGIC", "opened", "sealed"]
