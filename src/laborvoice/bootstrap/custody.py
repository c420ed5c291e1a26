"""What an operator does with a keyring while no vault runs on it: make it, look at it, give it another master key."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from laborvoice.chance import Chance
from laborvoice.crypto import numbered, signing
from laborvoice.crypto.at_rest import SEED, Secret
from laborvoice.crypto.manifest import fingerprint
from laborvoice.errors import BadSetting, Conflict, ManifestRefused
from laborvoice.keyring import ROOMS, past
from laborvoice.keyring.directory import LOG, MASTER_SIZE, TEMPORARY, DirectoryKeyring
from laborvoice.keyring.hold import Held
from laborvoice.keyring.lines import sync_folder, write_through
from laborvoice.keyring.offline import OfflineSigner
from laborvoice.pipeline import rotate
from laborvoice.pipeline.rotate import number
from laborvoice.settings import VaultSettings
from laborvoice.store.database import Database

NEW: Final = ".new"


def master(path: Path) -> bytes:
    """From a file of 64 hexadecimal digits. Raises BadSetting."""
    try:
        return bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError):
        raise BadSetting(f"{path} holds no master key of {2 * MASTER_SIZE} hexadecimal digits.") from None


def _master_key(path: Path, chance: Chance) -> None:
    if not path.exists():
        write_through(path, chance.bytes(MASTER_SIZE).hex().encode())
        sync_folder(path.absolute().parent)


def make(root: Path, master_file: Path, chance: Chance, seed: bytes | None = None) -> bytes:
    """The fingerprint that cards carry. What is there already stays: the master key, the manifest key.

    ``seed``: a manifest key that was saved; without it one is drawn. Raises Conflict beside another manifest key.
    """
    _master_key(master_file, chance)
    if OfflineSigner(root).public() is not None:
        raise Conflict("The manifest key of this keyring is kept elsewhere.")
    keyring = DirectoryKeyring(root, master(master_file), chance)
    try:
        if seed is not None:
            name = f"manifest/{fingerprint(signing.public_of(seed)).hex()}"
            if keyring.names("manifest") not in {(), (name,)}:
                raise Conflict("There is another manifest key already.")
            if not keyring.names("manifest"):
                keyring.store(name, Secret(kind=SEED, data=seed), alone=True)
        return rotate.prepare(keyring, chance)
    finally:
        keyring.close()


def make_offline(root: Path, master_file: Path, chance: Chance, public: bytes) -> bytes:
    """As ``make``, for a manifest key that is elsewhere. Raises Conflict where the keyring has one of its own."""
    _master_key(master_file, chance)
    keyring = DirectoryKeyring(root, master(master_file), chance)
    try:
        if keyring.names("manifest"):
            raise Conflict("The keyring has a manifest key of its own: phones know that one.")
    finally:
        keyring.close()
    OfflineSigner(root).name(public)
    return fingerprint(public)


def draft(root: Path) -> Path:
    """What waits to be signed elsewhere."""
    return OfflineSigner(root).draft()


async def arrive(settings: VaultSettings, raw: bytes) -> int:
    """The number of a manifest that was signed elsewhere and is stored now. Raises ManifestRefused, Malformed."""
    public = OfflineSigner(settings.keyring).public()
    if public is None:
        raise BadSetting("The keyring names no manifest key that is kept elsewhere.")
    async with Database.open(settings.database_url.reveal(), size=1) as database:
        seq = await number.arrive(database, numbered.decode(raw), public)
    if seq is None:
        raise ManifestRefused("It does not come next: the server has another number by now.")
    draft(settings.keyring).unlink(missing_ok=True)
    return seq


def listed(root: Path) -> Mapping[str, tuple[str, ...]]:
    """The names of the keys that are there, by room; for that no master key is needed."""
    gone = frozenset(destroyed(root))
    return {
        room: tuple(
            sorted(
                one.name
                for one in (root / room).glob("*")
                if not one.name.startswith(TEMPORARY) and f"{room}/{one.name}" not in gone
            )
        )
        for room in ROOMS
    }


def destroyed(root: Path) -> tuple[str, ...]:
    """Names, in the order that their destruction began. Raises BadSetting."""
    if not (root / LOG).is_file():
        raise BadSetting(f"{root} is no keyring.")
    return past.destroyed(root)


def renew(root: Path, master_file: Path, chance: Chance) -> int:
    """Another master key, in the same file; how many keys were sealed anew. A kill is made good by the next call."""
    new = master_file.with_name(master_file.name + NEW)
    if not new.exists():
        write_through(new, chance.bytes(MASTER_SIZE).hex().encode())
        sync_folder(new.absolute().parent)
    keyring = DirectoryKeyring(root, master(new), chance, previous=master(master_file))
    try:
        count = keyring.reseal()
    finally:
        keyring.close()
    new.rename(master_file)
    sync_folder(master_file.absolute().parent)
    return count


def seeds(root: Path, master_file: Path, chance: Chance) -> tuple[bytes, ...]:
    """Of the manifest keys, for a backup of them."""
    keyring = DirectoryKeyring(root, master(master_file), chance)
    try:
        return rotate.signers(keyring)
    finally:
        keyring.close()


def held(root: Path) -> Held:
    """The periods in which nothing is signed since a restore."""
    return Held(root)
