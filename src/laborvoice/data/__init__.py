"""Facts as files, dated and sourced: the question bank, the special-purpose addresses, names of countries."""

from importlib.resources import files

import msgspec

from laborvoice.domain import Inbound


class SpecialPurpose(Inbound):
    """A block of addresses that is no ordinary destination, where that is written, and when we last compared."""

    block: str
    name: str
    source: str
    checked: str


class Countries(Inbound):
    """English names by ISO 3166-1 alpha-2, where they are from, and when we last compared."""

    source: str
    checked: str
    countries: dict[str, tuple[str, ...]]


def countries() -> Countries:
    return msgspec.json.decode(_bytes("countries.json"), type=Countries)


def special_purpose() -> tuple[SpecialPurpose, ...]:
    return msgspec.json.decode(_bytes("special_purpose.json"), type=tuple[SpecialPurpose, ...])


def questions() -> bytes:
    """The question bank as it is stored: JSON."""
    return _bytes("questions.json")


def _bytes(name: str) -> bytes:
    return files("laborvoice.data").joinpath(name).read_bytes()
