"""What a ballot costs on disk is measured, and is about what the handbook says."""

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "bytes.py"
WITHIN = {"spool": (9_216, 11_000), "seen": (120, 400), "spent": (90, 350), "box": (2_480, 3_100)}


def test_bytes_of_a_ballot() -> None:
    command = [sys.executable, str(SCRIPT), "--tiny", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert set(told) == {*WITHIN, "wal_cast", "wal_mix"}
    assert all(least < told[name] < most for name, (least, most) in WITHIN.items()), told
