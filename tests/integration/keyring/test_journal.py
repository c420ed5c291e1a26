from collections.abc import Iterator
from pathlib import Path

import pytest

from laborvoice.keyring import Journal
from laborvoice.keyring.journal import FileJournal


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[FileJournal]:
    opened = FileJournal(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[FileJournal]:
    """The same file in another process's hands."""
    opened = FileJournal(tmp_path)
    yield opened
    opened.close()


def test_the_first_release_stands(journal: Journal, other: Journal, tmp_path: Path) -> None:
    assert journal.find("2026-Q4", "sup_a") is None
    assert journal.append("2026-Q4", "sup_a", b"\x00first\n") == b"\x00first\n"
    assert other.append("2026-Q4", "sup_a", b"second") == b"\x00first\n"
    assert other.append("2026-Q4", "sup_b", b"of b") == b"of b"
    for one in (journal, other):
        assert one.find("2026-Q4", "sup_a") == b"\x00first\n"
        assert one.find("2026-Q4", "sup_b") == b"of b"
        assert one.find("2027-Q1", "sup_a") is None
        assert one.entries() == (("2026-Q4", "sup_a", b"\x00first\n"), ("2026-Q4", "sup_b", b"of b"))
    assert (tmp_path / "journal").stat().st_mode & 0o777 == 0o600


def test_a_torn_line_was_never_written(journal: FileJournal, tmp_path: Path) -> None:
    journal.append("2026-Q4", "sup_a", b"first")
    whole = (tmp_path / "journal").read_bytes()
    for cut in range(1, len(whole)):
        (tmp_path / "journal").write_bytes(whole + whole[:cut].replace(b"sup_a", b"sup_b"))
        again = FileJournal(tmp_path)
        assert again.find("2026-Q4", "sup_b") is None
        assert again.append("2026-Q4", "sup_b", b"drawn again") == b"drawn again"
        assert again.entries() == (("2026-Q4", "sup_a", b"first"), ("2026-Q4", "sup_b", b"drawn again"))
        again.close()
