"""How bytes are laid out: length-prefixed lists, padding, derivation, the envelope and the box row."""

import base64
import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from laborvoice.domain import Value
from laborvoice.errors import Malformed

VERSION: Final = 1
PREFIX: Final = "laborvoice/1/"
HASH_SIZE: Final = 32
KID_SIZE: Final = 8
LENGTH_SIZE: Final = 2
LENGTH_MAX: Final = 0xFFFF

ENVELOPE_SIZE: Final = 9_216
HEADER_SIZE: Final = 32
WORK_NONCE_SIZE: Final = 8
WORK_NONCE_AT: Final = 20
TOKEN_SIZE: Final = 354
BALLOT_PLAIN_SIZE: Final = 1_280
BALLOT_SECRET_SIZE: Final = 32
REPORT_MAX: Final = BALLOT_PLAIN_SIZE - LENGTH_SIZE - BALLOT_SECRET_SIZE
OUTER_HEADER_SIZE: Final = 32
CONTENT_KEY_SIZE: Final = 32
COMMIT_SIZE: Final = 32
SEAL_TAG_SIZE: Final = 16

ROW_PLAIN_SIZE: Final = 2_452
ROW_PADDED_SIZE: Final = 2_418
ROW_SEALED: Final = 1
ROW_CARRIED: Final = 2
CARRIES_MAX: Final = 2
SEVERITY_MAX: Final = 10
NAMED_MAX: Final = 3


def sha256(data: bytes) -> bytes:
    """H of the design: SHA-256."""
    return hashlib.sha256(data).digest()


def lp(*items: bytes | str) -> bytes:
    """Each item as u16 big-endian length, then its bytes; text as UTF-8."""
    out = bytearray()
    for item in items:
        data = item.encode() if isinstance(item, str) else item
        if len(data) > LENGTH_MAX:
            raise Malformed("An item of a list is longer than 65,535 bytes.")
        out += len(data).to_bytes(LENGTH_SIZE, "big") + data
    return bytes(out)


def label(name: str) -> bytes:
    return (PREFIX + name).encode()


