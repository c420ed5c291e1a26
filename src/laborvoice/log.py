"""The only log: a closed list of events and fields, one line each on stderr (design, operations 6).

A line has no time: the service manager that keeps it stamps it. What other libraries log shrinks to name, level and
class, and an exception to class, places and SQLSTATE: their texts quote values.
"""

import json
import logging
import re
import sys
import threading
from collections.abc import Callable, Mapping
from enum import Enum, StrEnum
from pathlib import PurePath
from types import TracebackType
from typing import Final, Literal, TextIO, TypedDict, Unpack, cast


class Event(StrEnum):
    STARTED = "started"
    READY = "ready"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"
    RESTARTED = "restarted"
    MIGRATED = "migrated"
    MIXED = "mixed"
    CLOSING = "closing"
    COUNTED = "counted"
    BURNED = "burned"
    ROTATED = "rotated"
    DELIVERED = "delivered"
    ANCHORED = "anchored"


Process = Literal["up", "intake", "vault", "portal", "courier", "demo", "command"]
Level = Literal["debug", "info", "warning", "error"]
Key = Literal["box", "mix", "token", "manifest", "webhook"]


class Fields(TypedDict, total=False):
    """Our ids, enums and integers; ``error`` is shrunk."""

    child: Process
    pid: int
    port: int
    status: int
    ms: int
    revision: str
    period: str
    suppliers: int
    key: Key
    delivered: int
    retried: int
    dead: int
    seq: int
    hash: str
    error: BaseException


# What each event may say. Nothing the vault says of a mix moves with what was cast (design, README 6).
_START: Final = frozenset({"child", "pid", "port"})
_ALLOWED: Final[Mapping[Event, frozenset[str]]] = {
    Event.STARTED: _START,
    Event.READY: _START | {"ms"},
    Event.STOPPING: frozenset({"child", "pid"}),
    Event.STOPPED: frozenset({"child", "pid", "status", "ms"}),
    Event.FAILED: frozenset({"child", "pid", "status", "error"}),
    Event.RESTARTED: frozenset({"child", "pid", "status"}),
    Event.MIGRATED: frozenset({"revision", "ms"}),
    Event.MIXED: frozenset(),
    Event.CLOSING: frozenset({"period"}),
    Event.COUNTED: frozenset({"period", "suppliers", "ms"}),
    Event.BURNED: frozenset({"period"}),
    Event.ROTATED: frozenset({"key", "period"}),
    Event.DELIVERED: frozenset({"delivered", "retried", "dead"}),
    Event.ANCHORED: frozenset({"seq", "hash"}),
}
_LEVELS: Final[Mapping[Event, int]] = {Event.FAILED: logging.ERROR, Event.RESTARTED: logging.WARNING}

_WORD: Final = re.compile(r"[a-z]{1,12}")
_SHAPES: Final[Mapping[str, re.Pattern[str]]] = {
    "child": _WORD,
    "key": _WORD,
    "revision": re.compile(r"[0-9a-z_]{1,40}"),
    "period": re.compile(r"\d{4}-(Q[1-4]|\d{2})"),
    "hash": re.compile(r"[0-9a-f]{64}"),
}
_SQLSTATE: Final = re.compile(r"[0-9A-Z]{5}")
_LOGGER_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,60}")
_FRAMES: Final = 20
_CAUSES: Final = 5

_OURS: Final = logging.getLogger("laborvoice")
_PAYLOAD: Final = "laborvoice_line"


def write(event: Event, **fields: Unpack[Fields]) -> None:
    """A field that the event may not carry, or of another shape, is left out and counted in ``refused``."""
    line: dict[str, object] = {"event": event.value}
    refused = 0
    for name, value in fields.items():
        if name not in _ALLOWED[event] or not _fits(name, value):
            refused += 1
        elif isinstance(value, BaseException):
            line["errors"] = shrink(value)
        else:
            line[name] = value.value if isinstance(value, Enum) else value
    if refused:
        line["refused"] = refused
    _OURS.log(_LEVELS.get(event, logging.INFO), event.value, extra={_PAYLOAD: line})


