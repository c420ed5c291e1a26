"""Both apps behind real sockets, for a machine that reads their contracts and tries to break them.

``--fuzz-examples`` says how often each operation is asked (``make fuzz``: many; else a few). Seeded: the same contract
is asked the same.
"""

from typing import Any

import pytest

FEW = 3


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fuzz-examples", type=int, default=FEW, help="requests for each operation")


@pytest.fixture
def examples(request: pytest.FixtureRequest) -> int:
    # Without tests/fuzz on the command line this file is read too late to add the option.
    found: Any = request.config.getoption("fuzz_examples", default=FEW)
    return int(found)
