"""Where the private keys are. An interface, so that a key service can take the directory's place."""

import re
from typing import Final, Protocol

from laborvoice.crypto.at_rest import Secret
from laborvoice.errors import Malformed

ROOMS: Final = ("box", "mix", "token", "manifest")
NAME: Final = re.compile(rf"({'|'.join(ROOMS)})/[0-9A-Za-z][0-9A-Za-z_-]{{0,79}}", re.ASCII)


class Keyring(Protocol):
    """Keys by name: ``box/<period>``, ``mix/<week>``, ``token/<key id, hex>``, ``manifest/<fingerprint, hex>``."""

    def load(self, name: str) -> Secret:
        """KeyMissing, or KeyDestroyed for ever; Undecryptable under another master key."""
        ...

    def store(self, name: str, secret: Secret, *, alone: bool = False) -> None:
        """On disk when it returns. Conflict when there is such a key, KeyDestroyed when there was.

        ``alone``: Conflict, too, when its room has any key.
        """
        ...

    def destroy(self, name: str) -> None:
        """Gone when it returns, or after a kill at the next start; KeyMissing when there never was one."""
        ...

    def names(self, room: str) -> tuple[str, ...]:
        """The keys that can be loaded, sorted."""
        ...

    def destroyed(self) -> frozenset[str]:
        """Every name that was destroyed or is being destroyed."""
        ...


class Journal(Protocol):
    """Releases written down before their transaction commits (design, operations 7)."""

    def append(self, period: str, supplier: str, release: bytes) -> bytes:
        """Returns what stands: the first release ever written for this period and supplier."""
        ...

    def find(self, period: str, supplier: str) -> bytes | None:
        """What stands, if anything: a count publishes it and draws no noise."""
        ...

    def entries(self) -> tuple[tuple[str, str, bytes], ...]:
        """``(period, supplier, release)`` in the order written; for a restore."""
        ...


def check_name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise Malformed("A key is named by its room and a plain word.")
    return name
