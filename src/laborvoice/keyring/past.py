"""What the keyring's log tells without its master key: which keys are gone, and of which periods."""

from pathlib import Path

from laborvoice.keyring.directory import LOG
from laborvoice.keyring.lines import Lines


def destroyed(root: Path) -> tuple[str, ...]:
    """The names of keys that were destroyed or are being destroyed, in the order that it began."""
    lines = Lines(root / LOG)
    try:
        names = [line.decode().partition(" ")[2] for line in lines.fresh()]
    finally:
        lines.close()
    return tuple(dict.fromkeys(names))


def burned(root: Path) -> tuple[str, ...]:
    """The periods whose box key is among them, the oldest first."""
    return tuple(sorted(name.removeprefix("box/") for name in destroyed(root) if name.startswith("box/")))
