"""What the synthetic world is made of: suppliers, who buys from them, who watches (design, domain 9).

All names are invented and end in "(demo)".
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.condition import Condition
from laborvoice.domain.period import Period
from laborvoice.domain.supplier import OS_ID_ALPHABET, Engagement, SupplierKind

MARK: Final = " (demo)"
OS_ID_DIGITS: Final = "2026001"
OS_ID_LETTERS: Final = "DEM"
WORKERS_PER_ANSWER: Final = 5
SPARE_CARDS: Final = 5
LEAST_CARDS: Final = 20


class Site(Value, frozen=True):
    """``answers`` a quarter; ``levels`` in log-odds and ``overrides`` as shares, one for each quarter.

    ``expected`` says in words what is to be seen at the end. ``people`` and ``printed`` where the rule does not fit.
    """

    number: int
    short: str
    country: str
    isic: str
    answers: int
    expected: str
    levels: tuple[float, ...] = ()
    overrides: Mapping[Condition, tuple[float, ...]] = {}
    kind: SupplierKind = "factory"
    engagement: Engagement = "ok"
    people: int = 0
    printed: int = 0

    @property
    def name(self) -> str:
        return self.short + MARK

    @property
    def os_id(self) -> str:
        return demo_os_id(self.country, self.number)

    @property
    def workforce(self) -> int:
        return self.people or self.answers * WORKERS_PER_ANSWER

    @property
    def cards(self) -> int:
        """Some more than are used: what is tried twice on purpose needs none, a visitor of the kept home does."""
        return self.printed or max(self.answers + SPARE_CARDS, LEAST_CARDS)


class Party(Value, frozen=True):
    """A brand with the suppliers it buys from and those it only claims, by ``short``; or a watchdog with its scopes."""

    short: str
    country: str
    links: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.short + MARK


class World(Value, frozen=True):
    """``brands`` are two; of ``watchdogs`` the first covers every supplier of the small world.

    ``call``: the ``short`` name of the supplier, covered by the first watchdog, from where somebody calls for help.
    """

    sites: tuple[Site, ...]
    brands: tuple[Party, Party]
    watchdogs: tuple[Party, ...]
    quarters: int
    call: str

    @property
    def caller(self) -> Site:
        return next(site for site in self.sites if site.short == self.call)

    @property
    def buyer(self) -> int:
        """Which of the brands buys from there: the first that does."""
        return next(place for place, brand in enumerate(self.brands) if self.call in brand.links)

    @property
    def polled(self) -> tuple[Site, ...]:
        """Where workers are asked at all."""
        return tuple(site for site in self.sites if site.answers)

    @property
    def countries(self) -> tuple[str, ...]:
        return tuple(sorted({site.country for site in self.sites}))


def demo_os_id(country: str, number: int) -> str:
    """A synthetic OS ID with its check character (design, domain 5)."""
    tail = f"{OS_ID_DIGITS}{OS_ID_LETTERS}{number:02d}"
    total = sum(map(ord, country)) + sum(map(OS_ID_ALPHABET.index, tail))
    return country + tail + OS_ID_ALPHABET[total % len(OS_ID_ALPHABET)]


def closed_quarters(today: date, count: int) -> tuple[Period, ...]:
    """The last ``count`` quarters whose boxes have closed by ``today``, oldest first."""
    last = Period.at(today, "quarter").previous()
    if last.close > today:
        last = last.previous()
    found = [last]
    for _ in range(count - 1):
        found.insert(0, found[0].previous())
    return tuple(found)
