"""The journal of releases: each is written here before its transaction commits, so noise is drawn once."""

from pathlib import Path
from typing import Final

import msgspec

from laborvoice.crypto.framing import b64, unb64
from laborvoice.domain import Value
from laborvoice.keyring.lines import Lines

FILE: Final = "journal"


class _Entry(Value):
    period: str
    supplier: str
    release: str


class FileJournal:
    """``journal`` in the keyring's directory: JSON lines, fsynced one by one."""

    def __init__(self, root: Path) -> None:
        self._lines = Lines(root / FILE)
        self._standing: dict[tuple[str, str], bytes] = {}

    def append(self, period: str, supplier: str, release: bytes) -> bytes:
        """What stands: the first release written for this period and supplier, by any process."""
        with self._lines.locked():
            standing = self.find(period, supplier)
            if standing is None:
                self._lines.append(msgspec.json.encode(_Entry(period=period, supplier=supplier, release=b64(release))))
        return release if standing is None else standing

    def find(self, period: str, supplier: str) -> bytes | None:
        self._catch_up()
        return self._standing.get((period, supplier))

    def entries(self) -> tuple[tuple[str, str, bytes], ...]:
        self._catch_up()
        return tuple((period, supplier, release) for (period, supplier), release in self._standing.items())

    def close(self) -> None:
        self._lines.close()

    def _catch_up(self) -> None:
        for line in self._lines.fresh():
            entry = msgspec.json.decode(line, type=_Entry)
            self._standing.setdefault((entry.period, entry.supplier), unb64(entry.release))
