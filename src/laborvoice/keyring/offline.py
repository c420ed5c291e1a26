"""A manifest key that is kept elsewhere: its public half, and the draft that waits to be signed there."""

from pathlib import Path
from typing import Final

from laborvoice.errors import BadSetting
from laborvoice.keyring.lines import sync_folder, write_through

PUBLIC: Final = "manifest.pub"
DRAFT: Final = "manifest.draft"


class OfflineSigner:
    """Two files of the keyring's directory; neither is secret."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def public(self) -> bytes | None:
        """None where the manifest key is in the keyring itself. Raises BadSetting."""
        path = self._root / PUBLIC
        try:
            return bytes.fromhex(path.read_text("ascii")) if path.exists() else None
        except ValueError:
            raise BadSetting(f"{path} holds no public key.") from None

    def name(self, public: bytes) -> None:
        self._write(PUBLIC, public.hex().encode())

    def hand_out(self, draft: bytes) -> None:
        """Does nothing where it lies there already."""
        path = self._root / DRAFT
        if not path.exists() or path.read_bytes() != draft:
            self._write(DRAFT, draft)

    def draft(self) -> Path:
        return self._root / DRAFT

    def _write(self, name: str, data: bytes) -> None:
        new = self._root / f".{name}.new"
        write_through(new, data)
        new.rename(self._root / name)
        sync_folder(self._root)
