"""The exchange of an invite for blind signatures, as bytes (design, privacy 4). Public half."""

from collections.abc import Sequence
from typing import Final

from laborvoice.crypto.framing import VERSION, WORK_NONCE_SIZE, any_set, hkdf, label, lp, sha256
from laborvoice.crypto.token import MODULUS_SIZE
from laborvoice.crypto.work import find, work_digest_exchange
from laborvoice.domain import Value
from laborvoice.errors import Malformed

REQUEST_SIZE: Final = 2_368
ANSWER_SIZE: Final = 2_064
WANTS_MAX: Final = 8
CODE_SIZE: Final = 20
CODE_AT: Final = 12
CODE_END: Final = CODE_AT + CODE_SIZE
HEADER_SIZE: Final = 64
KEY_ID_SIZE: Final = 32
WANT_SIZE: Final = KEY_ID_SIZE + MODULUS_SIZE
ANSWER_HEADER_SIZE: Final = 16

SIGNED: Final = 0
USED: Final = 1
REFUSED: Final = 2


class Want(Value):
    """One blinded message and the key it is to be signed with."""

    token_key_id: bytes
    blinded: bytes


class ExchangeRequest(Value):
    """``code`` is empty where intake has taken it out."""

    work_nonce: bytes
    code: str
    wants: tuple[Want, ...]


class ExchangeAnswer(Value):
    """Blind signatures in the order asked; none unless the outcome is SIGNED."""

    outcome: int
    signatures: tuple[bytes, ...]


def build_request(code: str, wants: Sequence[Want], bits: int, start: int = 0) -> bytes:
    """With its work done; ``start`` is where the search for the nonce begins."""
    places = b"".join(one.token_key_id + one.blinded for one in wants)
    head = bytes((VERSION, len(wants), 0, 0))
    rest = (code.encode() + bytes(32) + places).ljust(REQUEST_SIZE - CODE_AT, b"\0")
    draft = head + bytes(WORK_NONCE_SIZE) + rest
    parse_request(draft)
    return head + find(work_digest_exchange(draft), bits, start) + rest


def parse_request(raw: bytes) -> ExchangeRequest:
    """Malformed unless every byte is in its place; a code that no card has is none of our business here."""
    if len(raw) != REQUEST_SIZE or raw[0] != VERSION or not 1 <= raw[1] <= WANTS_MAX:
        raise Malformed("This is no exchange request.")
    end = HEADER_SIZE + raw[1] * WANT_SIZE
    if any_set(raw[2:4]) or any_set(raw[CODE_END:HEADER_SIZE]) or any_set(raw[end:]):
        raise Malformed("Bytes of the exchange request that must be zero are not.")
    code = raw[CODE_AT:CODE_END]
    if any_set(code) and not (code.isascii() and code.isalnum()):
        raise Malformed("A code has letters and digits.")
    wants = tuple(
        Want(token_key_id=raw[at : at + KEY_ID_SIZE], blinded=raw[at + KEY_ID_SIZE : at + WANT_SIZE])
        for at in range(HEADER_SIZE, end, WANT_SIZE)
    )
    return ExchangeRequest(work_nonce=raw[4:CODE_AT], code=code.decode().strip("\0"), wants=wants)


def without_code(raw: bytes) -> bytes:
    """What intake hands on: the request with zeros for the code."""
    return raw[:CODE_AT] + bytes(CODE_SIZE) + raw[CODE_END:]


def code_hash(code: str | bytes) -> bytes:
    """By what an invite is known; of the 20 bytes of a request as well, whatever they are."""
    return sha256(lp(label("invite"), code))


def request_hash(raw: bytes) -> bytes:
    """Of the whole body, code included: what makes a retry the same request."""
    return sha256(raw)


def answer_signed(hashed: bytes, signatures: Sequence[bytes]) -> bytes:
    return joined(signatures, filler(hashed, len(signatures)))


def joined(signatures: Sequence[bytes], rest: bytes) -> bytes:
    """The same from a filler that was made while the signatures were."""
    return _answer(SIGNED, signatures, rest)


def answer_refused(hashed: bytes, outcome: int) -> bytes:
    """USED or REFUSED: the same bytes for the same request, and nothing to learn from them."""
    return _answer(outcome, (), filler(hashed, 0))


def filler(hashed: bytes, first: int) -> bytes:
    """What stands in an answer from place ``first`` on, where no signature does."""
    return b"".join(hkdf(hashed, "filler", bytes((j,)), size=MODULUS_SIZE) for j in range(first, WANTS_MAX))


def parse_answer(raw: bytes) -> ExchangeAnswer:
    if len(raw) != ANSWER_SIZE or raw[0] not in {SIGNED, USED, REFUSED} or any_set(raw[2:ANSWER_HEADER_SIZE]):
        raise Malformed("This is no answer to an exchange.")
    if raw[1] > WANTS_MAX or (raw[0] == SIGNED) != (raw[1] > 0):
        raise Malformed("The answer has another number of signatures.")
    end = ANSWER_HEADER_SIZE + raw[1] * MODULUS_SIZE
    found = tuple(raw[at : at + MODULUS_SIZE] for at in range(ANSWER_HEADER_SIZE, end, MODULUS_SIZE))
    return ExchangeAnswer(outcome=raw[0], signatures=found)


def _answer(outcome: int, signatures: Sequence[bytes], rest: bytes) -> bytes:
    return bytes((outcome, len(signatures))) + bytes(14) + b"".join(signatures) + rest
