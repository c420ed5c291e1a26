"""A trap inside a process of ours: at the n-th line it runs of chosen files, it kills itself.

The stage copies this file as ``sitecustomize.py`` into a folder on the path of its children, so that nothing of it is
in the program. A process takes up its traps when it starts and at SIGUSR1. The one that fires is taken off the list
first, so that the process that comes after meets the next.
"""

import json
import os
import signal
import sys
from inspect import CO_OPTIMIZED
from pathlib import Path
from types import FrameType
from typing import Any

TRAPS = os.environ.get("FAULTY_TRAPS", "")  # noqa: TID251 - set by the stage
FIRED = ".fired"
ROLE_AT = 4
"""Where ``python -m laborvoice child ROLE`` has its role."""


class Watch:
    """Counts the lines that are run of ``files``, once a function there was called; dies at number ``line``, from 0."""

    def __init__(self, path: Path, files: tuple[str, ...], line: int, since: str) -> None:
        self._path = path
        self._files = files
        self._since = since
        self._left = line

    def call(self, frame: FrameType, _event: str, _arg: object) -> Any:
        """Of functions alone: a module's own lines are run as it is imported."""
        code = frame.f_code
        if not code.co_flags & CO_OPTIMIZED or not code.co_filename.endswith(self._files):
            return None
        if code.co_name == self._since:
            self._since = ""
        return None if self._since else self.step

    def step(self, frame: FrameType, event: str, _arg: object) -> Any:
        if event == "line":
            if not self._left:
                self._die(f"{'/'.join(frame.f_code.co_filename.split('/')[-2:])}:{frame.f_lineno}")
            self._left -= 1
        return self.step

    def _die(self, place: str) -> None:
        waiting = json.loads(self._path.read_text())
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps(waiting[1:]))
        new.rename(self._path)
        with self._path.with_suffix(FIRED).open("a") as fired:
            fired.write(f"{place}\n")
        os.kill(os.getpid(), signal.SIGKILL)


def take_up(path: Path, role: str) -> None:
    waiting: list[dict[str, Any]] = json.loads(path.read_text()) if path.exists() else []
    if not waiting or waiting[0]["role"] != role:
        if isinstance(getattr(sys.gettrace(), "__self__", None), Watch):
            sys.settrace(None)
        return
    first = waiting[0]
    sys.settrace(Watch(path, tuple(first["files"]), first["line"], first["since"]).call)


def install(path: Path, words: list[str]) -> None:
    """``words``: the command line. Worker processes and everything else stay as they are."""
    if words[1:ROLE_AT] == ["-m", "laborvoice", "child"]:
        role = words[ROLE_AT]
        signal.signal(signal.SIGUSR1, lambda _number, _frame: take_up(path, role))
        take_up(path, role)


if TRAPS:
    install(Path(TRAPS), sys.orig_argv)
