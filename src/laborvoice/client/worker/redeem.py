"""An invite becomes a voice token that cannot be traced to it: the worker's side of it (design, privacy 4)."""

from typing import Final

from laborvoice.chance import Chance
from laborvoice.client.worker.trust import Trusted
from laborvoice.crypto import exchange, token
from laborvoice.crypto.exchange import SIGNED, Want
from laborvoice.crypto.framing import BALLOT_SECRET_SIZE
from laborvoice.domain import Value, card
from laborvoice.errors import BadSignature

FACTOR_SIZE: Final = token.MODULUS_SIZE + 64
"""Longer than the modulus, by which it is reduced."""
CODES: Final = len(card.ALPHABET) ** card.CODE_SIZE


class Asked(Value, frozen=True):
    """``request`` goes out, and again as it is where there was no answer. The rest stays on the phone."""

    request: bytes
    r: bytes
    signed: bytes
    inverse: bytes

    def __repr__(self) -> str:
        return "Asked(hidden)"


class Token(Value, frozen=True):
    """``r`` leaves the phone only inside the sealed ballot."""

    token: bytes
    r: bytes

    def __repr__(self) -> str:
        return "Token(hidden)"


def ask(trusted: Trusted, code: str | None, bits: int, chance: Chance) -> Asked:
    """The nonce of the token is fixed by ``r`` before anything is asked. Without a code it only looks the same."""
    if code is None or trusted.poll is None:
        return _ask_nothing(bits, chance)
    key, r = trusted.poll.key, chance.bytes(BALLOT_SECRET_SIZE)
    challenge = token.challenge_digest(trusted.origin, trusted.supplier, trusted.period)
    message = token.token_input(token.bind_nonce(r), challenge, key.key_id)
    blinded = token.blind(key, message, chance.bytes(token.SALT_SIZE), chance.bytes(FACTOR_SIZE))
    want = Want(token_key_id=key.key_id, blinded=blinded.message)
    return Asked(request=exchange.build_request(code, (want,), bits), r=r, signed=message, inverse=blinded.inverse)


def _ask_nothing(bits: int, chance: Chance) -> Asked:
    """Without an invite a random code is exchanged all the same, or the traffic would tell."""
    code = card.make_code(chance.below(CODES))
    want = Want(token_key_id=chance.bytes(exchange.KEY_ID_SIZE), blinded=chance.bytes(token.MODULUS_SIZE))
    return Asked(request=exchange.build_request(code, (want,), bits), r=b"", signed=b"", inverse=b"")


def redeemed(trusted: Trusted, asked: Asked, raw: bytes) -> tuple[int, Token | None]:
    """The outcome, and the token if it is SIGNED.

    Raises Malformed, and BadSignature for a signature by another key: one made to mark a person.
    """
    answer = exchange.parse_answer(raw)
    if answer.outcome != SIGNED:
        return answer.outcome, None
    if trusted.poll is None or len(answer.signatures) != 1:
        raise BadSignature
    signature = token.finalise(trusted.poll.key, asked.signed, answer.signatures[0], asked.inverse)
    return answer.outcome, Token(token=asked.signed + signature, r=asked.r)
