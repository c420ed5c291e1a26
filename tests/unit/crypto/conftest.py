"""The published vectors, as dictionaries; and bytes that look random but are the same in every run."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

VECTORS = Path(__file__).parents[2] / "vectors"


def _load(name: str) -> Any:
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def vectors() -> dict[str, Any]:
    loaded: dict[str, Any] = _load("envelope.json")
    return loaded


@pytest.fixture(scope="session")
def rfc9474() -> dict[str, str]:
    loaded: dict[str, str] = _load("rfc9474.json")
    return loaded


@pytest.fixture(scope="session")
def rfc9578() -> dict[str, str]:
    loaded: dict[str, str] = _load("rfc9578.json")
    return loaded


@pytest.fixture(scope="session")
def hpke_vectors() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = _load("hpke.json")
    return loaded


@pytest.fixture(scope="session")
def noise() -> Callable[[str, int], bytes]:
    """``noise(name, size)``: the same bytes for the same name."""
    return lambda name, size: hashlib.shake_256(name.encode()).digest(size)
