"""From a sealed ballot to a report, or to the reason why there is none (design, privacy 2).

This runs once for every ballot of a closing period: the decoder is built once, and nothing is raised or logged.
"""

from hmac import compare_digest
from typing import Final

import msgspec

from laborvoice import errors
from laborvoice.crypto.opening import open_ballot
from laborvoice.crypto.suites import KeyPair
from laborvoice.crypto.token import bind_nonce
from laborvoice.domain.questionnaire import REPORT_BYTES
from laborvoice.domain.report import Reject, Report

_DECODER: Final = msgspec.json.Decoder(Report)


def open_report(pair: KeyPair, supplier: str, period: str, token_nonce: bytes, part: bytes) -> Report | Reject:
    """``token_nonce`` is the one beside the ballot in its box row: a ballot moved to another token is dropped."""
    try:
        bound_by, report = open_ballot(pair, supplier, period, part)
    except (errors.Undecryptable, errors.Malformed):
        return Reject.UNOPENED
    if not compare_digest(bind_nonce(bound_by), token_nonce):
        return Reject.UNBOUND
    return read(report)


def read(report: bytes) -> Report | Reject:
    """Strict: an unknown key, or a float or bool where an integer belongs, is refused."""
    if len(report) > REPORT_BYTES:
        return Reject.UNREADABLE
    try:
        return _DECODER.decode(report)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Reject.UNREADABLE
