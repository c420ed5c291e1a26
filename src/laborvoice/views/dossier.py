"""One supplier as a page shows it: its score and how it came to be, its periods, what they cost, what may be read."""

from datetime import date
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.ids import SupplierId
from laborvoice.domain.policy import POLICIES, Policy
from laborvoice.domain.release import Ledger
from laborvoice.domain.supplier import workforce
from laborvoice.store.database import Connection, Database
from laborvoice.store.desk import case_raise
from laborvoice.store.registry import sight as sights
from laborvoice.store.registry.sight import Sight
from laborvoice.store.release import ledger, release
from laborvoice.store.release import score as kept
from laborvoice.views import portfolio, releases, scores, suppliers
from laborvoice.views.releases import ReleaseView
from laborvoice.views.scores import NoScore, PeriodScore, PublishedScore, ScoreView
from laborvoice.views.suppliers import SupplierView

PERIODS: Final = 12


class Turn(Value, frozen=True):
    """A period: its release, what it cost, and its score."""

    release: ReleaseView
    score: PeriodScore
    ledger: Ledger


class Dossier(Value, frozen=True):
    """``turns`` newest first, at most twelve; ``score`` is that of the first, ``previous`` the one published before."""

    supplier: SupplierView
    workforce: int | None
    score: ScoreView
    previous: PublishedScore | None
    turns: tuple[Turn, ...]

    @property
    def course(self) -> tuple[portfolio.Turn, ...]:
        """Oldest first."""
        return tuple(portfolio.turn(turn.score) for turn in reversed(self.turns))

    @property
    def policies(self) -> tuple[Policy, ...]:
        """Those of the releases shown; two where it was changed in between."""
        return tuple(one for name, one in POLICIES.items() if name in {turn.release.policy for turn in self.turns})


async def of(database: Database, sight: Sight, supplier: SupplierId) -> Dossier:
    """Raises NotFound."""

    async def step(db: Connection) -> Dossier:
        found = await suppliers.known(db, sight, supplier)
        key = (await sights.key(db, sight, supplier)).supplier_id
        seen = await release.page(db, sight, key, date.max, PERIODS)
        made = await kept.of_periods(db, [(key, row.published.period) for row in seen])
        case = (await case_raise.of(db, sight)).get(key)
        spent = {row.period: row for row in await ledger.of_supplier(db, key)}
        turns = tuple(
            Turn(
                release=releases.shown(row),
                score=scores.raised(scores.shown(row, made.get((key, row.published.period))), case),
                ledger=spent[row.published.period],
            )
            for row in seen
        )
        return _dossier(found, turns)

    return await database.run("dossier", step)


def _dossier(found: SupplierView, turns: tuple[Turn, ...]) -> Dossier:
    older = [turn.score for turn in turns[1:] if isinstance(turn.score, PublishedScore)]
    return Dossier(
        supplier=found,
        workforce=workforce(found.workers_min or None, found.workers_max or None),
        score=turns[0].score if turns else NoScore(),
        previous=older[0] if older else None,
        turns=turns,
    )
