"""E3 and E8: the whole portfolio in words, for a report. What nothing measures stays, and says so."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime
from typing import Final

from laborvoice.domain.condition import CONDITIONS, Condition
from laborvoice.domain.export import Cells, Page, Table, Wanted
from laborvoice.domain.mapping import MAPPINGS
from laborvoice.store.database import Connection
from laborvoice.store.registry.sight import Sight
from laborvoice.views.exports.indicators import NOT_MEASURED
from laborvoice.views.exports.lines import Line, lines
from laborvoice.views.scores import WithheldScore

ESRS: Final = Table(
    name="esrs-s2",
    title="ESRS S2, workers in the value chain",
    columns=("datapoint", "text", "value", "source_rows"),
)
PACK: Final = Table(
    name="information",
    title="Information pack",
    columns=("question", "scope", "answer", "measures", "results"),
)
_GRAVE: Final = frozenset(one for one in CONDITIONS if "forced labour" in MAPPINGS[one].esrs_s2) | {
    Condition.CHILD_LABOUR
}
_WIDESPREAD: Final = 3
"""Suppliers with a signal of the same condition, from which on it is not individual."""


class Sum:
    """Of all suppliers so far."""

    def __init__(self) -> None:
        self.suppliers = self.published = self.withheld = self.answers = self.improving = self.worsening = 0
        self.periods: set[str] = set()
        self.countries: set[str] = set()
        self.goods: set[str] = set()
        self.signals: Counter[Condition] = Counter()

    def take(self, one: Line) -> None:
        self.suppliers += 1
        self.withheld += isinstance(one.score, WithheldScore)
        score = one.published
        if score is None:
            return
        self.published += 1
        self.answers += score.answers
        self.improving += score.trend.direction == "improving"
        self.worsening += score.trend.direction == "worsening"
        self.periods.add(score.period)
        found = one.signals()
        self.signals.update(found)
        if _GRAVE.intersection(found):
            self.countries.add(one.supplier.country)
            self.goods.update(one.supplier.products)

    def of(self, condition: Condition) -> str:
        return f"signal at {self.signals[condition]} of {self.published} suppliers with a score"

    @property
    def risks(self) -> str:
        """The most frequent first."""
        return _or_none(f"{one.value} at {count}" for one, count in self.signals.most_common())

    @property
    def widespread(self) -> str:
        many = sorted(one.value for one, count in self.signals.items() if count >= _WIDESPREAD)
        few = sorted(one.value for one, count in self.signals.items() if count < _WIDESPREAD)
        return f"at {_WIDESPREAD} suppliers or more: {_or_none(many)}; at fewer: {_or_none(few)}"

    @property
    def engaged(self) -> str:
        where = f"at {self.published} of {self.suppliers} suppliers; {self.withheld} withheld"
        return f"about {self.answers} answers {where}"


async def esrs(db: Connection, sight: Sight, wanted: Wanted, now: datetime) -> AsyncIterator[Page]:
    async for page in _summed(db, sight, (wanted, now), _esrs):
        yield page


async def pack(db: Connection, sight: Sight, wanted: Wanted, now: datetime) -> AsyncIterator[Page]:
    async for page in _summed(db, sight, (wanted, now), _pack):
        yield page


async def _summed(
    db: Connection, sight: Sight, asked: tuple[Wanted, datetime], rows: Callable[[Sum, Wanted], tuple[Cells, ...]]
) -> AsyncIterator[Page]:
    total, (wanted, now) = Sum(), asked
    async for some in lines(db, sight, wanted, now):
        for one in some:
            total.take(one)
            yield Page(rows=(), basis=one.basis)
    yield Page(rows=rows(total, wanted))


def _esrs(one: Sum, wanted: Wanted) -> tuple[Cells, ...]:
    del wanted
    e4, e2 = "E4: state signal", "E2: all rows"
    goods = f"countries: {_or_none(sorted(one.countries))}; HS codes: {_or_none(sorted(one.goods))}"
    return (
        ("SBM-3 11(b)", "Countries and goods at risk of child or forced labour", goods, e4),
        ("SBM-3 11(c)", "Whether impacts are widespread or individual", one.widespread, "E1: conditions"),
        ("S2-2 22", "Who was engaged", f"workers themselves, anonymously: {one.engaged}", e2),
        ("S2-2 23", "How often", f"each period; here: {_or_none(sorted(one.periods))}", e2),
        ("S2-3 27", "Channels", "anonymous ballots and sealed messages to watchdogs, never through the employer", None),
        ("S2-3 28", "Trust in channels: voice_retaliation", one.of(Condition.VOICE_RETALIATION), "E1: conditions"),
        ("S2-3 28", "Policies against retaliation", NOT_MEASURED, None),
        ("S2-4 32", "Actions taken", NOT_MEASURED, None),
        ("S2-4 33", "Remedy provided", NOT_MEASURED, None),
        ("S2-4 36", "Severe human rights incidents", NOT_MEASURED, None),
    )


def _pack(one: Sum, wanted: Wanted) -> tuple[Cells, ...]:
    scope = f"{one.suppliers} suppliers, {wanted.period or 'the newest period of each'}"
    moved = f"{one.improving} improving and {one.worsening} worsening beyond chance, of {one.published} with a score"
    risks = f"signals, by number of suppliers: {one.risks}"
    return (
        ("Which adverse impacts and significant risks were found?", scope, risks, NOT_MEASURED, moved),
        ("Area 3: policies and due diligence", scope, f"workers are asked: {one.engaged}", NOT_MEASURED, None),
        ("Area 4: assessing and managing risk", scope, risks, NOT_MEASURED, None),
        ("Area 6: effectiveness", scope, moved, NOT_MEASURED, moved),
    )


def _or_none(texts: Iterable[str]) -> str:
    return ", ".join(texts) or "none"
