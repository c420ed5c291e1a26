"""One-time codes (RFC 6238: SHA-1, 6 digits, 30 s), each good once, and the codes that stand in for a lost phone."""

import base64
import hmac
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from laborvoice.crypto.framing import label, lp

SECRET_SIZE: Final = 20
DIGITS: Final = 6
STEP_SECONDS: Final = 30
ISSUER: Final = "laborvoice"
RECOVERY_CODES: Final = 10
RECOVERY_SIZE: Final = 10
"""Bytes of a recovery code: 80 bits, so that a plain digest of it is enough."""
_GROUP: Final = 4


def offered(secret: bytes, user: str, session: str) -> bytes:
    """What a session is shown to set up: nothing is stored until its user has proved that she has it."""
    return hmac.digest(secret, lp(label("totp offer"), user, session), "sha256")[:SECRET_SIZE]


def step_of(secret: bytes, code: str, moment: float, used: int) -> int | None:
    """The 30-second step that ``code`` belongs to, at most one away from ``moment`` (Unix seconds).

    None where it fits none, or one that is not after ``used``.
    """
    present = int(moment) // STEP_SECONDS
    steps = [step for step in (present - 1, present, present + 1) if hmac.compare_digest(at(secret, step), code)]
    return next((step for step in steps if step > used), None)


def at(secret: bytes, step: int) -> str:
    """The code of a step."""
    # SHA-1 is what every authenticator app speaks; in HMAC nothing is known against it.
    maker = TOTP(secret, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303 - as above
    return maker.generate(step * STEP_SECONDS).decode()


def written(secret: bytes) -> str:
    """Base32, as typed into an app."""
    return base64.b32encode(secret).decode()


def uri(secret: bytes, name: str) -> str:
    """What the QR code holds."""
    maker = TOTP(secret, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303 - as above
    return maker.get_provisioning_uri(name, ISSUER)


def recovery_codes(random: bytes) -> tuple[str, ...]:
    """From RECOVERY_CODES * RECOVERY_SIZE random bytes. Shown once; each is good once."""
    pieces = [random[at : at + RECOVERY_SIZE] for at in range(0, len(random), RECOVERY_SIZE)]
    return tuple(grouped(base64.b32encode(piece).decode().lower()) for piece in pieces)


def recovery_form(typed: str) -> str:
    """As it was shown, however it was typed."""
    return grouped("".join(letter for letter in typed.lower() if letter.isalnum()))


def grouped(text: str) -> str:
    return "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))


def is_code(typed: str) -> bool:
    """Whether it is a code of an app, not one of recovery."""
    return len(typed) == DIGITS and typed.isascii() and typed.isdigit()


def secret_of(text: str) -> bytes:
    """What ``written`` and ``grouped`` wrote, however it was typed."""
    return base64.b32decode("".join(letter for letter in text.upper() if letter.isalnum()))
