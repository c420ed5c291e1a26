"""What lies still under a key of ours: box rows, the shelf, key files, a secret for one process."""

import hmac
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from laborvoice.crypto.framing import LAYOUTS, ROW_PLAIN_SIZE, SEAL_TAG_SIZE, hkdf, label, lp, pad, unpad
from laborvoice.crypto.suites import OURS, ROOT_SIZE, KeyPair, kid, seal, suite_of, unseal
from laborvoice.domain import Value
from laborvoice.errors import Malformed, Undecryptable

NONCE_SIZE: Final = 12
LOT_SIZE: Final = 16
BLOB_SIZE: Final = NONCE_SIZE + ROW_PLAIN_SIZE + SEAL_TAG_SIZE
SHELF_PADDED: Final = 2 + max(one.outer for one in LAYOUTS.values())
FILE_MAGIC: Final = b"LVK1"
FILE_HEAD: Final = len(FILE_MAGIC) + 1 + NONCE_SIZE

SEED: Final = 1
PKCS8: Final = 2
SEQUENCE: Final = 0x30
"""The first byte of every PKCS#8."""


class Secret(Value):
    """A private key as the keyring keeps it: SEED or PKCS8, and its bytes."""

    kind: int
    data: bytes

    def __repr__(self) -> str:
        return f"Secret(kind={self.kind})"


class ShelfRow(Value):
    """A story that waits for others: came with an invite or not, and the outer plaintext of its parcel."""

    voiced: bool
    suite: int
    outer: bytes


def lot(box_root: bytes, supplier: str, period: str) -> bytes:
    """Under what name a supplier's ballots lie: the vault alone can make it."""
    return lot_of(lot_key(box_root), supplier, period)


def lot_key(box_root: bytes) -> bytes:
    return hkdf(box_root, "lot")


def lot_of(key: bytes, supplier: str, period: str) -> bytes:
    return hmac.digest(key, lp(supplier, period), "sha256")[:LOT_SIZE]


def row_cipher(box_root: bytes) -> AESGCM:
    """Made once for all rows of a period."""
    return AESGCM(hkdf(box_root, "rewrap"))


def rewrap(cipher: AESGCM, row_lot: bytes, plain: bytes, nonce: bytes) -> bytes:
    """A box row of 2,480 bytes, bound to its lot. ``nonce``: 12 fresh random bytes."""
    return nonce + cipher.encrypt(nonce, plain, row_lot)


def unwrap(cipher: AESGCM, row_lot: bytes, blob: bytes) -> bytes:
    if len(blob) != BLOB_SIZE:
        raise Malformed("A box row has another length.")
    return _decrypt(cipher, blob, row_lot)


def shelf_cipher(mix_root: bytes) -> AESGCM:
    return AESGCM(hkdf(mix_root, "shelf"))


def seal_shelf(cipher: AESGCM, row: ShelfRow, nonce: bytes) -> bytes:
    """Equally long for every suite, so that the shelf shows nothing but how many wait."""
    plain = bytes((row.voiced, row.suite)) + pad(row.outer, SHELF_PADDED)
    return nonce + cipher.encrypt(nonce, plain, None)


def open_shelf(cipher: AESGCM, blob: bytes) -> ShelfRow:
    plain = _decrypt(cipher, blob, None)
    row = ShelfRow(voiced=plain[:1] == b"\x01", suite=plain[1], outer=unpad(plain[2:]))
    if row.suite not in LAYOUTS or len(row.outer) != LAYOUTS[row.suite].outer:
        raise Malformed("A shelf row is of no known suite.")
    return row


def seal_file(master: bytes, path: str, secret: Secret, nonce: bytes) -> bytes:
    """A file of the keyring (design, privacy 12); ``path`` is relative to it and bound in."""
    return (
        FILE_MAGIC + bytes((secret.kind,)) + nonce + _file_cipher(master).encrypt(nonce, secret.data, _file_aad(path))
    )


def open_file(master: bytes, path: str, raw: bytes) -> Secret:
    """Malformed when it is no key file, Undecryptable under another master key or path."""
    if not raw.startswith(FILE_MAGIC) or len(raw) < FILE_HEAD:
        raise Malformed("This is no key file.")
    data = _decrypt(_file_cipher(master), raw[len(FILE_MAGIC) + 1 :], _file_aad(path))
    return check_secret(Secret(kind=raw[len(FILE_MAGIC)], data=data))


def check_secret(secret: Secret) -> Secret:
    """The type stands outside the seal, so the bytes must fit it."""
    seed = secret.kind == SEED and len(secret.data) == ROOT_SIZE
    rsa = secret.kind == PKCS8 and len(secret.data) > ROOT_SIZE and secret.data[0] == SEQUENCE
    if not seed and not rsa:
        raise Malformed("A key file holds a seed of 32 bytes or a PKCS#8 key.")
    return secret


def sealed_to(public: bytes, purpose: str, secret: bytes) -> bytes:
    """A secret that only one process can read, which holds the private half; bound to its purpose."""
    return seal(OURS, public, _sealed_info(kid(OURS, public), purpose), secret)


def open_sealed(pair: KeyPair, purpose: str, sealed: bytes) -> bytes:
    return unseal(pair, _sealed_info(pair.kid, purpose), sealed)


def locked(key: bytes, purpose: str, secret: bytes, nonce: bytes) -> bytes:
    """A secret of the one who holds ``key``, 32 bytes; bound to its purpose. ``nonce``: 12 fresh random bytes."""
    return nonce + AESGCM(key).encrypt(nonce, secret, lp(label("locked"), purpose))


def unlocked(key: bytes, purpose: str, sealed: bytes) -> bytes:
    """Raises Undecryptable under another key or purpose."""
    return _decrypt(AESGCM(key), sealed, lp(label("locked"), purpose))


def _sealed_info(recipient: bytes, purpose: str) -> bytes:
    return lp(label("sealed"), suite_of(OURS).ids, recipient, purpose)


def _file_cipher(master: bytes) -> AESGCM:
    return AESGCM(hkdf(master, "keyring"))


def _file_aad(path: str) -> bytes:
    return lp(label("keyring"), path)


def _decrypt(cipher: AESGCM, blob: bytes, aad: bytes | None) -> bytes:
    try:
        return cipher.decrypt(blob[:NONCE_SIZE], blob[NONCE_SIZE:], aad)
    except (InvalidTag, ValueError):
        raise Undecryptable from None
