"""The home directory: who owns it, who may be there, and the passwords kept in it.

``lock``, ``postgres.log``, ``secrets/<role>`` and ``bin-<hash>`` are ours; ``pg/{run,data<major>}`` belongs to the user
that PostgreSQL runs as. Nothing outside the home is changed.
"""

import fcntl
import os
import pwd
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from laborvoice.chance import Chance
from laborvoice.domain import Value
from laborvoice.errors import BadSetting, HomeInUse

LONGEST: Final = 80
"""Characters of the path: a socket's name is limited to 107 bytes (sun_path)."""

PASSWORD_BYTES: Final = 24
PRIVATE_DIRECTORY: Final = 0o700
PRIVATE_FILE: Final = 0o600
PASSABLE: Final = 0o011
FALLBACK_USERS: Final = ("postgres", "nobody")
REMOTE: Final = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs"})
MOUNTS: Final = Path("/proc/self/mounts")


class Account(Value, frozen=True):
    """Whom PostgreSQL runs as."""

    uid: int
    gid: int
    name: str


def check_path(home: Path, mounts: str) -> None:
    """``mounts`` in the form of /proc/self/mounts. Raises BadSetting."""
    if len(str(home)) > LONGEST:
        raise BadSetting(f"LABORVOICE_HOME must be at most {LONGEST} characters long.")
    holding = [line.split() for line in mounts.splitlines() if home.is_relative_to(line.split()[1])]
    nearest = max(holding, key=lambda fields: len(fields[1]), default=["", "", ""])
    if nearest[2] in REMOTE:
        raise BadSetting(f"LABORVOICE_HOME must be on a local disk, and is on {nearest[2]}.")


def mounts() -> str:
    return MOUNTS.read_text() if MOUNTS.exists() else ""


def choose_account(user: str | None, pg: Path) -> Account:
    """PostgreSQL refuses to run as root; otherwise it runs as whoever we are. Raises BadSetting."""
    if os.geteuid() != 0:
        own = pwd.getpwuid(os.geteuid())
        if user not in {None, own.pw_name}:
            raise BadSetting("LABORVOICE_PG_USER must not be set unless started as root.")
        return Account(uid=own.pw_uid, gid=own.pw_gid, name=own.pw_name)
    chosen = _entry(user)
    if pg.exists() and pg.stat().st_uid != chosen.pw_uid:
        if user is not None:
            raise BadSetting(f"LABORVOICE_PG_USER must be the owner of {pg}.")
        chosen = pwd.getpwuid(pg.stat().st_uid)
    if chosen.pw_uid == 0:
        raise BadSetting("LABORVOICE_PG_USER must not be root.")
    return Account(uid=chosen.pw_uid, gid=chosen.pw_gid, name=chosen.pw_name)


def _entry(user: str | None) -> pwd.struct_passwd:
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in FALLBACK_USERS if user is None else (user,):
        if name in known:
            return known[name]
    raise BadSetting("LABORVOICE_PG_USER must name a user of this machine.")


def prepare(home: Path, account: Account) -> None:
    """Makes the directories. Raises BadSetting where ``account`` cannot reach them."""
    if os.geteuid() == 0:
        check_reachable(home, account)
        home.chmod(home.stat().st_mode | PASSABLE)
    pg = home / "pg"
    for folder in (pg, pg / "run"):
        folder.mkdir(mode=PRIVATE_DIRECTORY, exist_ok=True)
        if folder.lstat().st_uid != account.uid:
            os.chown(folder, account.uid, account.gid, follow_symlinks=False)


def check_reachable(home: Path, account: Account) -> None:
    for parent in home.parents:
        found = parent.stat()
        bit = 0o100 if found.st_uid == account.uid else 0o010 if found.st_gid == account.gid else 0o001
        if not found.st_mode & bit:
            raise BadSetting(
                f"LABORVOICE_HOME must be reachable by the user {account.name}, and {parent} is closed to it."
            )


def make(home: Path) -> None:
    home.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
    (home / "secrets").mkdir(mode=PRIVATE_DIRECTORY, exist_ok=True)


def take_lock(home: Path) -> int:
    """The descriptor that holds ``lock`` until it is closed. Raises BlockingIOError where another process has it."""
    descriptor = os.open(home / "lock", os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    return descriptor


def in_use(home: Path) -> HomeInUse:
    holder = (home / "lock").read_text().strip()
    return HomeInUse(f"{home} is in use by process {holder or 'unknown'}.")


def password(home: Path, role: str, chance: Chance) -> str:
    """The role's password; drawn and stored durably when it is first asked for."""
    path = home / "secrets" / role
    if not path.exists():
        fresh = path.with_name(f"{role}.new")
        fresh.unlink(missing_ok=True)
        with private_file(fresh) as descriptor:
            os.write(descriptor, chance.bytes(PASSWORD_BYTES).hex().encode())
        fresh.rename(path)
        sync_directory(path.parent)
    return path.read_text()


@contextmanager
def private_file(path: Path) -> Generator[int, None, None]:
    """A new file, never one that is there already or a link; on disk when the block ends."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE_FILE)
    try:
        yield descriptor
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
