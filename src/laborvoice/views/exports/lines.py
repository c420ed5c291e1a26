"""What rows of exports are made from: suppliers page by page, each with links, score, and what that rests on."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from laborvoice.domain import Value
from laborvoice.domain.condition import CONDITIONS, Condition
from laborvoice.domain.export import Basis, Wanted
from laborvoice.domain.ids import CaseId, SupplierKey
from laborvoice.domain.link import Link
from laborvoice.domain.period import Period
from laborvoice.domain.release import Release, statistics
from laborvoice.domain.score import Score
from laborvoice.domain.supplier import Filter, Supplier
from laborvoice.scoring import statistic
from laborvoice.scoring.score import ACTION
from laborvoice.scoring.shares import Estimate, estimate
from laborvoice.store.database import Connection
from laborvoice.store.desk import case_raise
from laborvoice.store.registry import link as links
from laborvoice.store.registry import supplier as suppliers
from laborvoice.store.registry.sight import Sight
from laborvoice.store.release import release
from laborvoice.store.release import score as kept
from laborvoice.store.release.release import Entered
from laborvoice.views import scores
from laborvoice.views.exports.of_cases import NO_CASES, UNREAD, OfCases, of_suppliers
from laborvoice.views.scores import NoScore, PublishedScore, ScoreView

BATCH: Final = 200


class Line(Value, frozen=True):
    """A supplier. ``entered``: the releases that its score rests on, the newest first, hidden ones too."""

    supplier: Supplier
    links: tuple[Link, ...]
    score: ScoreView
    kept: Score | None
    entered: tuple[Entered, ...]
    cases: OfCases = UNREAD

    @property
    def published(self) -> PublishedScore | None:
        return self.score if isinstance(self.score, PublishedScore) else None

    @property
    def basis(self) -> tuple[Basis, ...]:
        return tuple(
            Basis(
                release=one.published.id,
                withheld=not isinstance(one.published, Release),
                period=one.published.period,
                ended=one.ended,
                policy=one.published.policy,
                questionnaire=one.published.questionnaire,
            )
            for one in self.entered
            if one.seen
        )

    def estimates(self, wanted: Sequence[Condition]) -> dict[Condition, Estimate]:
        """Shares of conditions as the score has them; empty where no release had counts."""
        if self.published is None or self.kept is None:
            return {}
        rows = [statistics(one.published, one.ended) for one in self.entered if isinstance(one.published, Release)]
        readings = statistic.shares(rows)
        usual = self.kept.usual.conditions
        return {
            one: estimate(statistic.SHARES[one.place], usual[one.place], readings[one.place])
            for one in wanted
            if readings
        }

    def signals(self, wanted: Sequence[Condition] = CONDITIONS) -> tuple[Condition, ...]:
        """Of which there is evidence: the share is above half its action level, with all but 10 % of the doubt."""
        return tuple(one for one, found in self.estimates(wanted).items() if signal(one, found))


def signal(condition: Condition, found: Estimate) -> bool:
    return found.p10 > ACTION[condition.severity] / 2


async def lines(db: Connection, sight: Sight, wanted: Wanted, now: datetime) -> AsyncIterator[tuple[Line, ...]]:
    """By name, a few at a time. Raises NotFound where one is named that cannot be seen."""
    narrow = wanted.narrow
    if narrow.supplier is not None:
        one = await suppliers.seen(db, sight, narrow.supplier)
        yield await _with_cases(db, sight, (wanted, now), await _lines(db, sight, wanted, [one]))
        return
    after, more = None, True
    raised = () if narrow.band is None else tuple(await case_raise.of(db, sight))
    while more:
        asked = Filter(
            country=narrow.country,
            kind=narrow.kind,
            sector=narrow.sector,
            band=narrow.band,
            period=wanted.period,
            after=after,
            raised=raised,
        )
        rows = await suppliers.page(db, sight, asked, BATCH)
        yield await _with_cases(db, sight, (wanted, now), await _lines(db, sight, wanted, rows))
        after = (rows[-1].name, rows[-1].public_id) if rows else None
        more = len(rows) == BATCH


async def _lines(db: Connection, sight: Sight, wanted: Wanted, rows: Sequence[Supplier]) -> tuple[Line, ...]:
    keys = [row.supplier_id for row in rows]
    own = await links.of_party(db, keys, sight.party)
    seen = await release.newest(db, sight, keys, wanted.period)
    stored = await kept.of_periods(db, [(key, one.published.period) for key, one in seen.items()])
    entered: defaultdict[SupplierKey, list[Entered]] = defaultdict(list)
    for one in await release.entered(db, sight, keys):
        entered[one.supplier_id].append(one)
    cases = await case_raise.of(db, sight) if wanted.cases else {}
    lines = [_line(row, tuple(own.get(row.supplier_id, ())), seen, stored, entered) for row in rows]
    return tuple(_raised(one, cases.get(one.supplier.supplier_id)) for one in lines)


async def _with_cases(
    db: Connection, sight: Sight, asked: tuple[Wanted, datetime], found: tuple[Line, ...]
) -> tuple[Line, ...]:
    wanted, now = asked
    if not wanted.cases:
        return found
    keys = [one.supplier.supplier_id for one in found]
    known = await of_suppliers(db, sight, now, keys)
    return tuple(msgspec.structs.replace(one, cases=known.get(one.supplier.supplier_id, NO_CASES)) for one in found)


def _line(
    row: Supplier,
    own: tuple[Link, ...],
    seen: dict[SupplierKey, release.Seen],
    stored: dict[tuple[SupplierKey, str], Score],
    entered: dict[SupplierKey, list[Entered]],
) -> Line:
    newest = seen.get(row.supplier_id)
    if newest is None:
        return Line(supplier=row, links=own, score=NoScore(), kept=None, entered=())
    score = stored.get((row.supplier_id, newest.published.period))
    ended = Period.parse(newest.published.period).end
    return Line(
        supplier=row,
        links=own,
        score=scores.shown(newest, score),
        kept=score,
        entered=tuple(one for one in entered[row.supplier_id] if _counts(one.ended, ended)),
    )


def _raised(one: Line, case: CaseId | None) -> Line:
    if one.published is None:
        return one
    return msgspec.structs.replace(one, score=scores.raised(one.published, case))


def _counts(one: date, newest: date) -> bool:
    return 0 <= (newest - one).days < statistic.MAX_AGE_DAYS
