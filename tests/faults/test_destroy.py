"""A keyring and a journal, killed at every line of their code in turn, are whole at the next start."""

import contextlib
import itertools
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from laborvoice.chance import SystemChance
from laborvoice.crypto.at_rest import SEED, Secret
from laborvoice.errors import Conflict, KeyDestroyed, KeyMissing
from laborvoice.keyring.directory import DirectoryKeyring
from laborvoice.keyring.hour import Hour
from laborvoice.keyring.journal import FileJournal

MASTER = b"\x07" * 32
NAME, OTHER = "box/2026-Q1", "box/2026-Q2"
SEALED = Secret(kind=SEED, data=b"\x2a" * 32)
PLACES = ("keyring/directory.py", "keyring/lines.py", "keyring/journal.py", "keyring/hour.py")
FEWEST = 12


def opened(root: Path) -> DirectoryKeyring:
    return DirectoryKeyring(root, MASTER, SystemChance())


def survives(work: Callable[[], object], line: int) -> bool:
    """Whether a process gets through ``work`` that dies at the ``line``-th line of our code in it, from 0."""
    child = os.fork()
    if not child:
        with contextlib.suppress(BaseException):
            sys.settrace(killer(line))
            work()
            sys.settrace(None)
            os._exit(0)
        os._exit(1)
    _, status = os.waitpid(child, 0)
    assert status in {0, signal.SIGKILL}, "the work failed by itself"
    return status == 0


def killer(line: int) -> Callable[[FrameType, str, object], Any]:
    left = itertools.count(line, -1)

    def step(_frame: FrameType, event: str, _arg: object) -> Any:
        if event == "line" and not next(left):
            os.kill(os.getpid(), signal.SIGKILL)
        return step

    return lambda frame, _event, _arg: step if frame.f_code.co_filename.endswith(PLACES) else None


@pytest.fixture
def fresh(tmp_path: Path) -> Callable[[], Path]:
    """A keyring with two keys, a new one at each call."""
    numbers = itertools.count()

    def make() -> Path:
        root = tmp_path / str(next(numbers))
        ring = opened(root)
        ring.store(NAME, SEALED)
        ring.store(OTHER, SEALED)
        ring.close()
        return root

    return make


def test_destroying_is_done_or_not_begun(fresh: Callable[[], Path]) -> None:
    for line in itertools.count():
        root = fresh()
        raw = (root / NAME).read_bytes()
        if survives(lambda root=root: opened(root).destroy(NAME), line):  # type: ignore[misc]  # bound at once
            assert line > FEWEST
            break
        begun = f"destroying {NAME}\n" in (root / "destroyed.log").read_text()
        ring = opened(root)
        if begun:
            assert not (root / NAME).exists()
            with pytest.raises(KeyDestroyed):
                ring.load(NAME)
        else:
            assert ring.load(NAME) == SEALED
            ring.destroy(NAME)
        lines = (root / "destroyed.log").read_text().splitlines()
        assert lines == [f"destroying {NAME}", f"destroyed {NAME}"]
        assert not any(raw in file.read_bytes() for file in root.rglob("*") if file.is_file())
        assert ring.load(OTHER) == SEALED
        with pytest.raises(KeyDestroyed):
            ring.store(NAME, SEALED)
        ring.close()


def test_finishing_may_be_killed_too(fresh: Callable[[], Path]) -> None:
    """A start that ends what a kill left half done, killed itself."""
    for line in itertools.count():
        root = fresh()
        with (root / "destroyed.log").open("a") as log:
            log.write(f"destroying {NAME}\n")
        ended = survives(lambda root=root: opened(root), line)  # type: ignore[misc]  # bound at once
        ring = opened(root)
        assert not (root / NAME).exists()
        assert (root / "destroyed.log").read_text().splitlines().count(f"destroyed {NAME}") == 1
        assert ring.load(OTHER) == SEALED
        ring.close()
        if ended:
            assert line > FEWEST
            break


def test_a_key_is_stored_whole_or_not_at_all(fresh: Callable[[], Path]) -> None:
    name = "box/2026-Q3"
    for line in itertools.count():
        root = fresh()
        if survives(lambda root=root: opened(root).store(name, SEALED), line):  # type: ignore[misc]  # bound at once
            assert line > FEWEST
            break
        ring = opened(root)
        try:
            assert ring.load(name) == SEALED
        except KeyMissing:
            ring.store(name, SEALED)
        with pytest.raises(Conflict):
            ring.store(name, SEALED)
        assert {one.name for one in (root / "box").iterdir()} == {"2026-Q1", "2026-Q2", "2026-Q3"}
        ring.close()


def test_an_entry_of_the_journal_stands_or_was_never_written(tmp_path: Path) -> None:
    for line in itertools.count():
        root = tmp_path / str(line)
        root.mkdir()
        ended = survives(lambda root=root: FileJournal(root).append("2026-Q1", "sup", b"first"), line)  # type: ignore[misc]  # bound at once
        journal = FileJournal(root)
        standing = journal.find("2026-Q1", "sup")
        assert standing in {None, b"first"}
        assert journal.append("2026-Q1", "sup", b"second") == (standing or b"second")
        assert len((root / "journal").read_bytes().splitlines()) == 1
        journal.close()
        if ended:
            assert standing == b"first"
            break


def test_the_hour_of_the_last_mix_is_the_old_or_the_new(tmp_path: Path) -> None:
    before, after = datetime(2026, 1, 1, 5, tzinfo=UTC), datetime(2026, 1, 1, 6, tzinfo=UTC)
    for line in itertools.count():
        root = tmp_path / str(line)
        root.mkdir()
        Hour(root, "last-mix").mark(before)
        ended = survives(lambda root=root: Hour(root, "last-mix").mark(after), line)  # type: ignore[misc]  # bound at once
        assert Hour(root, "last-mix").read() in ({after} if ended else {before, after})
        if ended:
            break
