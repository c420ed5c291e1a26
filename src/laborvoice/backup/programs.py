"""PostgreSQL's own programs, fed and read through pipes: nothing of a dump touches the disk in the clear."""

import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Final
from urllib.parse import unquote, urlsplit, urlunsplit

from laborvoice.embedded.binaries import locate
from laborvoice.embedded.cluster import ENVIRONMENT
from laborvoice.errors import BackupRefused, BadSetting
from laborvoice.store.whole import LEFT_OUT, SCHEMAS

_PIECE: Final = 1 << 16
_COMPRESS: Final = "--compress=gzip:1"
"""The box's bytes are random, but a dump spells them in hexadecimal."""


def dump(dsn: str, snapshot: str) -> Iterator[bytes]:
    """The rows as of ``snapshot``. Raises BackupRefused where pg_dump fails, which may be after some pieces."""
    schemas = tuple(f"--schema={one}" for one in SCHEMAS)
    left_out = tuple(f"--exclude-table={one}" for one in LEFT_OUT)
    flags = ("--format=custom", "--data-only", _COMPRESS, "--lock-wait-timeout=60s", f"--snapshot={snapshot}")
    address, environment = _connection(dsn)
    command = (_program("pg_dump"), *flags, *schemas, *left_out, "--dbname", address)
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(  # noqa: S603 - a program we located
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, env=environment
        ) as child:
            try:
                while child.stdout is not None and (piece := child.stdout.read(_PIECE)):
                    yield piece
            except GeneratorExit:
                child.kill()
                raise
        _judge("pg_dump", child.returncode, said)


def load(dsn: str, pieces: Iterable[bytes]) -> None:
    """All of it or nothing, in one transaction. Raises BackupRefused where it fails, and what ``pieces`` raise."""
    address, environment = _connection(dsn)
    flags = ("--data-only", "--single-transaction", "--exit-on-error", "--no-owner")
    command = (_program("pg_restore"), *flags, "--dbname", address)
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(  # noqa: S603 - a program we located
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said, env=environment
        )
        try:
            _feed(child, pieces)
        except BaseException:
            child.kill()
            raise
        finally:
            child.wait()
        _judge("pg_restore", child.returncode, said)


def _feed(child: subprocess.Popen[bytes], pieces: Iterable[bytes]) -> None:
    """A child that ends early says why with its status; the rest is read nevertheless, for what it may raise."""
    if child.stdin is None:
        return
    for piece in pieces:
        with suppress(BrokenPipeError):
            child.stdin.write(piece)
    with suppress(BrokenPipeError):
        child.stdin.close()


def _judge(name: str, status: int, said: IO[bytes]) -> None:
    if status != 0:
        said.seek(0)
        first = said.read().decode(errors="replace").strip().partition("\n")[0]
        raise BackupRefused(f"{name} ended with {status}: {first}")


def _program(name: str) -> str:
    path = locate().program(name)
    if not Path(path).is_file():
        raise BadSetting(f"There is no {name} beside the postgres that was found.")
    return path


def _connection(dsn: str) -> tuple[str, Mapping[str, str]]:
    """The address without its password, which goes into the environment: arguments are seen by everyone."""
    parts = urlsplit(dsn)
    user, _, host = parts.netloc.rpartition("@")
    name, _, word = user.partition(":")
    bare = urlunsplit(parts._replace(netloc=f"{name}@{host}" if user else host))
    return bare, {**ENVIRONMENT, **({"PGPASSWORD": unquote(word)} if word else {})}
