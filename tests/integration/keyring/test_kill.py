"""Killed at any moment, a keyring and a journal are whole at the next start."""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from laborvoice.errors import KeyDestroyed
from laborvoice.keyring.directory import DirectoryKeyring
from laborvoice.keyring.journal import FileJournal

Opener = Callable[..., DirectoryKeyring]

WRITER = """
import sys
from pathlib import Path
from laborvoice.chance import SystemChance
from laborvoice.crypto.at_rest import SEED, Secret
from laborvoice.keyring.directory import DirectoryKeyring
from laborvoice.keyring.journal import FileJournal

root = Path(sys.argv[1])
ring, journal = DirectoryKeyring(root, b"\\x01" * 32, SystemChance()), FileJournal(root)
for number in range(10**6):
    name = f"box/{sys.argv[2]}-{number}"
    ring.store(name, Secret(kind=SEED, data=number.to_bytes(32, "big")))
    journal.append(name, "sup", b"release of " + name.encode())
    print("stored", name, flush=True)
    if number % 2:
        ring.destroy(name)
        print("destroyed", name, flush=True)
"""


@pytest.mark.parametrize("lines", [1, 2, 5, 9, 20])
def test_a_kill_loses_nothing_and_brings_nothing_back(opened: Opener, root: Path, lines: int) -> None:
    told: list[str] = []
    for turn in ("a", "b"):
        command = [sys.executable, "-c", WRITER, str(root), turn]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:  # noqa: S603 - our own program
            assert writer.stdout is not None
            told += [writer.stdout.readline().strip() for _ in range(lines)]
            writer.send_signal(signal.SIGKILL)
            told += writer.stdout.read().splitlines()
    ring, journal = opened(), FileJournal(root)
    stored = {line.split()[1] for line in told if line.startswith("stored ")}
    gone = {line.split()[1] for line in told if line.startswith("destroyed ")}
    assert gone <= ring.destroyed()
    for name in stored:
        assert journal.find(name, "sup") == b"release of " + name.encode()
        with contextlib.suppress(KeyDestroyed):
            assert ring.load(name).data == int(name.rpartition("-")[2]).to_bytes(32, "big")
        assert name in ring.destroyed() or (root / name).exists()
    left = {str(one.relative_to(root)) for one in (root / "box").iterdir()}
    assert left == set(ring.names("box"))
    assert not left & ring.destroyed()
    log = (root / "destroyed.log").read_text().splitlines()
    assert len(log) == 2 * len(ring.destroyed())
    journal.close()
