"""What is usual, m0: learnt from other suppliers' releases of earlier periods only (design, domain 4.3).

The vault takes ``sums`` once before the first count of a close: suppliers are counted in random order, and none may
enter the score of another of the same period. Sums are of integers, so their order changes nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.condition import CONDITIONS, Severity
from laborvoice.domain.release import Statistics
from laborvoice.domain.score import Level, Usual

MILLION: Final = 1_000_000
DIGITS: Final = 6
LEAST_SUPPLIERS: Final = 5
LEAST_UNLINKED: Final = 3
"""Of the suppliers in a level so many must be unlinked to any one brand: it could subtract those it reads."""

PARENT_SUPPLIERS: Final = 4
"""The parent level weighs as much as so many suppliers."""

_ASSUMED: Final = {Severity.CRITICAL: 0.015, Severity.SEVERE: 0.06, Severity.MODERATE: 0.10}
_COMPOSITE_BOUNDS: Final = (0.2, 9.0)
_SHARE_BOUNDS: Final = (0.005, 0.9)

ASSUMED: Final = Usual(
    composite=1.6,
    conditions=tuple(_ASSUMED[condition.severity] for condition in CONDITIONS),
    suppliers=0,
    level="assumed",
    condition_suppliers=0,
    condition_level="assumed",
)

Key = int | str
"""Tells suppliers, and brands, apart; nothing else is read from it."""

Place = tuple[str, str | None]
"""A country and an ISIC division of it, or None for the whole country."""


class UsualSource(Value, frozen=True):
    """One supplier's latest release, of a period that ended less than 360 days before the one now closing does.

    The sources are what is kept and shared between vaults: ``sums`` of the same ones are the same.
    ``brands`` are those with a confirmed link; ``composite`` and ``conditions`` are u, millionths of the statistic.
    """

    supplier: Key
    brands: frozenset[Key]
    country: str
    division: str | None
    composite: int
    conditions: tuple[int, ...] | None


Feed = Callable[[UsualSource], tuple[int, ...] | None]
"""What a supplier's release adds to a group; None where it has nothing to add."""


class Group(Value, frozen=True):
    """The suppliers of one level that feed some statistics. ``totals`` = sum of u of each.

    ``near`` are the brands to which at most three are not linked: none other can matter once one is left out.
    """

    suppliers: int
    totals: tuple[int, ...]
    linked: Mapping[Key, int]
    near: frozenset[Key]


_NOBODY: Final = Group(suppliers=0, totals=(), linked={}, near=frozenset())


class Sums(Value, frozen=True):
    """All suppliers feed the composite; those whose release has counts feed the sixteen shares, as a group of its own.

    So J, and whether a level counts, is decided once for the composite and once for all conditions together.
    """

    sources: Mapping[Key, UsualSource]
    composite: Mapping[Place, Group]
    conditions: Mapping[Place, Group]


class _Reached(Value, frozen=True):
    values: tuple[float, ...]
    suppliers: int
    level: Level


def per_million(release: Statistics) -> tuple[int, tuple[int, ...] | None]:
    """The u of the composite and of the conditions: floored, and not clipped, which would push rare harms up."""
    n = max(1, release.n)
    counts = release.conditions
    shares = None if counts is None else tuple(count * MILLION // n for count in counts)
    return release.severity_sum * MILLION // n, shares


def sums(sources: Iterable[UsualSource]) -> Sums:
    """One source a supplier."""
    rows = {source.supplier: source for source in sources}
    places: dict[Place, list[UsualSource]] = {}
    for row in rows.values():
        for place in _places(row.country, row.division):
            places.setdefault(place, []).append(row)
    return Sums(
        sources=rows,
        composite={place: _group(members, _composite) for place, members in places.items()},
        conditions={place: _group(members, _conditions) for place, members in places.items()},
    )


def usual(known: Sums, *, supplier: Key, country: str, division: str | None) -> Usual:
    """What is usual at a place, the supplier's own release left out. Rounded to 6 decimals."""
    own = known.sources.get(supplier)
    places = _places(country, division)
    composite = _descend((ASSUMED.composite,), [_others(known.composite, at, own, _composite) for at in places])
    conditions = _descend(ASSUMED.conditions, [_others(known.conditions, at, own, _conditions) for at in places])
    return Usual(
        composite=_clipped(composite.values[0], _COMPOSITE_BOUNDS),
        conditions=tuple(_clipped(value, _SHARE_BOUNDS) for value in conditions.values),
        suppliers=composite.suppliers,
        level=composite.level,
        condition_suppliers=conditions.suppliers,
        condition_level=conditions.level,
    )


def _places(country: str, division: str | None) -> tuple[Place, ...]:
    """Coarsest first; a supplier without a division has its country alone."""
    return ((country, None),) if division is None else ((country, None), (country, division))


def _composite(row: UsualSource) -> tuple[int, ...] | None:
    return (row.composite,)


def _conditions(row: UsualSource) -> tuple[int, ...] | None:
    return row.conditions


def _group(members: Sequence[UsualSource], feed: Feed) -> Group:
    rows = [(row.brands, fed) for row in members if (fed := feed(row)) is not None]
    linked = Counter(brand for brands, _ in rows for brand in brands)
    return Group(
        suppliers=len(rows),
        totals=tuple(sum(column) for column in zip(*(fed for _, fed in rows), strict=True)),
        linked=linked,
        near=frozenset(brand for brand, number in linked.items() if len(rows) - number <= LEAST_UNLINKED),
    )


def _others(groups: Mapping[Place, Group], place: Place, own: UsualSource | None, feed: Feed) -> Group:
    """The group of a place without the supplier itself."""
    group = groups.get(place, _NOBODY)
    if own is None or place not in _places(own.country, own.division):
        return group
    fed = feed(own)
    if fed is None:
        return group
    return Group(
        suppliers=group.suppliers - 1,
        totals=tuple(total - part for total, part in zip(group.totals, fed, strict=True)),
        linked={brand: group.linked[brand] - (brand in own.brands) for brand in group.near},
        near=group.near,
    )


def _descend(assumed: tuple[float, ...], groups: Sequence[Group]) -> _Reached:
    """From what is assumed to the finest level; one that does not count equals its parent."""
    levels: tuple[Level, ...] = ("country", "sector")
    reached = _Reached(values=assumed, suppliers=0, level="assumed")
    for level, group in zip(levels, groups, strict=False):
        if _counts(group):
            values = tuple(_shrunk(*pair, group.suppliers) for pair in zip(reached.values, group.totals, strict=True))
            reached = _Reached(values=values, suppliers=group.suppliers, level=level)
    return reached


def _counts(group: Group) -> bool:
    unlinked = (group.suppliers - group.linked[brand] for brand in group.near)
    return group.suppliers >= LEAST_SUPPLIERS and all(number >= LEAST_UNLINKED for number in unlinked)


def _shrunk(parent: float, total: int, suppliers: int) -> float:
    return (PARENT_SUPPLIERS * parent + total / MILLION) / (PARENT_SUPPLIERS + suppliers)


def _clipped(value: float, bounds: tuple[float, float]) -> float:
    return round(min(max(value, bounds[0]), bounds[1]), DIGITS)
