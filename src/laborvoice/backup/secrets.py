"""The few keys that may be saved: of the manifest, the courier, sessions and exports. None of them opens a ballot."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from laborvoice.backup.operator_key import write_new
from laborvoice.chance import Chance
from laborvoice.crypto import sealed_file, signing
from laborvoice.crypto.framing import b64, unb64
from laborvoice.crypto.manifest import fingerprint
from laborvoice.crypto.suites import KeyPair
from laborvoice.domain import Value, foreign
from laborvoice.errors import BadSetting, Malformed

PURPOSE: Final = "keys"
NAMES: Final = ("session_key", "export_key", "courier_keys")


class Saved(Value, frozen=True):
    """``manifest``: seeds, base64url; ``secrets`` by the name of their setting."""

    manifest: tuple[str, ...]
    secrets: Mapping[str, str]

    def __repr__(self) -> str:
        return "Saved(hidden)"


def save(file: Path, public: bytes, seeds: tuple[bytes, ...], secrets: Mapping[str, str], chance: Chance) -> None:
    """A new file, sealed to the operator's key. Raises BadSetting where there is one."""
    text = msgspec.json.encode(Saved(manifest=tuple(map(b64, seeds)), secrets=secrets))
    key = chance.bytes(sealed_file.CONTENT_KEY_SIZE)
    write_new(file, b"".join(sealed_file.sealed(public, PURPOSE, key, [text])))


def recover(file: Path, pair: KeyPair, folder: Path) -> tuple[Path, ...]:
    """Each into a new private file of ``folder``. Raises Undecryptable, Malformed, BadSetting."""
    text = b"".join(sealed_file.opened(pair, PURPOSE, [file.read_bytes()]))
    try:
        saved = foreign.read(text, Saved)
    except Malformed:
        raise Malformed("The file does not hold the keys of a laborvoice.") from None
    if set(saved.secrets) - set(NAMES):
        raise BadSetting("The file holds a secret of a name that is not known.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    seeds = {f"manifest-{fingerprint(signing.public_of(unb64(one))).hex()}": unb64(one).hex() for one in saved.manifest}
    made = {**seeds, **saved.secrets}
    for name, value in made.items():
        write_new(folder / name, value.encode())
    return tuple(folder / name for name in made)
