"""Passwords: Argon2id (RFC 9106), stored in the form that says with which numbers they were made."""

from typing import Final

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

MEMORY_KIB: Final = 19 * 1024
PASSES: Final = 2
LANES: Final = 1
SIZE: Final = 32
SALT_SIZE: Final = 16

NOBODYS: Final = "$argon2id$v=19$m=19456,t=2,p=1$bGFib3J2b2ljZSBub2JvZA$PgpeNz2Dme4QzXRoVNNpHhCqMYY7oTjRFUlQ8r6qKbg"
"""Of no known password: for a name that nobody has, the same work is done."""


def hashed(password: str, salt: bytes) -> str:
    """``salt``: SALT_SIZE fresh random bytes. Takes some 20 ms and 19 MiB."""
    maker = Argon2id(salt=salt, length=SIZE, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB)
    return maker.derive_phc_encoded(password.encode())


def matches(password: str, stored: str) -> bool:
    """Takes as long for every answer."""
    try:
        Argon2id.verify_phc_encoded(password.encode(), stored)
    except InvalidKey:
        return False
    return True
