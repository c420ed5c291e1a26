"""Faults. ``make test`` runs the five kills and what is quick; ``pytest tests/faults --rounds 100`` all of it.

Everything that happens in a round follows from a seed, which is in the test's name and in its report. To see it again:
``LABORVOICE_TEST_FAULT_SEED=<seed> pytest tests/faults/test_rounds.py --rounds 1``.
"""

import os
import zlib
from pathlib import Path

import pytest

ROUNDS = "--rounds"
SEED = "LABORVOICE_TEST_FAULT_SEED"
QUICK = frozenset({"conftest.py", "test_five_kills.py", "test_destroy.py", "test_lanes.py"})
QUARTERS = 2
ROUNDS_A_QUARTER = 8
ROUNDS_A_TEST = QUARTERS * ROUNDS_A_QUARTER


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(ROUNDS, type=int, default=0, help="so many blows, in as many fresh homes as that takes")


def rounds(config: pytest.Config) -> int:
    """0 where this folder is one among others, and its option is not known."""
    return int(config.getoption(ROUNDS, default=0) or 0)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    long = collection_path.suffix == ".py" and collection_path.name not in QUICK
    return True if long and not rounds(config) else None


def first_seed() -> int:
    """Named, or new with every run; the same in all processes of a run."""
    named = os.environ.get(SEED)  # noqa: TID251 - to see a round again
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")  # noqa: TID251 - what the processes of a run share
    if named is not None:
        return int(named)
    return zlib.crc32(run.encode() if run else os.urandom(16))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        first, count = first_seed(), -(-rounds(metafunc.config) // ROUNDS_A_TEST)
        metafunc.parametrize("seed", range(first, first + count))


def pytest_report_header() -> str:
    return f"faults: {SEED} of the first round is in the name of its test"
