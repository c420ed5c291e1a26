"""One supplier's lot, summed: the exact totals, which live here and nowhere else."""

from collections.abc import AsyncGenerator, Iterator
from typing import Final

from laborvoice.anonymize import ledger, tally
from laborvoice.crypto import at_rest
from laborvoice.crypto.framing import CarriedRow, SealedRow, unpack_row
from laborvoice.domain import Value
from laborvoice.domain.policy import Policy
from laborvoice.domain.questionnaire import Questionnaire
from laborvoice.domain.report import Contribution, Tally
from laborvoice.errors import Malformed, Undecryptable
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
    """One pass over the lot; memory stays flat."""
    total = tally.EMPTY
    single: list[Contribution] = []
    most = policy.published_from + policy.bound
    async for contributions in _contributions(db, workers, lot):
        total = tally.merged((total, tally.total(contributions)))
        single = [*single, *contributions] if total.ballots <= most else []
    return Counted(tally=total, single=tuple(single))


async def _contributions(db: Connection, workers: Workers, lot: Lot) -> AsyncGenerator[tuple[Contribution, ...]]:
    carried: list[Contribution] = []
    async for batch in workers.stream(opened, _batches(db, lot, carried)):
        yield batch
    yield tuple(carried)


async def _batches(db: Connection, lot: Lot, carried: list[Contribution]) -> AsyncGenerator[Batch]:
    """Sealed rows by the batch; what was carried from earlier periods is put aside, it is bounded already.

    Of a ballot that was copied inside its lot one counts: no token and no carried row is taken twice.
    """
    cipher = at_rest.row_cipher(lot.root)
    name = at_rest.lot(lot.root, lot.supplier, lot.period)
    known: set[bytes] = set()
    async for blobs in batched(box.lot(db, name, lot.period), _BATCH):
        rows = {key: row for one in blobs for key, row in _row(cipher, name, one.blob) if key not in known}
        known.update(rows)
        carried.extend(ledger.unpack(row) for row in rows.values() if isinstance(row, CarriedRow))
        fresh = tuple(row for row in rows.values() if isinstance(row, SealedRow))
        if fresh and lot.questionnaire is not None:
            yield Batch(
                root=lot.root,
                supplier=lot.supplier,
                period=lot.period,
                questionnaire=lot.questionnaire,
                rows=fresh,
            )


def _row(cipher: at_rest.Cipher, lot: bytes, blob: bytes) -> Iterator[tuple[bytes, SealedRow | CarriedRow]]:
    """The row and what it is known by, or nothing: what was put here from another lot, or altered, does not open."""
    try:
        row = unpack_row(at_rest.unwrap(cipher, lot, blob))
    except (Undecryptable, Malformed):
        return
    yield (row.nonce if isinstance(row, SealedRow) else blob), row
