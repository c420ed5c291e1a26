"""Keyrings on a real file system."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from laborvoice.chance import SystemChance
from laborvoice.keyring.directory import DirectoryKeyring

MASTER = b"\x01" * 32

Opener = Callable[..., DirectoryKeyring]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "keyring"


@pytest.fixture
def opened(root: Path) -> Iterator[Opener]:
    """Opens the directory again, as a start after a kill would."""
    rings: list[DirectoryKeyring] = []

    def start(master: bytes = MASTER, previous: bytes | None = None) -> DirectoryKeyring:
        rings.append(DirectoryKeyring(root, master, SystemChance(), previous))
        return rings[-1]

    yield start
    for ring in rings:
        ring.close()
