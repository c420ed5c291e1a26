"""``all``: every benchmark, one after the other; each bar with its measured ratio, and plainly whether it holds."""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import harness

NAMES: Final = ("intake", "vault", "mix", "close", "score", "portal", "issue", "webhooks")


def main() -> None:
    parser = argparse.ArgumentParser(prog="all")
    parser.add_argument("--quick", action="store_true", help="at most 45 seconds each")
    parser.add_argument("--json", action="store_true", help="one line of JSON a benchmark")
    chosen = parser.parse_args()
    found = [_measured(name, quick=chosen.quick, as_json=chosen.json) for name in NAMES]
    if not chosen.json:
        print(f"\n{found[0]['machine']}\n")
        print("\n".join(line for one in found for line in harness.verdicts(one["name"], one["ratios"])))


def _measured(name: str, *, quick: bool, as_json: bool) -> dict[str, Any]:
    """In a process of its own: none inherits the memory of another."""
    script = Path(__file__).with_name(f"{name}.py")
    flags = ["--quick"] if quick else []
    harness.note(f"{name} ...")
    line = subprocess.run(
        [sys.executable, str(script), "--json", *flags], check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()
    if as_json:
        print(line, flush=True)
    told: dict[str, Any] = json.loads(line)
    harness.note(f"{name}: {told['per_second']:,} a second")
    return told


if __name__ == "__main__":
    main()
