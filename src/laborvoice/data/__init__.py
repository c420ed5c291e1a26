"""Facts as files, dated and sourced: the question bank and the special-purpose addresses."""

from importlib.resources import files

import msgspec

from laborvoice.domain import Inbound


class SpecialPurpose(Inbound):
    """A block of addresses that is no ordinary destination, where that is written, and when we last compared."""

    block: str
    name: str
    source: str
    checked: str


def special_purpose() -> tuple[SpecialPurpose, ...]:
    return msgspec.json.decode(_bytes("special_purpose.json"), type=tuple[SpecialPurpose, ...])


def questions() -> bytes:
    """The question bank as it is stored: JSON."""
    return _bytes("questions.json")


def _bytes(name: str) -> bytes:
    return files("laborvoice.data").joinpath(name).read_bytes()
