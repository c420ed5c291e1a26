"""E4: the eleven ILO indicators of forced labour at each supplier.

Of the conditions behind an indicator the one with the strongest evidence is shown: how far its share exceeds its action
level, with all but 10 % of the doubt. The fourth, isolation, is never asked about: the isolated cannot answer safely.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Final

from laborvoice.domain.condition import CONDITIONS, Condition
from laborvoice.domain.export import Cells, Page, Table, Wanted
from laborvoice.domain.mapping import MAPPINGS
from laborvoice.scoring.score import ACTION
from laborvoice.scoring.shares import Estimate
from laborvoice.store.database import Connection
from laborvoice.store.registry.sight import Sight
from laborvoice.views.exports.lines import Line, lines, signal
from laborvoice.views.exports.of_cases import OfCases

NAMES: Final[Mapping[int, str]] = {
    1: "abuse of vulnerability",
    2: "deception",
    3: "restriction of movement",
    4: "isolation",
    5: "physical and sexual violence",
    6: "intimidation and threats",
    7: "retention of identity documents",
    8: "withholding of wages",
    9: "debt bondage",
    10: "abusive working and living conditions",
    11: "excessive overtime",
}
BEHIND: Final[Mapping[int, tuple[Condition, ...]]] = {
    number: tuple(one for one in CONDITIONS if number in MAPPINGS[one].forced_labour) for number in NAMES
}
MEASURED: Final = tuple(one for one in CONDITIONS if MAPPINGS[one].forced_labour)
NOT_MEASURED: Final = "not measured"
NO_EVIDENCE: Final = "no evidence of"
SIGNAL: Final = "signal"
SUBSTANTIATED: Final = "substantiated"
REMEDIATED: Final = "remediated"
DIGITS: Final = 6

TABLE: Final = Table(
    name="indicators",
    title="ILO indicators of forced labour",
    columns=(
        "supplier",
        "name",
        "country",
        "hs_codes",
        "period",
        "indicator",
        "indicator_name",
        "conditions",
        "shown",
        "answers",
        "share",
        "low",
        "high",
        "p10",
        "cases",
        "verified_how",
        "verified_on",
        "remedy",
        "state",
        "release",
    ),
)


async def pages(db: Connection, sight: Sight, wanted: Wanted, now: datetime) -> AsyncIterator[Page]:
    async for some in lines(db, sight, wanted, now):
        for one in some:
            yield Page(rows=_rows(one), basis=one.basis)


def _rows(one: Line) -> tuple[Cells, ...]:
    found = one.estimates(MEASURED)
    return tuple(_row(one, number, {each: found[each] for each in BEHIND[number] if each in found}) for number in NAMES)


def _row(one: Line, number: int, found: Mapping[Condition, Estimate]) -> Cells:
    supplier, score = one.supplier, one.published
    what = (supplier.public_id, supplier.name, supplier.country, " ".join(supplier.products))
    period = None if score is None else score.period
    asked = (number, NAMES[number], " ".join(BEHIND[number]))
    known = one.cases.about(BEHIND[number])
    cases = (known.numbers, known.verified_how, known.verified_on, known.remedy)
    if score is None or not found:
        release = None if score is None else score.release
        return (*what, period, *asked, *([None] * 6), *cases, _state(known, NOT_MEASURED), release)
    shown = max(found, key=lambda each: found[each].p10 / ACTION[each.severity])
    figures = found[shown]
    numbers = tuple(round(each, DIGITS) for each in (figures.mean, figures.p05, figures.p95, figures.p10))
    state = SIGNAL if signal(shown, figures) else NO_EVIDENCE
    return (*what, period, *asked, shown.value, score.answers, *numbers, *cases, _state(known, state), score.release)


def _state(known: OfCases, measured: str) -> str:
    """What people found out goes before what ballots say."""
    if known.substantiated:
        return SUBSTANTIATED
    return REMEDIATED if known.repaired else measured
