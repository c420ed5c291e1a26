"""Chance that is the same in every run."""

import hashlib
from collections.abc import Callable

import pytest

from laborvoice import data
from laborvoice.chance import Chance
from laborvoice.domain.questionnaire import Bank, load

SPARE = 8


class Counted:
    """A stream of hashes; uniform below a limit but for less than one in 2 to the power of 64."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._number = 0

    def bytes(self, count: int) -> bytes:
        self._number += 1
        return hashlib.shake_256(f"{self._name} {self._number}".encode()).digest(count)

    def below(self, limit: int) -> int:
        size = (limit.bit_length() + 7) // 8 + SPARE
        return int.from_bytes(self.bytes(size), "big") % limit


@pytest.fixture(scope="session")
def counted() -> Callable[[str], Chance]:
    return Counted


@pytest.fixture(scope="session")
def bank() -> Bank:
    return load(data.questions())
