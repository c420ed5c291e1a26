"""What a text that workers read must satisfy before it is imported (design, domain 2)."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

Texts = dict[str, str]
"""Language code to text."""

SOURCE: Final = "en"
MAX_CHARACTERS: Final = 160

_MARKUP: Final = frozenset("<>&")
_BIDI: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They are no Cc characters, but they too can make a text read as something else."""
_PLACEHOLDER: Final = re.compile(r"\{[^{}]*\}|[{}]")


def faults(name: str, texts: Mapping[str, str], required: Iterable[str]) -> Iterator[str]:
    """What is wrong with one text in all its languages; ``required`` languages may not be missing."""
    if SOURCE not in texts:
        yield f"{name}: English is missing"
        return
    for language in required:
        if language not in texts:
            yield f"{name}: {language} is missing"
    for language, text in texts.items():
        fault = character_fault(text)
        if fault is not None:
            yield f"{name}: {language}: {fault}"
        if _placeholders(text) != _placeholders(texts[SOURCE]):
            yield f"{name}: {language}: placeholders differ from English"


def character_fault(text: str) -> str | None:
    if not text.strip() or len(text) > MAX_CHARACTERS:
        return f"not 1 to {MAX_CHARACTERS} characters"
    if not unicodedata.is_normalized("NFC", text):
        return "not in normal form NFC"
    if any(letter in _MARKUP or letter in _BIDI or unicodedata.category(letter) == "Cc" for letter in text):
        return "control characters or markup"
    return None


def repeated(kind: str, all_texts: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """Two questions (options, labels) with one wording cannot be told apart on the screen."""
    seen: set[tuple[str, str]] = set()
    for texts in all_texts:
        for language, text in texts.items():
            if (language, text) in seen:
                yield f"{kind}: {language}: the same text twice"
            seen.add((language, text))


def _placeholders(text: str) -> list[str]:
    return sorted(_PLACEHOLDER.findall(text))
