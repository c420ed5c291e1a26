"""The way of an envelope into the server, searched by what it reaches: what ran a new line is kept and changed again.

Lines are those of ``crypto.framing`` and ``pipeline.receive``. Any exception out of ``seat`` fails: what is wrong is
not kept, and nothing more. ``parse_envelope`` alone may say Malformed. The same search every time.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Any, Final

from laborvoice.crypto import framing
from laborvoice.domain.envelope import Known, Voice
from laborvoice.errors import Malformed
from laborvoice.pipeline import receive

VECTORS: Final[Any] = json.loads((Path(__file__).parents[1] / "vectors" / "envelope.json").read_bytes())
ENVELOPES: Final = tuple(bytes.fromhex(one["envelope"]) for one in VECTORS["envelopes"])
BITS: Final = VECTORS["pow_bits"]
TODAY, CLOSE, UNTIL = date(2026, 11, 25), date(2027, 1, 3), date(2026, 12, 7)
WATCHED: Final = {framing.__file__, receive.__file__}
ROUNDS: Final = 2_000
"""For each example that an operation is asked."""
ENDS: Final = (0, 1, 2, 4, 12, 20, 28, 32, 34, 66, 98, 130, 386, 1_714, 2_802, framing.ENVELOPE_SIZE)
"""Where one field ends and another begins, in either suite."""
VOICES: Final = {
    bytes.fromhex(VECTORS["token"]["token_key_id"]): Voice(
        period="2026-Q4",
        close=CLOSE,
        challenge=bytes.fromhex(VECTORS["token"]["challenge_digest"]),
        spki=bytes.fromhex(VECTORS["token"]["spki"]),
    )
}
KNOWN: Final = Known(
    seq=41,
    boxes={raw[4:12]: CLOSE for raw in ENVELOPES},
    mixes={raw[12:20]: UNTIL for raw in ENVELOPES},
    voices=VOICES,
)

Lines = set[tuple[str, int]]
Step = Callable[[bytes], object]


def way_in(raw: bytes) -> None:
    """Parsed as its header says, and judged under two amounts of work."""
    try:
        header = framing.parse_envelope(raw)
        framing.ballot_part(raw, header.suite)
        framing.parcel_part(raw, header.suite)
        known = True
    except Malformed:
        known = False
    for bits in (0, BITS):
        one = receive.seat(raw, KNOWN, TODAY, bits)
        assert one.body == raw
        assert known or one.row is None
        assert one.row is None or (one.row.tag is None) == (one.row.period is None)
        assert one.row is None or one.row.tag is not None or one.row.worked


@contextmanager
def watching(lines: Lines) -> Generator[None]:
    """Adds the lines of WATCHED that run; whoever traced before (a debugger, coverage) is put back."""

    def trace(frame: FrameType, event: str, _: object) -> Any:
        if frame.f_code.co_filename not in WATCHED:
            return None
        if event == "line":
            lines.add((frame.f_code.co_filename, frame.f_lineno))
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)


class Dice:
    """Falls the same in every run."""

    def __init__(self) -> None:
        self._thrown = 0

    def bytes(self, size: int) -> bytes:
        self._thrown += 1
        return hashlib.shake_256(self._thrown.to_bytes(8, "big")).digest(size)

    def below(self, end: int) -> int:
        return int.from_bytes(self.bytes(8), "big") % end


def changed(raw: bytes, corpus: Sequence[bytes], dice: Dice) -> bytes:
    """One to three changes: a byte, a bit, a field of another, another length, a tail."""
    for _ in range(1 + dice.below(3)):
        at, end = sorted((ENDS[dice.below(len(ENDS))], ENDS[dice.below(len(ENDS))]))
        other = corpus[dice.below(len(corpus))]
        place = at if dice.below(2) else dice.below(len(raw) + 1)
        ways = (
            raw[:place] + dice.bytes(1) + raw[place + 1 :],
            raw[:place] + bytes(one ^ 1 << dice.below(8) for one in raw[place : place + 1]) + raw[place + 1 :],
            raw[:at] + other[at:end] + raw[end:],
            raw[:at] + bytes(end - at) + raw[end:],
            raw[:at] + dice.bytes(end - at) + raw[end:],
            raw[:place],
            raw + other[: dice.below(40)],
        )
        raw = ways[dice.below(len(ways))]
    return raw


def search(step: Step, rounds: int) -> tuple[Lines, int]:
    """The lines that were reached, and how many inputs were kept for a new one."""
    dice, corpus, reached = Dice(), [*ENVELOPES], Lines()
    with watching(reached):
        for raw in (*ENVELOPES, b""):
            step(raw)
    for _ in range(rounds):
        raw = changed(corpus[dice.below(len(corpus))], corpus, dice)
        before = len(reached)
        with watching(reached):
            step(raw)
        if len(reached) > before:
            corpus.append(raw)
    return reached, len(corpus) - len(ENVELOPES)


def test_nothing_that_comes_in_breaks_the_way(examples: int) -> None:
    reached, kept = search(way_in, ROUNDS * examples)
    assert kept > 0, "the search found nothing that the published envelopes do not reach"
    judged = {line for file, line in reached if file == receive.__file__}
    assert judged >= set(lines_of(receive.judge)), "a line of the judgement was never run"


def lines_of(function: Callable[..., object]) -> Iterator[int]:
    """Those that do something; the ``def`` itself runs when the module is loaded."""
    first = function.__code__.co_firstlineno
    return (line for _, _, line in function.__code__.co_lines() if line is not None and line > first)


def test_a_fault_behind_a_rare_header_is_found(examples: int) -> None:
    """The search itself: a way that breaks where the suite is 2 and the work nonce is not zero is caught."""

    def broken(raw: bytes) -> None:
        way_in(raw)
        if raw[1:2] == b"\2" and any(raw[20:28]) and len(raw) < framing.ENVELOPE_SIZE:
            raise IndexError

    try:
        search(broken, ROUNDS * examples)
    except IndexError:
        return
    raise AssertionError("the planted fault was not found")
