"""What stands before the rows in a backup: enough to prepare a database for them."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

import msgspec

from laborvoice.domain import Value, foreign
from laborvoice.errors import Malformed
from laborvoice.store.whole import Partition

PURPOSE: Final = "backup"
_LENGTH: Final = 4


class Header(Value, frozen=True):
    """``revision`` of the schema; ``made_at`` by the database's clock: what came later is not in the backup."""

    revision: str
    made_at: datetime
    partitions: tuple[Partition, ...]


def before(header: Header, rows: Iterable[bytes]) -> Iterator[bytes]:
    text = msgspec.json.encode(header)
    yield len(text).to_bytes(_LENGTH, "big") + text
    yield from rows


def split(plain: Iterator[bytes]) -> tuple[Header, Iterator[bytes]]:
    """The header, and the rows as they come. Raises Malformed."""
    held = bytearray()
    while len(held) < _LENGTH or len(held) < _LENGTH + int.from_bytes(held[:_LENGTH], "big"):
        piece = next(plain, None)
        if piece is None:
            raise Malformed("The backup ends within its header.")
        held += piece
    end = _LENGTH + int.from_bytes(held[:_LENGTH], "big")
    try:
        header = foreign.read(held[_LENGTH:end], Header)
    except Malformed:
        raise Malformed("The header of the backup cannot be read.") from None
    return header, _then(bytes(held[end:]), plain)


def _then(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
