"""Words of strangers on a terminal: what would move, hide or turn other text around is shown by its number instead."""

import unicodedata
from typing import Final

JOINERS: Final = frozenset("\u200b\u200c\u200d")
"""Without them neither Bengali, Hindi and Urdu nor Khmer and Burmese can be written well, and they move nothing."""
HIDING: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
LINE: Final = "\n"


def visible(text: str) -> str:
    """Lines stay lines."""
    return "".join(_shown(one) for one in text.replace("\r\n", LINE))


def first_words(text: str, size: int) -> str:
    """On one line, at most ``size`` characters."""
    line = " ".join(visible(text).split())
    return line if len(line) <= size else line[: size - 1] + "…"


def _shown(one: str) -> str:
    if one == LINE or one in JOINERS or unicodedata.category(one) not in HIDING:
        return one
    return f"<U+{ord(one):04X}>"
