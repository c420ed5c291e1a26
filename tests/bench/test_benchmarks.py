"""Each benchmark runs and says what it must; how fast anything is, is not tested here. Together about a minute."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

RATIOS = {
    "intake": {"vs_plain", "vs_empty", "tick"},
    "vault": {"vs_raw", "two_workers"},
    "mix": {"minute"},
    "close": {"rss"},
    "score": {"growth"},
    "portal": {"page_growth", "bulk", "portfolio_kb", "supplier_kb"},
    "issue": {"vs_bare"},
    "webhooks": {"vs_stub", "dead_endpoint_p99", "deferred_drain"},
}


@pytest.mark.parametrize("name", RATIOS)
def test_a_benchmark_prints_one_line_of_json(name: str) -> None:
    command = [sys.executable, str(BENCHMARKS / f"{name}.py"), "--quick", "--tiny", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert set(told) == {"name", "ratios", "per_second", "machine"}
    assert told["name"] == name
    assert set(told["ratios"]) == RATIOS[name]
    assert all(math.isfinite(value) and value >= 0 for value in told["ratios"].values())
    assert told["per_second"] > 0
    assert "cores" in told["machine"]