def hkdf(key: bytes, name: str, *items: bytes | str, size: int = HASH_SIZE) -> bytes:
    """HKDF-SHA256, extract with empty salt, then expand with ``lp(label, items…)`` (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=size, salt=None, info=lp(label(name), *items)).derive(key)


def pad(data: bytes, size: int) -> bytes:
    if len(data) > size - LENGTH_SIZE:
        raise Malformed(f"{len(data)} bytes do not fit into {size - LENGTH_SIZE}.")
    return (len(data).to_bytes(LENGTH_SIZE, "big") + data).ljust(size, b"\0")


def unpad(data: bytes) -> bytes:
    """Raises Malformed on a length beyond the end and on filler that is not zero."""
    end = LENGTH_SIZE + int.from_bytes(data[:LENGTH_SIZE], "big")
    if len(data) < end or any_set(data[end:]):
        raise Malformed("The padding is not as it must be.")
    return data[LENGTH_SIZE:end]


def any_set(data: bytes) -> bool:
    """Whether any byte is not zero."""
    return bool(data.strip(b"\0"))


def b64(data: bytes) -> str:
    """base64url without ``=`` (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """Only what ``b64`` makes: no filler, no other alphabet, no stray bits."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise Malformed("This is not base64url.") from None
    if b64(data) != text:
        raise Malformed("This is not base64url.")
    return data


class Layout(Value):
    """Offsets and sizes of an envelope of one suite, in bytes (design, privacy 1)."""

    suite: int
    ballot_at: int
    ballot: int
    parcel_at: int
    parcel: int
    outer: int
    inner: int
    wrap: int

    def body(self, slots: int) -> int:
        return self.inner - COMMIT_SIZE - slots * self.wrap

    def padded(self, slots: int) -> int:
        return self.body(slots) - SEAL_TAG_SIZE

    def room(self, slots: int) -> int:
        """What is left for the text, after the length and the byte that says how it is encoded."""
        return self.padded(slots) - LENGTH_SIZE - 1


def _layout(suite: int, overhead: int) -> Layout:
    ballot_at = HEADER_SIZE + TOKEN_SIZE
    parcel_at = ballot_at + BALLOT_PLAIN_SIZE + overhead
    outer = ENVELOPE_SIZE - parcel_at - overhead
    return Layout(
        suite=suite,
        ballot_at=ballot_at,
        ballot=BALLOT_PLAIN_SIZE + overhead,
        parcel_at=parcel_at,
        parcel=ENVELOPE_SIZE - parcel_at,
        outer=outer,
        inner=outer - OUTER_HEADER_SIZE,
        wrap=CONTENT_KEY_SIZE + overhead,
    )


LAYOUTS: Final[Mapping[int, Layout]] = MappingProxyType({1: _layout(1, 1_136), 2: _layout(2, 48)})


class Header(Value):
    version: int
    suite: int
    box_kid: bytes
    mix_kid: bytes
    work_nonce: bytes


def build_header(suite: int, box_kid: bytes, mix_kid: bytes, work_nonce: bytes = bytes(WORK_NONCE_SIZE)) -> bytes:
    return bytes((VERSION, suite, 0, 0)) + box_kid + mix_kid + work_nonce + bytes(4)


def parse_envelope(raw: bytes) -> Header:
    """The header of an envelope whose length, version, suite and zeros are right; else Malformed."""
    if len(raw) != ENVELOPE_SIZE:
        raise Malformed(f"An envelope has {ENVELOPE_SIZE} bytes.")
    if raw[0] != VERSION or raw[1] not in LAYOUTS:
        raise Malformed("The envelope is of another version or suite.")
    if any_set(raw[2:4]) or any_set(raw[28:HEADER_SIZE]):
        raise Malformed("Bytes of the header that must be zero are not.")
    return Header(version=raw[0], suite=raw[1], box_kid=raw[4:12], mix_kid=raw[12:20], work_nonce=raw[20:28])


def token_of(raw: bytes) -> bytes:
    return raw[HEADER_SIZE : HEADER_SIZE + TOKEN_SIZE]


def ballot_part(raw: bytes, suite: int) -> bytes:
    at = LAYOUTS[suite]
    return raw[at.ballot_at : at.parcel_at]


def parcel_part(raw: bytes, suite: int) -> bytes:
    return raw[LAYOUTS[suite].parcel_at :]


def envelope_digest(raw: bytes) -> bytes:
    """D of the design: everything but the work nonce."""
    return sha256(raw[:WORK_NONCE_AT] + raw[WORK_NONCE_AT + WORK_NONCE_SIZE :])


class SealedRow(Value):
    """A ballot nobody has opened, with the nonce of the token it came with."""

    suite: int
    nonce: bytes
    ballot_part: bytes


class CarriedRow(Value):
    """What is left of a ballot of a withheld period: bit i of ``named`` is condition i."""

    carries: int
    severity: int
    named: int


def pack_ballot_row(suite: int, token_nonce: bytes, ballot: bytes) -> bytes:
    return bytes((ROW_SEALED, suite)) + token_nonce + pad(ballot, ROW_PADDED_SIZE)


def pack_carried_row(carries: int, severity: int, named: int) -> bytes:
    body = bytes((carries, severity)) + named.to_bytes(2, "big")
    return bytes((ROW_CARRIED, 0)) + bytes(HASH_SIZE) + pad(body, ROW_PADDED_SIZE)


def unpack_row(plain: bytes) -> SealedRow | CarriedRow:
    """The plaintext of a box row (design, privacy 6.3 and 8); Malformed when it is neither kind."""
    if len(plain) != ROW_PLAIN_SIZE:
        raise Malformed("A box row has another length.")
    kind, suite, nonce, body = plain[0], plain[1], plain[2:34], unpad(plain[34:])
    if kind == ROW_SEALED and suite in LAYOUTS and len(body) == LAYOUTS[suite].ballot:
        return SealedRow(suite=suite, nonce=nonce, ballot_part=body)
    if kind == ROW_CARRIED and suite == 0 and not any_set(nonce):
        return _carried(body)
    raise Malformed("A box row is of no known kind.")


def _carried(body: bytes) -> CarriedRow:
    named = int.from_bytes(body[2:], "big")
    if len(body) != 4 or not 1 <= body[0] <= CARRIES_MAX or body[1] > SEVERITY_MAX or named.bit_count() > NAMED_MAX:  # noqa: PLR2004 - two bytes and a u16
        raise Malformed("A carried row holds more than one ballot may.")
    return CarriedRow(carries=body[0], severity=body[1], named=named)
