"""E1: a supplier's site sheet: what it is and its score, and each condition."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final

from laborvoice.domain.export import Cells, Page, Table, Wanted
from laborvoice.domain.link import Link
from laborvoice.domain.supplier import identifiers, workforce
from laborvoice.store.database import Connection
from laborvoice.store.registry.sight import Sight
from laborvoice.views.exports.lines import Line, lines
from laborvoice.views.exports.portfolio import override, state

SITE: Final = Table(
    name="site",
    title="The site and its score",
    columns=(
        "supplier",
        "name",
        "os_id",
        "lei",
        "address",
        "country",
        "links",
        "workforce",
        "period",
        "covers",
        "state",
        "answers",
        "coverage",
        "score",
        "band",
        "low",
        "high",
        "confidence",
        "reasons",
        "usual",
        "usual_suppliers",
        "driver",
        "unexplained",
        "trend",
        "fresh_start",
        "release",
        "override",
        "cases",
        "actions",
        "loop_messages",
    ),
)
CONDITIONS: Final = Table(
    name="conditions",
    title="Conditions, as shares of those who answered",
    columns=(
        "supplier",
        "period",
        "condition",
        "severity",
        "share",
        "low",
        "high",
        "usual",
        "contribution",
        "trend",
    ),
)


async def site(db: Connection, sight: Sight, wanted: Wanted, now: datetime) -> AsyncIterator[Page]:
    async for some in lines(db, sight, wanted, now):
        yield Page(rows=tuple(_site(one) for one in some), basis=tuple(each for one in some for each in one.basis))


async def conditions(db: Connection, sight: Sight, wanted: Wanted, now: datetime) -> AsyncIterator[Page]:
    async for some in lines(db, sight, wanted, now):
        basis = tuple(each for one in some for each in one.basis)
        yield Page(rows=tuple(row for one in some for row in _conditions(one)), basis=basis)


def _site(one: Line) -> Cells:
    row = one.supplier
    numbers = {each.scheme: each.value for each in identifiers(row.os_id, row.identifiers)}
    people = workforce(row.workers_min, row.workers_max)
    what = (row.public_id, row.name, row.os_id, numbers.get("lei"), row.address, row.country, _links(one.links), people)
    known = one.cases
    cases = (known.standing, known.actions, known.loop_messages) if known.readable else (None,) * 3
    return (*what, *_score(one), override(one.score), *cases)


def _links(own: tuple[Link, ...]) -> str:
    return "; ".join(f"{link.state}, tier {link.tier}, {link.role}, from {link.from_day}{_until(link)}" for link in own)


def _until(link: Link) -> str:
    return "" if link.to_day is None else f" to {link.to_day}"


def _score(one: Line) -> Cells:
    """From the period on."""
    found, stored = one.published, one.kept
    if found is None or stored is None:
        period = None if not one.entered else one.entered[0].published.period
        covers = "" if not one.entered else " ".join(one.entered[0].published.covers)
        return (period, covers, state(one.score), *([None] * (SITE.columns.index("override") - len(_BEFORE))))
    return (
        found.period,
        " ".join(found.covers),
        "published",
        found.answers,
        stored.coverage,
        found.score,
        found.band,
        found.low,
        found.high,
        found.confidence,
        " ".join(found.reasons),
        found.usual.value,
        found.usual.suppliers,
        found.driver,
        found.unexplained,
        found.trend.direction,
        " ".join(found.fresh_start),
        found.release,
    )


_BEFORE: Final = SITE.columns[: SITE.columns.index("state") + 1]


def _conditions(one: Line) -> tuple[Cells, ...]:
    """In the order of the score's reasons; none where no release had counts."""
    found = one.published
    if found is None:
        return ()
    moved = {each.condition: each.direction for each in found.trend.conditions}
    return tuple(
        (
            one.supplier.public_id,
            found.period,
            each.condition.value,
            each.severity,
            each.share,
            each.low,
            each.high,
            each.usual,
            each.contribution,
            moved.get(each.condition),
        )
        for each in found.because
    )
