"""One supplier's lot, summed: the exact totals, which live here and nowhere else."""

from collections.abc import AsyncGenerator
from typing import Final

from laborvoice.anonymize import tally
from laborvoice.crypto import at_rest
from laborvoice.domain import Value
from laborvoice.domain.policy import Policy
from laborvoice.domain.questionnaire import Questionnaire
from laborvoice.domain.report import Contribution, Tally
from laborvoice.pipeline.count.opened import Batch, opened
from laborvoice.store.ballot import box
from laborvoice.store.database import Connection
from laborvoice.workers import Workers, batched

_BATCH: Final = 512


class Lot(Value, frozen=True):
    """Whose ballots, and how they are opened. ``questionnaire``: None where the supplier had no token key this time."""

    root: bytes
    supplier: str
    period: str
    questionnaire: Questionnaire | None


class Counted(Value, frozen=True):
    """``single``: the contributions one by one, as long as so few might still be withheld; else empty."""

    tally: Tally
    single: tuple[Contribution, ...]


async def count(db: Connection, workers: Workers, lot: Lot, policy: Policy) -> Counted:
    """One pass over the lot. Of a ballot that was copied inside it one counts, in whichever batches the copies lie.

    Memory holds a few batches, and 32 bytes of each ballot.
    """
    total = tally.EMPTY
    single: tuple[Contribution, ...] = ()
    known: set[bytes] = set()
    most = policy.published_from + policy.bound
    async for found in workers.stream(opened, _batches(db, lot)):
        fresh = found if known.isdisjoint(found.keys) else found.without(known)
        known.update(fresh.keys)
        total = tally.merged((total, fresh.tally))
        single = (*single, *fresh.each()) if total.ballots <= most else ()
    return Counted(tally=total, single=single)


async def _batches(db: Connection, lot: Lot) -> AsyncGenerator[Batch]:
    name = at_rest.lot(lot.root, lot.supplier, lot.period)
    async for rows in batched(box.lot(db, name, lot.period), _BATCH):
        yield Batch(
            root=lot.root,
            supplier=lot.supplier,
            period=lot.period,
            questionnaire=lot.questionnaire,
            rows=tuple(row.blob for row in rows),
        )
