"""What lies sealed in a watchdog's yearly key file: twelve roots and the seed of its signatures (design, web 4)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from laborvoice.crypto.framing import SEAL_TAG_SIZE
from laborvoice.crypto.signing import SEED_SIZE
from laborvoice.crypto.suites import ROOT_SIZE
from laborvoice.domain import Value
from laborvoice.errors import Malformed, Undecryptable

MONTHS: Final = 12
ROUNDS: Final = 600_000
SALT_SIZE: Final = 16
NONCE_SIZE: Final = 12
PLAIN_SIZE: Final = MONTHS * ROOT_SIZE + SEED_SIZE
SEALED_SIZE: Final = PLAIN_SIZE + SEAL_TAG_SIZE


class Lock(Value, frozen=True):
    """Both are fresh whenever a file is written."""

    salt: bytes
    nonce: bytes


def canonical(members: Mapping[str, object]) -> bytes:
    """What is bound to the sealed bytes: names sorted at every depth, no blank, UTF-8."""
    return json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def seal(code: str, lock: Lock, bound: bytes, roots: Sequence[bytes], seed: bytes) -> bytes:
    """``code``: the 28 digits."""
    plain = b"".join(roots) + seed
    if len(roots) != MONTHS or len(plain) != PLAIN_SIZE:
        raise Malformed("A key file holds twelve roots and a seed of 32 bytes each.")
    return _cipher(code, lock).encrypt(lock.nonce, plain, bound)


def unseal(code: str, lock: Lock, bound: bytes, sealed: bytes) -> tuple[tuple[bytes, ...], bytes]:
    """The roots and the seed. Raises Malformed, and Undecryptable for another code or a changed file."""
    if (len(lock.salt), len(lock.nonce), len(sealed)) != (SALT_SIZE, NONCE_SIZE, SEALED_SIZE):
        raise Malformed("A piece of the key file is longer or shorter than it must be.")
    try:
        plain = _cipher(code, lock).decrypt(lock.nonce, sealed, bound)
    except InvalidTag:
        raise Undecryptable("The code is not that of this file, or the file was changed.") from None
    roots = tuple(plain[at : at + ROOT_SIZE] for at in range(0, MONTHS * ROOT_SIZE, ROOT_SIZE))
    return roots, plain[MONTHS * ROOT_SIZE :]


def _cipher(code: str, lock: Lock) -> AESGCM:
    return AESGCM(hashlib.pbkdf2_hmac("sha256", code.encode(), lock.salt, ROUNDS))
