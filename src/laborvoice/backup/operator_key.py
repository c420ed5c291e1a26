"""The operator's backup key: a public file for the server, a private one that is kept elsewhere."""

import os
from pathlib import Path
from typing import Final

from laborvoice.chance import Chance
from laborvoice.crypto.framing import b64, unb64
from laborvoice.crypto.suites import OURS, ROOT_SIZE, KeyPair, key_pair, load_public
from laborvoice.errors import BadSetting, Malformed
from laborvoice.keyring.lines import write_through

PUBLIC: Final = "laborvoice-backup-public-1"
PRIVATE: Final = "laborvoice-backup-private-1"
_OTHERS: Final = 0o077


def make(private: Path, public: Path, chance: Chance) -> KeyPair:
    """Both files are new. Raises BadSetting where one is there: what was sealed to it would be lost with it."""
    root = chance.bytes(ROOT_SIZE)
    pair = key_pair(root, OURS)
    if public.exists():
        raise BadSetting(f"{public} is there already.")
    write_new(private, f"{PRIVATE}\n{root.hex()}\n".encode())
    public.write_text(f"{PUBLIC}\n{b64(pair.public)}\n", "ascii")
    return pair


def read_public(path: Path) -> bytes:
    try:
        raw = unb64(_text(path, PUBLIC))
        load_public(OURS, raw)
    except Malformed:
        raise BadSetting(f"{path} holds no public backup key.") from None
    return raw


def read_private(path: Path) -> KeyPair:
    if path.stat().st_mode & _OTHERS:
        raise BadSetting(f"{path} can be read by others: its mode must be 0600.")
    try:
        return key_pair(bytes.fromhex(_text(path, PRIVATE)), OURS)
    except (ValueError, Malformed):
        raise BadSetting(f"{path} holds no private backup key.") from None


def write_new(path: Path, data: bytes) -> None:
    """A private file, on disk when it returns. Raises BadSetting where there is one of this name."""
    try:
        write_through(path, data, os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW)
    except FileExistsError:
        raise BadSetting(f"{path} is there already.") from None


def _text(path: Path, kind: str) -> str:
    first, _, rest = path.read_text("ascii", errors="replace").partition("\n")
    if first.strip() != kind:
        raise BadSetting(f"{path} is no file of the kind {kind}.")
    return rest.strip()
