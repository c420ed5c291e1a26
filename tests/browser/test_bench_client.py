"""The benchmark of the page runs and says what it must; how fast anything is, is not tested here."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.all_browser

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "client.py"
RATIOS = {"tti_s", "first_tap_kb", "code_kb", "data_kb", "sent_kb", "seal_s"}


def test_it_prints_one_line_of_json() -> None:
    command = [sys.executable, str(BENCHMARK), "--tiny", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["name"] == "client"
    assert set(told["ratios"]) == RATIOS
    assert all(value > 0 for value in told["ratios"].values())