def _fits(name: str, value: object) -> bool:
    if name == "error":
        return isinstance(value, BaseException)
    if name in _SHAPES:
        return isinstance(value, str) and _SHAPES[name].fullmatch(value) is not None
    return isinstance(value, int)


def shrink(error: BaseException) -> list[dict[str, object]]:
    """The exception and its causes, outermost first, members of groups included: class, frames, SQLSTATE."""
    found: list[dict[str, object]] = []
    waiting: list[BaseException] = [error]
    while waiting and len(found) < _CAUSES:
        one = waiting.pop(0)
        found.append(_shrink_one(one))
        waiting.extend(_members(one))
        cause = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
        if cause is not None:
            waiting.append(cause)
    return found


def _members(error: BaseException) -> tuple[BaseException, ...]:
    return cast("BaseExceptionGroup[BaseException]", error).exceptions if isinstance(error, BaseExceptionGroup) else ()


def _shrink_one(error: BaseException) -> dict[str, object]:
    kind = type(error)
    shrunk: dict[str, object] = {"class": f"{kind.__module__}.{kind.__qualname__}", "frames": _frames(error)}
    state: object = getattr(error, "sqlstate", None)
    if isinstance(state, str) and _SQLSTATE.fullmatch(state):
        shrunk["sqlstate"] = state
    return shrunk


def _frames(error: BaseException) -> list[str]:
    """The innermost last; of a file's path only the last two parts, which name no machine."""
    frames: list[str] = []
    trace = error.__traceback__
    while trace is not None:
        frames.append(f"{'/'.join(PurePath(trace.tb_frame.f_code.co_filename).parts[-2:])}:{trace.tb_lineno}")
        trace = trace.tb_next
    return frames[-_FRAMES:]


def configure(process: Process, *, level: Level = "info", text: bool = False, stream: TextIO | None = None) -> None:
    """Everything logged or uncaught in this process goes through here; ``text`` is for people at a terminal."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_Formatter(process, _as_text if text else _as_json))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    _OURS.setLevel(level.upper())
    # A failing handler would print the record, with its arguments, to stderr.
    logging.raiseExceptions = False
    logging.captureWarnings(capture=True)
    sys.excepthook = _uncaught
    sys.unraisablehook = lambda raised: _caught(raised.exc_value)
    threading.excepthook = lambda raised: _caught(raised.exc_value)


def _uncaught(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    _caught(error)


def _caught(error: BaseException | None) -> None:
    if error is not None and not isinstance(error, KeyboardInterrupt | SystemExit):
        write(Event.FAILED, error=error)


class _Formatter(logging.Formatter):
    def __init__(self, process: Process, render: Callable[[Mapping[str, object]], str]) -> None:
        super().__init__()
        self._process = process
        self._render = render

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = getattr(record, _PAYLOAD, None) or _foreign(record)
        return self._render({"process": self._process, "level": record.levelname.lower(), **line})


def _foreign(record: logging.LogRecord) -> dict[str, object]:
    line: dict[str, object] = {"event": "foreign"}
    if _LOGGER_NAME.fullmatch(record.name):
        line["logger"] = record.name
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        line["errors"] = shrink(error)
    return line


def _as_json(line: Mapping[str, object]) -> str:
    return json.dumps(line, separators=(",", ":"))


def _as_text(line: Mapping[str, object]) -> str:
    head = f"{line['process']:<8}{line['event']}"
    rest = (f"{name}={_plain(value)}" for name, value in line.items() if name not in {"process", "level", "event"})
    return " ".join((head, *rest))


def _plain(value: object) -> str:
    return json.dumps(value, separators=(",", ":")) if isinstance(value, list) else str(value)
