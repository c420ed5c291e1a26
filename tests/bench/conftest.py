"""Benchmarks take minutes: ``pytest tests/bench --run-benchmarks`` runs each of them once, in small."""

from pathlib import Path

import pytest

OPTION = "--run-benchmarks"
LONG = frozenset({"test_benchmarks.py", "test_bytes.py"})


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(OPTION, action="store_true", help="also run each benchmark once, in small")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    wanted = config.getoption(OPTION, default=False)
    return True if collection_path.name in LONG and not wanted else None
