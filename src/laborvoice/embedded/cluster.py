"""The data directory and the programs run on it: initdb into ``new`` and one rename, psql, signals."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from laborvoice.embedded.binaries import BUILTIN_LOCALE, Binaries
from laborvoice.embedded.home import Account, private_file, sync_directory
from laborvoice.errors import DatabaseUnavailable

# Closed: our own environment holds secrets that PostgreSQL has no use for.
ENVIRONMENT: Final[Mapping[str, str]] = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
CHILD: Final = Path(__file__).with_name("child.py")
UNFINISHED: Final = "new"
PASSWORD_FILE: Final = "pwfile"  # noqa: S105 - a file's name


def spawn(command: tuple[str, ...], account: Account, log: Path, place: Path) -> subprocess.Popen[bytes]:
    """A program that runs as ``account``, dies with us, and hears no Ctrl-C of our terminal.

    It sits in ``place``, by which a later start knows it for ours.
    """
    shim = (sys.executable, "-I", "-S", str(CHILD), str(account.uid), str(account.gid), str(os.getpid()))
    with log.open("ab") as out:
        return subprocess.Popen(  # noqa: S603 - our shim and a program we located
            (*shim, *command),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env=ENVIRONMENT,
            cwd=place,
            start_new_session=True,
        )


def psql(binaries: Binaries, text: str, environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """``text`` goes in by the input: an argument would be seen by everyone on the machine."""
    command = (binaries.program("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-f", "-")
    with log.open("ab") as out:
        child = subprocess.Popen(  # noqa: S603 - a program we located
            command, stdin=subprocess.PIPE, stdout=out, stderr=out, env={**ENVIRONMENT, **environment}, cwd="/"
        )
    with suppress(BrokenPipeError), child.stdin or open(os.devnull, "wb") as channel:  # noqa: PTH123 - a bare name
        channel.write(text.encode())
    return child


def initdb(binaries: Binaries, pg: Path, password_file: Path, superuser: str) -> tuple[str, ...]:
    builtin = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
    return (
        binaries.program("initdb"),
        f"--pgdata={pg / UNFINISHED}",
        f"--username={superuser}",
        "--auth=scram-sha-256",
        f"--pwfile={password_file}",
        "--encoding=UTF8",
        *(builtin if binaries.major >= BUILTIN_LOCALE else ("--locale=C",)),
        "--data-checksums",
        "--wal-segsize=1",
    )


def discard_leftovers(pg: Path) -> None:
    """What an initdb that was killed left behind."""
    if (pg / UNFINISHED).exists():
        shutil.rmtree(pg / UNFINISHED)
    (pg / PASSWORD_FILE).unlink(missing_ok=True)


@contextmanager
def password_file(pg: Path, account: Account, password: str) -> Generator[Path, None, None]:
    """The superuser's password where only ``account`` can read it, for as long as initdb runs."""
    path = pg / PASSWORD_FILE
    try:
        with private_file(path) as descriptor:
            os.fchown(descriptor, account.uid, account.gid)
            os.write(descriptor, password.encode())
        yield path
    finally:
        path.unlink(missing_ok=True)


def adopt(pg: Path, data: Path) -> None:
    (pg / UNFINISHED).rename(data)
    sync_directory(pg)


def refuse_other_major(pg: Path, binaries: Binaries) -> None:
    """Raises DatabaseUnavailable with what to type when the data were written by another major version."""
    ours = f"data{binaries.major}"
    others = [path for path in pg.glob("data[0-9]*") if path.name != ours]
    if (pg / ours).exists() or not others:
        return
    old, version = others[0], others[0].name.removeprefix("data")
    raise DatabaseUnavailable(
        f"{old} was written by PostgreSQL {version}, and this is {binaries.major}. With the programs of {version}, "
        f"as the owner of {pg} (the password is in {pg.parent / 'secrets' / 'postgres'}):\n"
        f"  pg_ctl -D {old} -w -o \"-k {pg / 'run'} -c listen_addresses=''\" start\n"
        f"  pg_dumpall -h {pg / 'run'} -U postgres -f {pg / 'dump.sql'}\n"
        f"  pg_ctl -D {old} -w stop\n"
        f"Then move {old} out of {pg}, start laborvoice once, and restore with the programs of {binaries.major}:\n"
        f"  psql -h {pg / 'run'} -U postgres -d postgres -f {pg / 'dump.sql'}"
    )


def send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "nothing"
