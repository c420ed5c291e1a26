"""A sealed file opens for its key alone, and whole: no cut, change, swap or tail passes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laborvoice.crypto import suites
from laborvoice.crypto.sealed_file import CHUNK, HEAD_SIZE, SEALED_CHUNK, opened, sealed
from laborvoice.errors import Malformed, Undecryptable

PAIR = suites.key_pair(b"\x05" * 32, suites.OURS)
KEY = bytes(range(32))
LONG = bytes(range(256)) * (CHUNK // 128) + b"end"
"""Two chunks and a bit."""


def made(plain: bytes, purpose: str = "backup") -> bytes:
    return b"".join(sealed(PAIR.public, purpose, KEY, [plain]))


def read(raw: bytes, pair: suites.KeyPair = PAIR, purpose: str = "backup", piece: int = 10_000) -> bytes:
    return b"".join(opened(pair, purpose, (raw[at : at + piece] for at in range(0, len(raw), piece))))


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200), st.integers(1, 300), st.sampled_from([0, CHUNK - 200, CHUNK, 2 * CHUNK]))
def test_what_is_sealed_opens(plain: bytes, piece: int, more: int) -> None:
    whole = bytes(more) + plain
    assert read(made(whole), piece=piece * 500) == whole


@pytest.mark.parametrize("size", [0, 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_every_length(size: int) -> None:
    assert read(made(bytes(size))) == bytes(size)


@pytest.mark.parametrize(
    "cut", [HEAD_SIZE, HEAD_SIZE + 1, HEAD_SIZE + SEALED_CHUNK, HEAD_SIZE + 2 * SEALED_CHUNK, len(made(LONG)) - 1]
)
def test_a_cut_file_is_refused(cut: int) -> None:
    with pytest.raises(Undecryptable):
        read(made(LONG)[:cut])


@pytest.mark.parametrize("at", [4, 12, 2_000, HEAD_SIZE, HEAD_SIZE + SEALED_CHUNK, -1])
def test_an_altered_byte_is_refused(at: int) -> None:
    raw = bytearray(made(LONG))
    raw[at] ^= 1
    with pytest.raises(Undecryptable):
        read(bytes(raw))


def test_chunks_that_change_places_are_refused() -> None:
    raw = made(LONG)
    first, second = (raw[HEAD_SIZE + number * SEALED_CHUNK :][:SEALED_CHUNK] for number in (0, 1))
    with pytest.raises(Undecryptable):
        read(raw[:HEAD_SIZE] + second + first + raw[HEAD_SIZE + 2 * SEALED_CHUNK :])


def test_a_tail_is_refused() -> None:
    with pytest.raises(Undecryptable):
        read(made(LONG) + b"\0")


@pytest.mark.parametrize("raw", [b"", b"LVB1", b"PGDMP" + bytes(HEAD_SIZE)])
def test_another_file_is_named_as_such(raw: bytes) -> None:
    with pytest.raises(Malformed):
        read(raw)


def test_another_key_or_purpose_opens_nothing() -> None:
    with pytest.raises(Undecryptable):
        read(made(b"x"), suites.key_pair(b"\x06" * 32, suites.OURS))
    with pytest.raises(Undecryptable):
        read(made(b"x"), purpose="keys")


def test_what_is_authentic_comes_before_the_end_is_known() -> None:
    """A reader that must not act on half of a file reads it to its end first."""
    pieces = opened(PAIR, "backup", [made(LONG)[:-1]])
    assert next(pieces) == LONG[:CHUNK]
