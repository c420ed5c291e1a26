"""A file that only grows, line by line, shared by processes of one host and safe against a kill at any byte."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

FILE_MODE: Final = 0o600
NEWLINE: Final = b"\n"


def sync_folder(folder: Path) -> None:
    """What was created, renamed or unlinked in it is on disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_through(path: Path, data: bytes, flags: int = os.O_CREAT | os.O_TRUNC) -> None:
    """On disk when it returns."""
    handle = os.open(path, os.O_WRONLY | os.O_CLOEXEC | flags, FILE_MODE)
    try:
        left = data
        while left:
            left = left[os.write(handle, left) :]
        os.fsync(handle)
    finally:
        os.close(handle)


class Lines:
    """Hands out each line once. A line counts when its end is written: a torn one is cut off before the next."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, FILE_MODE)
        sync_folder(path.parent)
        self._read = 0

    @contextmanager
    def locked(self) -> Generator[None]:
        """No other process writes meanwhile. Not to be nested."""
        fcntl.flock(self._handle, fcntl.LOCK_EX)
        try:
            self._cut_torn_end()
            yield
        finally:
            fcntl.flock(self._handle, fcntl.LOCK_UN)

    def append(self, line: bytes) -> None:
        """On disk when it returns; only while locked."""
        data = line + NEWLINE
        while data:
            data = data[os.write(self._handle, data) :]
        os.fsync(self._handle)

    def fresh(self) -> tuple[bytes, ...]:
        """The whole lines written since the last call, by any process."""
        size = os.fstat(self._handle).st_size
        data = os.pread(self._handle, size - self._read, self._read) if size > self._read else b""
        whole = data[: data.rfind(NEWLINE) + 1]
        self._read += len(whole)
        return tuple(whole.splitlines())

    def close(self) -> None:
        os.close(self._handle)

    def _cut_torn_end(self) -> None:
        """A line without its end was never acknowledged: whoever wrote it was killed."""
        size = os.fstat(self._handle).st_size
        end = size
        while end and os.pread(self._handle, 1, end - 1) != NEWLINE:
            end -= 1
        if end != size:
            os.ftruncate(self._handle, end)
            os.fsync(self._handle)
