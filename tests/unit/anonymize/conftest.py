from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from laborvoice import data
from laborvoice.anonymize.noise import Noise
from laborvoice.anonymize.policy import Branch
from laborvoice.domain import questionnaire as questions
from laborvoice.domain.questionnaire import Questionnaire

ROOT = Path(__file__).parents[3]


class RecordedNoise:
    """Adds one fixed amount to every number and remembers what it was asked for."""

    def __init__(self, offset: int = 0) -> None:
        self.offset = offset
        self.asked: list[str] = []
        self.library = "recorded"

    def mechanisms(self, branch: Branch) -> tuple[str, ...]:
        return (f"recorded {branch.eps}",)

    def count(self, n: int) -> int:
        self.asked.append("count")
        return n + self.offset

    def severity(self, total: int, branch: Branch) -> int:
        self.asked.append(f"severity {branch.eps_severity}")
        return total + self.offset

    def conditions(self, counts: tuple[int, ...], branch: Branch) -> tuple[int, ...]:
        self.asked.append(f"conditions {branch.eps_conditions}")
        return tuple(count + self.offset for count in counts)

    def top(self, counts: tuple[int, ...], branch: Branch) -> int:
        self.asked.append(f"top {branch.eps_top}")
        return counts.index(max(counts))


@pytest.fixture
def recorded() -> Callable[[int], Noise]:
    return RecordedNoise


@pytest.fixture(scope="session")
def vectors() -> dict[str, Any]:
    decoded: dict[str, Any] = msgspec.json.decode((ROOT / "tests/vectors/envelope.json").read_bytes())
    return decoded


@pytest.fixture(scope="session")
def core() -> Questionnaire:
    return questions.load(data.questions()).questionnaire("core", 1)
