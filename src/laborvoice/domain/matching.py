"""Matching: how likely two descriptions are of one site (design, api 4: over 0.8 the same, from 0.5 to be looked at).

The measure is from 0 to 1. The same identifier, its check digit right: 1. Another country: 0. Else 0.6 of the names and
0.4 of the addresses. Both become sets of words: without accents, abbreviations written out, legal forms and plurals
left out, old names of cities made new, and of each word what other spellings of it have in common (its consonants).
Words that every second site has count a quarter. Names: twice what is shared by what there is (Dice), and 1 where they
differ in spaces alone. Addresses: the mean of that and of what is shared by the shorter one, as many are cut short.
Numbers contradict: in names ("Unit 2") they halve the whole, in addresses they leave it to be looked at, and so do two
different OS IDs on what else would be the same.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final, Generic, TypeVar

from laborvoice.domain import Value
from laborvoice.domain.spelling import ABBREVIATIONS, DIGRAPHS, FORMS, GENERIC, LETTERS, RENAMED

SURE: Final = 0.8
"""Above it two descriptions are taken for one site."""
MAYBE: Final = 0.5
"""From here on somebody looks at them."""

_NAME_SHARE: Final = 0.6
_GENERIC_WEIGHT: Final = 0.25
_SHORT: Final = 3
_MOST: Final = 100
"""Sites compared with one description: those that share its rarest words."""
_SHOWN: Final = 3

_WORD: Final = re.compile(r"[^\W_]+")
_DOUBLED: Final = re.compile(r"(.)\1+")
_VOWELS: Final = re.compile(r"(?<=.)[aeiouhy]+")

R = TypeVar("R")


class Face(Value, frozen=True):
    """What a description is compared by. ``ids`` are ``scheme:value`` of check digits that fit, old OS IDs included.

    ``names`` and ``address`` are sets of words; ``whole`` are the names without their spaces. The rest is what of them
    can contradict.
    """

    country: str
    names: tuple[frozenset[str], ...]
    whole: frozenset[str]
    address: frozenset[str]
    ids: frozenset[str]
    name_numbers: frozenset[str]
    address_numbers: frozenset[str]
    os_ids: frozenset[str]


def face(country: str, names: Iterable[str], address: str, ids: Iterable[str]) -> Face:
    spoken = [_words(name) for name in names if name]
    called = tuple(frozenset(map(_key, words)) for words in spoken)
    place, known = frozenset(map(_key, _words(address))), frozenset(ids)
    return Face(
        country=country,
        names=called,
        whole=frozenset(_squashed("".join(words)) for words in spoken),
        address=place,
        ids=known,
        name_numbers=_numbers(*called),
        address_numbers=_numbers(place),
        os_ids=frozenset(text for text in known if text.startswith("os_id:")),
    )


def match(one: Face, other: Face) -> float:
    """From 0 to 1, the same both ways."""
    if one.ids & other.ids:
        return 1.0
    if one.country != other.country:
        return 0.0
    name = 1.0 if one.whole & other.whole else max((_dice(a, b) for a in one.names for b in other.names), default=0.0)
    address = (_dice(one.address, other.address) + _covered(one.address, other.address)) / 2
    found = _NAME_SHARE * name + (1 - _NAME_SHARE) * address
    if _contradict(one.name_numbers, other.name_numbers):
        found /= 2
    if _contradict(one.os_ids, other.os_ids):
        return SURE if found > SURE else 0.0
    return min(found, SURE) if _contradict(one.address_numbers, other.address_numbers) else found


class Index(Generic[R]):
    """Sites by country and word, so that a description is compared with a few of them. ``R`` names a site."""

    def __init__(self) -> None:
        self._faces: list[tuple[Face, R]] = []
        self._places: dict[str, list[int]] = {}

    def add(self, one: Face, name: R) -> None:
        place = len(self._faces)
        self._faces.append((one, name))
        for key in _keys(one):
            self._places.setdefault(key, []).append(place)

    def best(self, one: Face) -> tuple[tuple[float, R], ...]:
        """Those that may be the same site, the likeliest first, at most three."""
        found = ((match(one, self._faces[place][0]), place) for place in self._near(one))
        likely = sorted((pair for pair in found if pair[0] >= MAYBE), key=lambda pair: (-pair[0], pair[1]))
        return tuple((score, self._faces[place][1]) for score, place in likely[:_SHOWN])

    def _near(self, one: Face) -> set[int]:
        near: set[int] = set()
        for places in sorted((self._places.get(key, []) for key in _keys(one)), key=len):
            near.update(places[: _MOST - len(near)])
        return near


def _keys(one: Face) -> Iterator[str]:
    """Generic words lead to too many: they count only where a name has no other."""
    yield from one.ids
    words = frozenset[str]().union(*one.names)
    for word in (words - GENERIC or words) | one.whole:
        yield f"{one.country} {word}"


def _words(text: str) -> list[str]:
    """Plain words in their order, legal forms left out unless there is nothing else."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(LETTERS))
    found = _WORD.findall("".join(letter for letter in plain if not unicodedata.combining(letter)))
    words = [_word(word) for word in _initials_joined(found)]
    return [word for word in words if word not in FORMS] or words


def _initials_joined(words: Iterable[str]) -> Iterator[str]:
    """``s m knit`` is ``sm knit``."""
    initials = ""
    for word in words:
        if len(word) == 1 and word.isalpha():
            initials += word
            continue
        if initials:
            yield initials
        initials = ""
        yield word
    if initials:
        yield initials


def _word(word: str) -> str:
    if word.isdigit():
        return word.lstrip("0") or "0"
    long = ABBREVIATIONS.get(word, word)
    single = long[:-1] if len(long) > _SHORT and long.endswith("s") and not long.endswith("ss") else long
    return RENAMED.get(single, single)


def _key(word: str) -> str:
    """What the spellings of a word have in common. Generic words keep their own, to be known as such."""
    return word if word in GENERIC or any(letter.isdigit() for letter in word) else _squashed(word)


def _squashed(word: str) -> str:
    for pair, one in DIGRAPHS:
        word = word.replace(pair, one)
    bones = _DOUBLED.sub(r"\1", _VOWELS.sub("", word))
    return bones if len(bones) >= _SHORT else _DOUBLED.sub(r"\1", word)


def _weight(words: frozenset[str]) -> float:
    return len(words) - (1 - _GENERIC_WEIGHT) * len(words & GENERIC)


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    both = _weight(one) + _weight(other)
    return 2 * _weight(one & other) / both if both else 0.0


def _covered(one: frozenset[str], other: frozenset[str]) -> float:
    least = min(_weight(one), _weight(other))
    return _weight(one & other) / least if least else 0.0


def _numbers(*texts: frozenset[str]) -> frozenset[str]:
    return frozenset(word for words in texts for word in words if word.isdigit())


def _contradict(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one) and bool(other) and not one & other
