"""Periods in which nothing is signed until the operator says so: invites of theirs may have been exchanged before.

A restore forgets who exchanged an invite after its backup was made (design, operations 7).
"""

from pathlib import Path
from typing import Final

from laborvoice.keyring.lines import sync_folder, write_through

FILE: Final = "held"


class Held:
    """A file of the keyring's directory with a period on each line; without it none is held."""

    def __init__(self, root: Path) -> None:
        self._path = root / FILE

    def periods(self) -> frozenset[str]:
        return frozenset(self._path.read_text("ascii").split()) if self._path.exists() else frozenset()

    def hold(self, periods: frozenset[str]) -> None:
        """Beside those that are held already."""
        lines = "".join(f"{one}\n" for one in sorted(self.periods() | periods))
        new = self._path.with_name(f".{FILE}.new")
        write_through(new, lines.encode("ascii"))
        new.rename(self._path)
        sync_folder(self._path.parent)

    def release(self) -> None:
        """The next refresh of the vault's keys goes by it."""
        self._path.unlink(missing_ok=True)
        sync_folder(self._path.parent)
