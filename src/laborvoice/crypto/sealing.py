"""The public half: what a client does to make an envelope. Holds no private key."""

from typing import Final

from laborvoice.crypto.framing import (
    BALLOT_PLAIN_SIZE,
    BALLOT_SECRET_SIZE,
    KID_SIZE,
    LAYOUTS,
    REPORT_MAX,
    TOKEN_SIZE,
    build_header,
    envelope_digest,
    label,
    lp,
    pad,
)
from laborvoice.crypto.suites import kid, seal, suite_of
from laborvoice.crypto.token import TOKEN_TYPE
from laborvoice.crypto.work import find
from laborvoice.domain import Value
from laborvoice.errors import Malformed

DUMMY: Final = 0
URGENT: Final = 1
STORY: Final = 2
PLACES: Final = 3
SLOTS: Final = (2, 3)
EMPTY_KID: Final = bytes(KID_SIZE)
ANY_SUPPLIER: Final = "any"
FILLER_SIZE: Final = TOKEN_SIZE - len(TOKEN_TYPE)
"""Random bytes of a filler token."""


class Outer(Value):
    """What only the mix reads. ``recipients`` has one key id a slot, an empty place is EMPTY_KID."""

    kind: int
    slots: int
    recipients: tuple[bytes, ...]
    inner: bytes


class Parts(Value):
    """The sealed pieces of one envelope, in the order of its bytes."""

    suite: int
    box_kid: bytes
    mix_kid: bytes
    token: bytes
    ballot: bytes
    parcel: bytes


def info_ballot(suite: int, box_kid: bytes, supplier: str, period: str) -> bytes:
    return lp(label("ballot"), suite_of(suite).ids, box_kid, supplier, period)


def info_parcel(suite: int, mix_kid: bytes) -> bytes:
    return lp(label("parcel"), suite_of(suite).ids, mix_kid)


def seal_ballot(suite: int, box_public: bytes, supplier: str, period: str, r: bytes, report: bytes) -> bytes:
    """``r`` is the 32 random bytes whose hash is the token's nonce; ``report`` compact JSON."""
    if len(r) != BALLOT_SECRET_SIZE or len(report) > REPORT_MAX:
        raise Malformed(f"A report has at most {REPORT_MAX} bytes, its secret {BALLOT_SECRET_SIZE}.")
    return _seal_ballot(suite, box_public, supplier, period, r + report)


def seal_no_ballot(suite: int, box_public: bytes, period: str) -> bytes:
    """Without an invite the ballot part is sealed all the same: to the supplier ``any``, the open period."""
    return _seal_ballot(suite, box_public, ANY_SUPPLIER, period, b"")


def _seal_ballot(suite: int, box_public: bytes, supplier: str, period: str, plain: bytes) -> bytes:
    info = info_ballot(suite, kid(suite, box_public), supplier, period)
    return seal(suite, box_public, info, pad(plain, BALLOT_PLAIN_SIZE))


def build_outer(outer: Outer) -> bytes:
    kids = b"".join(outer.recipients).ljust(PLACES * KID_SIZE, b"\0")
    return bytes((outer.kind, outer.slots)) + bytes(6) + kids + outer.inner


def dummy_outer(suite: int) -> Outer:
    """No story, no call: sealed by the same code as one."""
    return Outer(kind=DUMMY, slots=0, recipients=(), inner=bytes(LAYOUTS[suite].inner))


def seal_parcel(suite: int, mix_public: bytes, outer: Outer) -> bytes:
    plain = build_outer(outer)
    if len(plain) != LAYOUTS[suite].outer:
        raise Malformed("The outer message has another length.")
    return seal(suite, mix_public, info_parcel(suite, kid(suite, mix_public)), plain)


def filler_token(random: bytes) -> bytes:
    """``random``: FILLER_SIZE bytes, where there is no token to show."""
    return TOKEN_TYPE + random


def assemble(parts: Parts, bits: int, start: int = 0) -> bytes:
    """The whole envelope with its work done; ``start`` is where the search for the nonce begins."""
    body = parts.token + parts.ballot + parts.parcel
    raw = build_header(parts.suite, parts.box_kid, parts.mix_kid) + body
    at = LAYOUTS[parts.suite]
    if (len(parts.token), len(parts.ballot), len(parts.parcel)) != (TOKEN_SIZE, at.ballot, at.parcel):
        raise Malformed("A piece of the envelope has another length.")
    nonce = find(envelope_digest(raw), bits, start)
    return build_header(parts.suite, parts.box_kid, parts.mix_kid, nonce) + body
