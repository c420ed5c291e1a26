"""A viewer's portfolio in its orders: sorted once, kept while nothing that decides it has changed.

The first page of ten thousand suppliers must cost what that of a hundred does. Every figure that is shown is read anew,
under the viewer's sight: what is kept here decides the order and the sums alone.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import Final, Literal, get_args

import msgspec

from laborvoice.clock import Clock
from laborvoice.domain import Value
from laborvoice.domain.ids import SupplierId
from laborvoice.domain.score import Band, at_least_high, band
from laborvoice.domain.supplier import Filter, normal
from laborvoice.store.database import Connection, Database
from laborvoice.store.desk import case_raise
from laborvoice.store.registry.sight import Sight
from laborvoice.store.release import portfolio
from laborvoice.store.release.portfolio import Standing

Order = Literal["low", "score", "change", "name"]
"""By the lower end of the range (the strongest evidence first), the score, how clearly it worsened, or the name."""

State = Literal["published", "withheld", "none"]

Place = tuple[int, float | str, SupplierId]
"""Where a row stands: published before withheld before none, then by the order, then by id."""

KEEP_SECONDS: Final = 300.0
KEEP_ROWS: Final = 200_000
GRAVE: Final[frozenset[Band]] = frozenset({"high", "severe"})
"""A lower end in one of these is grave however the doubt falls."""

_GROUPS: Final[tuple[State, ...]] = get_args(State)


class Summary(Value, frozen=True):
    """Of the whole portfolio. ``grave`` are high or severe even at their lower bound."""

    suppliers: int
    published: int
    withheld: int
    none: int
    grave: int
    worsening: int
    improving: int


class Narrow(Filter, frozen=True):
    """``state``: of the newest period."""

    state: State | None = None


class Roster:
    def __init__(self, standings: Sequence[Standing]) -> None:
        self._standings = tuple(standings)
        self._sorted: dict[Order, tuple[tuple[Place, ...], tuple[Standing, ...]]] = {}

    def __len__(self) -> int:
        return len(self._standings)

    @cached_property
    def summary(self) -> Summary:
        states = Counter(one.state for one in self._standings)
        moves = Counter(one.direction for one in self._standings)
        return Summary(
            suppliers=len(self._standings),
            published=states["published"],
            withheld=states["withheld"],
            none=states["none"],
            grave=sum(one.low is not None and band(one.low) in GRAVE for one in self._standings),
            worsening=moves["worsening"],
            improving=moves["improving"],
        )

    @cached_property
    def countries(self) -> tuple[str, ...]:
        return tuple(sorted({one.country for one in self._standings}))

    @cached_property
    def sectors(self) -> tuple[str, ...]:
        """ISIC divisions."""
        return tuple(sorted({code[:2] for one in self._standings for code in one.isic}))

    def page(self, order: Order, narrow: Narrow, after: Place | None, limit: int) -> tuple[tuple[Place, Standing], ...]:
        places, rows = self._in(order)
        start = 0 if after is None else bisect_right(places, after)
        return tuple(islice(_kept(places, rows, start, narrow), limit))

    def _in(self, order: Order) -> tuple[tuple[Place, ...], tuple[Standing, ...]]:
        if order not in self._sorted:
            placed = sorted(((_place(order, one), one) for one in self._standings), key=lambda pair: pair[0])
            self._sorted[order] = tuple(place for place, _ in placed), tuple(one for _, one in placed)
        return self._sorted[order]


class Rosters:
    """Those of the parties that looked last."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[Sight, tuple[str, float, Roster]] = {}

    async def of(self, database: Database, sight: Sight) -> Roster:
        async def step(db: Connection) -> Roster:
            cases = await case_raise.of(db, sight)
            stamp = " ".join((await portfolio.stamp(db, sight), *map(str, sorted(cases))))
            found = self._kept.get(sight)
            if found is not None and found[0] == stamp and self._clock.monotonic() - found[1] < KEEP_SECONDS:
                return found[2]
            rows = await portfolio.standings(db, sight)
            roster = Roster([_raised(one) if one.supplier_id in cases else one for one in rows])
            self._keep(sight, stamp, roster)
            return roster

        return await database.run("roster", step)

    def _keep(self, sight: Sight, stamp: str, roster: Roster) -> None:
        self._kept.pop(sight, None)
        self._kept[sight] = stamp, self._clock.monotonic(), roster
        while len(self._kept) > 1 and sum(len(one) for _, _, one in self._kept.values()) > KEEP_ROWS:
            del self._kept[next(iter(self._kept))]


def _raised(one: Standing) -> Standing:
    return one if one.band is None else msgspec.structs.replace(one, band=at_least_high(one.band))


def _kept(
    places: Sequence[Place], rows: Sequence[Standing], start: int, narrow: Narrow
) -> Iterator[tuple[Place, Standing]]:
    fits = _fitting(narrow)
    for at in range(start, len(rows)):
        if fits(rows[at]):
            yield places[at], rows[at]


def _fitting(narrow: Narrow) -> Callable[[Standing], bool]:
    words = None if narrow.q is None else narrow.q.lower()
    os_id = None if narrow.q is None else normal(narrow.q)

    def fits(one: Standing) -> bool:
        return (
            narrow.state in {None, one.state}
            and narrow.country in {None, one.country}
            and narrow.kind in {None, one.kind}
            and narrow.band in {None, one.band}
            and (narrow.sector is None or any(code.startswith(narrow.sector) for code in one.isic))
            and (words is None or _named(one, words) or one.os_id == os_id)
        )

    return fits


def _named(one: Standing, words: str) -> bool:
    return words in one.name.lower() or words in (one.native_name or "").lower()


def _place(order: Order, one: Standing) -> Place:
    return _GROUPS.index(one.state), _KEYS[order](one), one.public_id


def _last(value: float | None) -> float:
    """The highest first; what there is not comes last."""
    return float("inf") if value is None else -value


def _by_name(one: Standing) -> str:
    return one.name.casefold()


def _by_low(one: Standing) -> float | str:
    return _by_name(one) if one.low is None else -one.low


def _by_score(one: Standing) -> float | str:
    return _by_name(one) if one.score is None else -one.score


def _by_change(one: Standing) -> float | str:
    return _by_name(one) if one.score is None else _last(one.z)


_KEYS: Final[Mapping[Order, Callable[[Standing], float | str]]] = {
    "low": _by_low,
    "score": _by_score,
    "change": _by_change,
    "name": _by_name,
}
