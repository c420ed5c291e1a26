"""Countries: what people write, and its code."""

from collections.abc import Mapping
from functools import cache

from laborvoice import data


@cache
def by_name() -> Mapping[str, str]:
    """From codes and English names, in small letters, to ISO 3166-1 alpha-2."""
    known = data.countries().countries
    return {text.casefold(): code for code, names in known.items() for text in (code, *names)}
