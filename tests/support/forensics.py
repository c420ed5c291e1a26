"""What someone finds who has every byte of a home, and every key that is left in it."""

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from laborvoice.crypto import at_rest
from laborvoice.crypto.framing import (
    ENVELOPE_SIZE,
    VERSION,
    CarriedRow,
    SealedRow,
    ballot_part,
    unpack_row,
)
from laborvoice.crypto.opening import open_ballot
from laborvoice.crypto.suites import SUITES, key_pair
from laborvoice.errors import Malformed, Undecryptable

PROGRAMS = "bin-*"
"""PostgreSQL's own binaries, copied there before anyone could cast."""

ROW_HEAD = ((at_rest.BLOB_SIZE + 4) << 2).to_bytes(4, "little")
"""What stands before a box row, in a table's page and in the log: its length, as PostgreSQL writes it."""

LOT = re.compile(rb"\x23(.{16})\x11\d{4}-Q\d", re.DOTALL)
"""A lot before its period: both are short values with one byte of length."""

CHUNK = 1996
"""What PostgreSQL cuts a long value into. An envelope is four of these and a rest."""

CHUNK_HEADS = {((size + 4) << 2).to_bytes(4, "little"): size for size in (CHUNK, ENVELOPE_SIZE % CHUNK)}
"""What stands before a chunk, and its size; the value's number and the chunk's stand before that."""

WAL_PAGE = 8192
WAL_HEAD = 24
WAL_LONG_HEAD = 40


def files(home: Path) -> Iterator[tuple[str, bytes]]:
    """Every file there is, by its path in the home."""
    for path in sorted(home.rglob("*")):
        inside = path.relative_to(home)
        if path.is_file() and not inside.parts[0].startswith(PROGRAMS.rstrip("*")):
            yield str(inside), path.read_bytes()


def spellings(secret: bytes) -> Iterator[bytes]:
    """As it is, in hexadecimal, in base64 wherever it may begin, as a decimal number and byte by byte."""
    yield secret
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    for before in range(3):
        whole = base64.b64encode(bytes(before) + secret)
        # The first and the last letters depend on what stands beside it.
        inner = whole[(0, 2, 3)[before] : (len(secret) + before) // 3 * 4]
        yield inner
        yield inner.translate(bytes.maketrans(b"+/", b"-_"))
    yield str(int.from_bytes(secret, "big")).encode()
    yield str(int.from_bytes(secret, "little")).encode()
    yield b", ".join(str(one).encode() for one in secret)
    yield b",".join(str(one).encode() for one in secret)


def found(home: Path, secrets: Mapping[str, bytes]) -> set[str]:
    """Which of the secrets stand in any file, however spelled."""
    spelled = {name: tuple(dict.fromkeys(spellings(secret))) for name, secret in secrets.items()}
    return {
        name
        for _, raw in streams(home)
        for name, needles in spelled.items()
        if any(needle in raw for needle in needles)
    }


def streams(home: Path) -> Iterator[tuple[str, bytes]]:
    """Files as they are; the log also as one, its pages joined, for what lies across two of them."""
    log: dict[str, bytes] = {}
    for path, raw in files(home):
        yield path, raw
        if "/pg_wal/" in path:
            log[path] = joined(raw)
    yield "pg_wal", b"".join(log[path] for path in sorted(log))


def joined(segment: bytes) -> bytes:
    """A segment of the log without the heads of its pages."""
    pages = (segment[at : at + WAL_PAGE] for at in range(0, len(segment), WAL_PAGE))
    return b"".join(page[WAL_LONG_HEAD if page[2:3] and page[2] & 2 else WAL_HEAD :] for page in pages)


def row_candidates(home: Path) -> dict[bytes, set[str]]:
    """Whatever has the length of a box row, and the files it is in."""
    rows: dict[bytes, set[str]] = {}
    for path, raw in streams(home):
        for at in _places(raw, ROW_HEAD):
            blob = raw[at + len(ROW_HEAD) : at + len(ROW_HEAD) + at_rest.BLOB_SIZE]
            if len(blob) == at_rest.BLOB_SIZE:
                rows.setdefault(blob, set()).add(path)
    return rows


def lots(home: Path) -> set[bytes]:
    """Whatever may be a lot's name."""
    return {lot for _, raw in streams(home) for lot in LOT.findall(raw)}


def envelopes(home: Path) -> dict[bytes, set[str]]:
    """Whatever has the length of an envelope, put together from the chunks that long values are cut into."""
    whole: dict[bytes, set[str]] = {}
    for path, raw in streams(home):
        for chunks in _chunks(raw).values():
            body = b"".join(chunks[number] for number in sorted(chunks))
            if len(body) == ENVELOPE_SIZE and body[0] == VERSION:
                whole.setdefault(body, set()).add(path)
    return whole


def _chunks(raw: bytes) -> dict[bytes, dict[int, bytes]]:
    """By the number of their value, and by their own."""
    values: dict[bytes, dict[int, bytes]] = {}
    for head, size in CHUNK_HEADS.items():
        for at in _places(raw, head):
            value, number, begin = raw[at - 8 : at - 4], int.from_bytes(raw[at - 4 : at], "little"), at + len(head)
            values.setdefault(value, {})[number] = raw[begin : begin + size]
    return values


def keys(keyring: Path, master: bytes) -> dict[str, bytes]:
    """Every seed that is left, by name; with the master key itself, for what it is worth."""
    seeds = {"master": master}
    for room in ("box", "mix", "manifest"):
        for path in sorted((keyring / room).iterdir()):
            name = f"{room}/{path.name}"
            seeds[name] = at_rest.open_file(master, name, path.read_bytes()).data
    return seeds


def open_row(roots: Iterable[bytes], names: Iterable[bytes], blob: bytes) -> SealedRow | CarriedRow | None:
    """What is in a row, if any of the keys and any of the lots' names opens it."""
    for root in roots:
        cipher = at_rest.row_cipher(root)
        for lot in names:
            try:
                return unpack_row(at_rest.unwrap(cipher, lot, blob))
            except (Undecryptable, Malformed):
                continue
    return None


def open_envelope(roots: Iterable[bytes], places: Iterable[tuple[str, str]], body: bytes) -> bytes | None:
    """The report in an envelope, if any key opens it for any supplier and period."""
    places = tuple(places)
    for root in roots:
        for suite in SUITES:
            pair = key_pair(root, suite)
            for supplier, period in places:
                try:
                    return open_ballot(pair, supplier, period, ballot_part(body, suite))[1]
                except (Undecryptable, Malformed):
                    continue
    return None


def _places(raw: bytes, needle: bytes) -> Iterator[int]:
    at = raw.find(needle)
    while at >= 0:
        yield at
        at = raw.find(needle, at + 1)
