"""The log: closed events and fields, and no way for a value to slip out with an exception or a library."""

import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from laborvoice import log
from laborvoice.log import Event

CANARY = "canary-of-a-worker"


class Refused(Exception):
    sqlstate = "23505"


class Odd(Exception):
    sqlstate = CANARY


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level, sys.excepthook, sys.unraisablehook, threading.excepthook)
    raising = logging.raiseExceptions
    written = io.StringIO()
    log.configure("vault", stream=written)
    yield written
    logging.captureWarnings(capture=False)
    logging.raiseExceptions = raising
    root.handlers[:], level, sys.excepthook, sys.unraisablehook, threading.excepthook = before
    root.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    assert CANARY not in stream.getvalue()
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def raised(error: BaseException) -> BaseException:
    try:
        raise error  # noqa: TRY301 - it gets its traceback here
    except BaseException as caught:  # noqa: BLE001 - whatever it is
        return caught


def test_an_event_is_one_line_of_json(stream: io.StringIO) -> None:
    log.write(Event.COUNTED, period="2026-Q4", suppliers=12, ms=40)
    assert lines(stream) == [
        {"process": "vault", "level": "info", "event": "counted", "period": "2026-Q4", "suppliers": 12, "ms": 40}
    ]


def test_a_mix_says_nothing_that_moves_with_what_was_cast(stream: io.StringIO) -> None:
    log.write(Event.MIXED, ms=40, suppliers=3)
    assert lines(stream) == [{"process": "vault", "level": "info", "event": "mixed", "refused": 2}]


def test_a_field_of_another_shape_is_refused(stream: io.StringIO) -> None:
    wrong: dict[str, Any] = {"period": CANARY, "suppliers": CANARY, "error": CANARY, "answer": CANARY}
    log.write(Event.COUNTED, **wrong)
    other: dict[str, Any] = {"error": CANARY, "child": CANARY}
    log.write(Event.FAILED, **other)
    assert [line["refused"] for line in lines(stream)] == [4, 2]


def test_an_exception_shrinks_to_class_places_and_sqlstate(stream: io.StringIO) -> None:
    log.write(Event.FAILED, error=raised(Refused(CANARY)))
    (line,) = lines(stream)
    (error,) = line["errors"]
    assert line["level"] == "error"
    assert error["class"].endswith(".Refused")
    assert error["sqlstate"] == "23505"
    assert error["frames"][-1].startswith("unit/test_log.py:")


def test_causes_and_members_of_groups_are_told_too(stream: io.StringIO) -> None:
    cause = raised(Refused(CANARY))
    failed = RuntimeError(CANARY)
    failed.__cause__ = cause
    log.write(Event.FAILED, error=raised(BaseExceptionGroup(CANARY, [failed, Odd(CANARY)])))
    (line,) = lines(stream)
    names = [error["class"].rpartition(".")[2] for error in line["errors"]]
    assert names == ["ExceptionGroup", "RuntimeError", "Odd", "Refused"]
    assert "sqlstate" not in line["errors"][2]


def test_what_is_behind_an_exception_is_told_unless_it_was_hidden(stream: io.StringIO) -> None:
    def fail(*, hidden: bool) -> None:
        try:
            raise KeyError(CANARY)  # noqa: TRY301 - it is the context of the next
        except KeyError:
            if hidden:
                raise ValueError(CANARY) from None
            raise ValueError(CANARY)  # noqa: B904 - its context is what is tested

    for hidden in (False, True):
        with pytest.raises(ValueError, match=CANARY) as info:
            fail(hidden=hidden)
        log.write(Event.FAILED, error=info.value)
    assert [len(line["errors"]) for line in lines(stream)] == [2, 1]


def test_a_long_chain_is_cut(stream: io.StringIO) -> None:
    error: Exception = Refused()
    for _ in range(20):
        outer = Refused()
        outer.__cause__ = error
        error = outer
    log.write(Event.FAILED, error=error)
    assert len(lines(stream)[0]["errors"]) == 5


def test_other_loggers_shrink_to_name_level_and_class(stream: io.StringIO) -> None:
    foreign = logging.getLogger("some.library")
    foreign.warning("told %s", CANARY)
    foreign.error(CANARY, exc_info=raised(Refused(CANARY)))
    logging.getLogger(f"{CANARY} at a place").warning("text")
    first, second, third = lines(stream)
    assert first == {"process": "vault", "level": "warning", "event": "foreign", "logger": "some.library"}
    assert second["errors"][0]["sqlstate"] == "23505"
    assert third == {"process": "vault", "level": "warning", "event": "foreign"}


def test_warnings_shrink(stream: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn(CANARY, stacklevel=1)
    logging.captureWarnings(capture=False)
    assert [line["logger"] for line in lines(stream)] == ["py.warnings"]


def test_what_nobody_catches_shrinks(stream: io.StringIO) -> None:
    def fail() -> None:
        raise Refused(CANARY)

    error = raised(Refused(CANARY))
    sys.excepthook(type(error), error, error.__traceback__)
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    sys.unraisablehook(unraisable(error))
    assert [line["event"] for line in lines(stream)] == ["failed"] * 3


def unraisable(error: BaseException | None) -> Any:
    class Unraisable:
        exc_value = error

    return Unraisable()


def test_an_interrupt_is_no_failure(stream: io.StringIO) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    sys.unraisablehook(unraisable(None))
    assert lines(stream) == []


def test_a_level_holds_back_what_is_below(stream: io.StringIO) -> None:
    log.configure("intake", level="warning", stream=stream)
    log.write(Event.READY)
    log.write(Event.RESTARTED)
    assert [line["event"] for line in lines(stream)] == ["restarted"]


def test_people_get_words(stream: io.StringIO) -> None:
    log.configure("up", text=True, stream=stream)
    log.write(Event.STARTED, child="intake", pid=12)
    log.write(Event.FAILED, error=raised(Refused(CANARY)))
    first, second = stream.getvalue().splitlines()
    assert first == "up      started child=intake pid=12"
    assert second.startswith('up      failed errors=[{"class":')
    assert CANARY not in stream.getvalue()


def test_a_broken_stream_harms_nobody(stream: io.StringIO) -> None:
    stream.close()
    log.write(Event.STARTED, pid=1)
