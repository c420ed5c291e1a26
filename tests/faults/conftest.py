"""Faults. ``make test`` runs the five kills and what is quick; ``pytest tests/faults --rounds 100`` all of it.

Everything that happens in a round follows from a seed, which is printed and is in the test's name. To see it again:
``LABORVOICE_TEST_FAULT_SEED=<seed> pytest tests/faults/test_rounds.py --rounds 1``.
"""

import os
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.faulty_disk import small_disk

ROUNDS = "--rounds"
SEED = "LABORVOICE_TEST_FAULT_SEED"
QUICK = frozenset({"conftest.py", "test_five_kills.py", "test_destroy.py", "test_lanes.py", "test_courier_kills.py"})
QUARTERS = 2
ROUNDS_A_QUARTER = 8
ROUNDS_A_TEST = QUARTERS * ROUNDS_A_QUARTER
BLOW = re.compile(r"^\d{4}-Q\d (.+?):", re.MULTILINE)
"""What a season says of each blow that fell."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(ROUNDS, type=int, default=0, help="so many blows, in as many fresh homes as that takes")


def rounds(config: pytest.Config) -> int:
    """0 where this folder is one among others, and its option is not known."""
    return int(config.getoption(ROUNDS, default=0) or 0)


def pytest_configure(config: pytest.Config) -> None:
    """A seed is named, or new with every run; the processes of a run inherit it."""
    if rounds(config):
        os.environ.setdefault(SEED, str(zlib.crc32(os.urandom(16))))  # noqa: TID251 - to see a round again


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    long = collection_path.suffix == ".py" and collection_path.name not in QUICK
    return True if long and not rounds(config) else None


@pytest.fixture
def disk(short_home: Path) -> Iterator[Path]:
    """A home whose disk can be filled."""
    with small_disk(short_home) as home:
        yield home


def first_seed() -> int:
    return int(os.environ[SEED])  # noqa: TID251 - set above at the latest


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        first, count = first_seed(), -(-rounds(metafunc.config) // ROUNDS_A_TEST)
        metafunc.parametrize("seed", range(first, first + count))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The seed, and how often each blow fell."""
    if not rounds(config):
        return
    ended = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    fell = Counter(name for one in ended if one.when == "call" for name in BLOW.findall(one.capstdout))
    terminalreporter.section("faults")
    terminalreporter.write_line(f"{SEED}={first_seed()}: {fell.total()} blows")
    for name, count in fell.most_common():
        terminalreporter.write_line(f"{count:5} {name}")
