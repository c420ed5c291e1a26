"""The keyring as a directory of sealed files (design, privacy 12)."""

import os
from pathlib import Path
from typing import Final

from laborvoice.chance import Chance
from laborvoice.crypto.at_rest import NONCE_SIZE, Secret, check_secret, open_file, seal_file
from laborvoice.errors import BadSetting, Conflict, KeyDestroyed, KeyMissing, Undecryptable
from laborvoice.keyring import ROOMS, check_name
from laborvoice.keyring.lines import Lines, sync_folder, write_through

FOLDER_MODE: Final = 0o700
LOG: Final = "destroyed.log"
TEMPORARY: Final = ".new-"
DESTROYING: Final = "destroying"
DESTROYED: Final = "destroyed"
MASTER_SIZE: Final = 32


class DirectoryKeyring:
    """Opening it finishes what a kill left half done.

    ``previous`` is the master key before a rotation: files under it are still read, and ``reseal`` rewrites them.
    """

    def __init__(self, root: Path, master: bytes, chance: Chance, previous: bytes | None = None) -> None:
        masters = (master,) if previous is None else (master, previous)
        if any(len(one) != MASTER_SIZE for one in masters):
            raise BadSetting(f"The master key has {MASTER_SIZE} bytes.")
        self._root = root
        self._masters = masters
        self._chance = chance
        for folder in (root, *(root / room for room in ROOMS)):
            _private_folder(folder)
        sync_folder(root)
        self._log = Lines(root / LOG)
        self._dead: set[str] = set()
        self._dying: set[str] = set()
        with self._log.locked():
            self._finish()

    def load(self, name: str) -> Secret:
        if check_name(name) in self.destroyed():
            raise KeyDestroyed
        return self._open(name)

    def store(self, name: str, secret: Secret, *, alone: bool = False) -> None:
        check_secret(secret)
        with self._log.locked():
            if check_name(name) in self.destroyed():
                raise KeyDestroyed
            if (self._root / name).exists() or (alone and self.names(name.partition("/")[0])):
                raise Conflict("There is such a key already.")
            self._write(name, secret)

    def destroy(self, name: str) -> None:
        with self._log.locked():
            self._catch_up()
            if check_name(name) in self._dead:
                return
            if name not in self._dying:
                if not (self._root / name).exists():
                    raise KeyMissing
                self._log.append(f"{DESTROYING} {name}".encode())
            self._erase(name)

    def names(self, room: str) -> tuple[str, ...]:
        gone = self.destroyed()
        found = (f"{room}/{one.name}" for one in (self._root / room).iterdir() if not one.name.startswith(TEMPORARY))
        return tuple(sorted(name for name in found if name not in gone))

    def destroyed(self) -> frozenset[str]:
        self._catch_up()
        return frozenset(self._dead | self._dying)

    def reseal(self) -> int:
        """Rewrites every key that lies under the previous master key; returns how many. May be killed and repeated."""
        count = 0
        with self._log.locked():
            for name in (name for room in ROOMS for name in self.names(room)):
                raw = (self._root / name).read_bytes()
                try:
                    open_file(self._masters[0], name, raw)
                except Undecryptable:
                    self._write(name, self._open(name))
                    count += 1
        return count

    def close(self) -> None:
        self._log.close()

    def _open(self, name: str) -> Secret:
        try:
            raw = (self._root / name).read_bytes()
        except FileNotFoundError:
            raise KeyMissing from None
        for master in self._masters[:-1]:
            try:
                return open_file(master, name, raw)
            except Undecryptable:
                continue
        return open_file(self._masters[-1], name, raw)

    def _write(self, name: str, secret: Secret) -> None:
        """A temporary file, fsync, rename, fsync of the directory: the old or the new file, never half of one."""
        path = self._root / name
        temporary = path.with_name(TEMPORARY + path.name)
        sealed = seal_file(self._masters[0], name, secret, self._chance.bytes(NONCE_SIZE))
        write_through(temporary, sealed, os.O_CREAT | os.O_TRUNC)
        temporary.rename(path)
        sync_folder(path.parent)

    def _erase(self, name: str) -> None:
        """After the log says so: overwrite, unlink, and only then call it destroyed. A kill may have left a copy."""
        path = self._root / name
        for one in (path.with_name(TEMPORARY + path.name), path):
            self._shred(one)
        self._log.append(f"{DESTROYED} {name}".encode())

    def _shred(self, path: Path) -> None:
        """Overwriting proves nothing on flash; it costs little elsewhere."""
        if path.exists():
            write_through(path, self._chance.bytes(path.stat().st_size), 0)
            path.unlink()
        sync_folder(path.parent)

    def _finish(self) -> None:
        """What a kill left: temporary files, which may hold a key, and keys that are being destroyed."""
        for room in ROOMS:
            for left in (self._root / room).glob(f"{TEMPORARY}*"):
                self._shred(left)
        self._catch_up()
        for name in sorted(self._dying):
            self._erase(name)

    def _catch_up(self) -> None:
        for line in self._log.fresh():
            word, _, name = line.decode().partition(" ")
            if word == DESTROYED:
                self._dead.add(name)
                self._dying.discard(name)
            else:
                self._dying.add(name)


def _private_folder(folder: Path) -> None:
    if not folder.exists():
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        sync_folder(folder.parent)
    if folder.stat().st_mode & 0o077:
        raise BadSetting("A folder of the keyring is open to others: its mode must be 0700.")
