"""The only source of chance: the operating system's."""

import secrets  # noqa: TID251 - the one room that may ask for chance
from typing import Protocol


class Chance(Protocol):
    """What draws. Pure code takes it, or what it drew, as an argument."""

    def bytes(self, count: int) -> bytes:
        """``count`` random bytes."""
        ...

    def below(self, limit: int) -> int:
        """A uniform integer in [0, limit)."""
        ...


class SystemChance:
    """The operating system's randomness."""

    def bytes(self, count: int) -> bytes:
        return secrets.token_bytes(count)

    def below(self, limit: int) -> int:
        return secrets.randbelow(limit)
