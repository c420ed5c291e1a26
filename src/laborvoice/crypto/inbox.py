"""The cursor of a heartbeat: from which batch on a watchdog's inbox has something new (design, webhooks 2)."""

import hmac
from typing import Final

from laborvoice.crypto.framing import b64, label, lp, sha256, unb64
from laborvoice.domain.ids import PartyId
from laborvoice.errors import Malformed

CURSOR_CHARACTERS: Final = 24
_BATCH_SIZE: Final = 8
_CHECK_SIZE: Final = 10


def cursor(party: PartyId, batch: int) -> str:
    """24 characters. It is no secret: it opens the party's own list alone."""
    number = batch.to_bytes(_BATCH_SIZE, "big")
    return b64(number + _check(party, number))


def batch_of(party: PartyId, text: str) -> int:
    """Raises Malformed for what ``cursor`` did not make for this party."""
    raw = unb64(text)
    number, check = raw[:_BATCH_SIZE], raw[_BATCH_SIZE:]
    if not hmac.compare_digest(check, _check(party, number)):
        raise Malformed("This cursor is not one of the party's heartbeats.")
    return int.from_bytes(number, "big")


def _check(party: PartyId, number: bytes) -> bytes:
    return sha256(lp(label("inbox"), party, number))[:_CHECK_SIZE]
