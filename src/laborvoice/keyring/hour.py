"""When the vault last did a thing, to the hour: a clock that jumps must not close a period (design, operations 5)."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from laborvoice.keyring.lines import sync_folder, write_through

_FORM: Final = "%Y-%m-%dT%H"


def whole_hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)


class Hour:
    """A file of the keyring's directory, ``last-mix`` for one. It tells an hour, never a minute."""

    def __init__(self, root: Path, name: str) -> None:
        self._path = root / name

    def read(self) -> datetime | None:
        """None before the first time."""
        if not self._path.exists():
            return None
        return datetime.strptime(self._path.read_text("ascii"), _FORM).replace(tzinfo=UTC)

    def mark(self, now: datetime) -> None:
        """Does nothing within the hour that is marked already."""
        hour = whole_hour(now)
        if self.read() == hour:
            return
        # Several vaults may mark the same hour: each by a file of its own.
        new = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        write_through(new, hour.strftime(_FORM).encode("ascii"))
        new.rename(self._path)
        sync_folder(self._path.parent)
