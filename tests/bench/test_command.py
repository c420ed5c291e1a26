"""``laborvoice bench`` in a checkout and out of one."""

import os
import subprocess
import sys
from pathlib import Path

import laborvoice


def bench(*words: str, path: str = "") -> "subprocess.CompletedProcess[str]":
    environ = {**os.environ, "PYTHONPATH": path}  # noqa: TID251 - all that Python needs
    command = [sys.executable, "-m", "laborvoice", "bench", *words]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)  # noqa: S603 - our own program


def test_a_name_that_is_none_is_refused() -> None:
    done = bench("nothing")
    assert done.returncode == 2
    assert "nothing" in done.stderr


def test_without_a_checkout_one_sentence_says_so(tmp_path: Path) -> None:
    installed = tmp_path / "lib" / "site-packages"
    installed.mkdir(parents=True)
    (installed / "laborvoice").symlink_to(Path(laborvoice.__file__).parent)
    done = bench("issue", "--quick", path=str(installed))
    assert done.returncode == 2
    assert done.stderr.startswith("laborvoice: ")
    assert "checkout" in done.stderr
    assert len(done.stderr.splitlines()) == 1
