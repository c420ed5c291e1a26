"""The printed card: what its code and link look like, and how a typed one is read (design, privacy 4)."""

import re
from typing import Final

from laborvoice.domain import Value
from laborvoice.errors import Malformed

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOCATOR_SIZE: Final = 6
CODE_SIZE: Final = 20
TYPED_SIZE: Final = LOCATOR_SIZE + CODE_SIZE + 1
FINGERPRINT_CHARS: Final = 26
FINGERPRINT_SIZE: Final = 16
SPARE_BITS: Final = 2
"""130 bits fit 26 characters, a fingerprint has 128: two zero bits follow."""
CARD_VERSION: Final = "1"
GROUP: Final = 3

FRAGMENT: Final = re.compile(
    rf"#?{CARD_VERSION}(?P<locator>[{ALPHABET}]{{6}})(?P<code>[{ALPHABET}]{{20}})(?P<fp>[{ALPHABET}]{{26}})"
)
CHECK_POLYNOMIAL: Final = 0x25
CHECK_TOP: Final = 16
CHAR_BITS: Final = 5

_LOOKALIKES: Final = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None})


class Card(Value):
    """``fingerprint`` = the 16 bytes that name the manifest key."""

    locator: str
    code: str
    fingerprint: bytes


def make_locator(number: int) -> str:
    """From a number drawn below 32 to the 6th."""
    return encode(number, LOCATOR_SIZE)


def make_code(number: int) -> str:
    """From a number drawn below 32 to the 20th: 100 bits."""
    return encode(number, CODE_SIZE)


def encode(number: int, size: int) -> str:
    """``number`` as ``size`` Crockford characters, the most significant first."""
    return "".join(ALPHABET[number >> CHAR_BITS * at & 31] for at in reversed(range(size)))


def decode(text: str) -> int:
    """The number of what ``encode`` wrote; the characters are known to be of the alphabet."""
    number = 0
    for char in text:
        number = number << CHAR_BITS | ALPHABET.index(char)
    return number


def check_character(text: str) -> str:
    """Catches every wrong character and every swap of neighbours."""
    acc = 0
    for char in text:
        acc = _times_x(acc) ^ ALPHABET.index(char)
    return ALPHABET[_times_x(acc)]


def card_url(host: str, card: Card) -> str:
    """The link of the QR code: all of it behind ``#``, so no server and no log sees it."""
    fingerprint = encode(int.from_bytes(card.fingerprint, "big") << SPARE_BITS, FINGERPRINT_CHARS)
    return f"https://{host}/#{CARD_VERSION}{card.locator}{card.code}{fingerprint}"


def parse_fragment(fragment: str) -> Card:
    """From what follows the host, with or without ``#``. A link is copied, never typed: no look-alikes."""
    found = FRAGMENT.fullmatch(fragment)
    if found is None:
        raise Malformed("This link is not the one on a card.")
    number = decode(found["fp"])
    if number & (1 << SPARE_BITS) - 1:
        raise Malformed("The link ends in bits that no card has.")
    fingerprint = (number >> SPARE_BITS).to_bytes(FINGERPRINT_SIZE, "big")
    return Card(locator=found["locator"], code=found["code"], fingerprint=fingerprint)


def format_typed(locator: str, code: str) -> str:
    """27 characters: locator, code and the one that checks them."""
    return locator + code + check_character(locator + code)


def grouped(typed: str) -> str:
    """Nine groups of three, as printed."""
    return " ".join(typed[at : at + GROUP] for at in range(0, TYPED_SIZE, GROUP))


def parse_typed(text: str) -> tuple[str, str]:
    """``(locator, code)``. Case, spaces and hyphens do not matter, nor O for 0, I and L for 1."""
    clean = text.upper().translate(_LOOKALIKES)
    if len(clean) != TYPED_SIZE:
        raise Malformed(f"The code has {TYPED_SIZE} characters, this has {len(clean)}.")
    if not frozenset(ALPHABET).issuperset(clean):
        raise Malformed("One character is wrong: the code has digits and letters, but no I, L, O or U.")
    if check_character(clean[:-1]) != clean[-1]:
        raise Malformed("One character is wrong.")
    return clean[:LOCATOR_SIZE], clean[LOCATOR_SIZE:-1]


def _times_x(value: int) -> int:
    """Times x in the field of 32 elements."""
    return value << 1 ^ (CHECK_POLYNOMIAL if value & CHECK_TOP else 0)
