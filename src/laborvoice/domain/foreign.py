"""JSON that somebody else wrote: whatever is wrong with it, it is one error."""

from typing import TypeVar

import msgspec

from laborvoice.domain import ids
from laborvoice.errors import Malformed

T = TypeVar("T")


def read(raw: bytes | bytearray | str, kind: type[T]) -> T:
    """Raises Malformed: no UTF-8, no JSON, of another shape, or nested deeper than can be followed."""
    try:
        return msgspec.json.decode(raw, type=kind, dec_hook=ids.decode)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise Malformed("This is no JSON of the form that is asked for.") from None
