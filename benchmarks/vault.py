"""``vault``: ballots opened, decoded and tallied a second, against the raw HPKE loop; one worker and two.

``vs_raw`` is one core against itself. ``two_workers`` is the count of a supplier's lot as it is done at a close, from
the rows in PostgreSQL to the sum, with worker processes.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import ExitStack, asynccontextmanager
from statistics import median
from typing import Final

import ballots
import harness
from ballots import Pile, Row
from harness import Outcome, Size, Watch
from station import BANK, CHANCE, PERIOD, POLICY, Station, station

from laborvoice.anonymize import tally
from laborvoice.crypto import at_rest, suites
from laborvoice.crypto.framing import SealedRow, unpack_row
from laborvoice.crypto.sealing import info_ballot
from laborvoice.domain import Value
from laborvoice.domain.questionnaire import Questionnaire
from laborvoice.pipeline.count import lot
from laborvoice.pipeline.count.opened import Batch, opened
from laborvoice.store.database import Connection, Database
from laborvoice.workers import Workers, processes

SUPPLIER: Final = "sup_bench"
WORKERS: Final = 2
BATCH: Final = 512


class Field(Value, frozen=True):
    """``rows`` as they lie in the box, ``sealed`` what the raw loop opens of them; ``workers`` by how many they are."""

    root: bytes
    rows: tuple[bytes, ...]
    sealed: tuple[SealedRow, ...]
    count: int
    vault: Database
    workers: dict[int, Workers]
    questionnaire: Questionnaire

    async def raw(self) -> float:
        """HPKE alone: the same bytes, the same keys, nothing after."""
        pair = suites.key_pair(self.root, suites.OURS)
        info = info_ballot(pair.suite, pair.kid, SUPPLIER, PERIOD.label)
        hpke = suites.SUITES[suites.OURS].hpke
        with Watch() as watch:
            for row in self.sealed:
                hpke.decrypt(row.ballot_part, pair.private, info)
        return len(self.sealed) / watch.seconds

    async def ours(self) -> float:
        """As a worker does it: opened, bound to its token, decoded, bounded, added."""
        batches = [self._batch(at) for at in range(0, len(self.rows), BATCH)]
        with Watch() as watch:
            total = tally.merged(opened(batch).tally for batch in batches)
        _check(total.ballots, len(self.rows))
        return len(self.rows) / watch.seconds

    async def counted(self, workers: int) -> float:
        whose = lot.Lot(root=self.root, supplier=SUPPLIER, period=PERIOD.label, questionnaire=self.questionnaire)

        async def step(db: Connection) -> lot.Counted:
            return await lot.count(db, self.workers[workers], whose, POLICY)

        with Watch() as watch:
            found = await self.vault.run("count", step)
        _check(found.tally.ballots, self.count)
        return self.count / watch.seconds

    def _batch(self, at: int) -> Batch:
        return Batch(
            root=self.root,
            supplier=SUPPLIER,
            period=PERIOD.label,
            questionnaire=self.questionnaire,
            rows=self.rows[at : at + BATCH],
        )


def _check(found: int, expected: int) -> None:
    if found != expected:
        raise RuntimeError(f"{found} of {expected} ballots were counted.")


async def bench(size: Size) -> Outcome:
    async with _field(size) as field:
        core = await harness.interleaved({"raw": field.raw, "ours": field.ours})
        lots = await harness.interleaved({str(n): _counting(field, n) for n in (1, WORKERS)})
    ratios = {
        "vs_raw": harness.ratio(core["ours"], core["raw"]),
        "two_workers": harness.ratio(lots[str(WORKERS)], lots["1"]),
    }
    rows = [
        ("raw HPKE, one core", f"{harness.spread(core['raw'])}/s"),
        ("opened, decoded, tallied, one core", f"{harness.spread(core['ours'])}/s"),
        ("a lot from PostgreSQL, 1 worker", f"{harness.spread(lots['1'])}/s"),
        (f"a lot from PostgreSQL, {WORKERS} workers", f"{harness.spread(lots[str(WORKERS)])}/s"),
    ]
    return Outcome(ratios=ratios, per_second=median(core["ours"]), rows=rows)


def _counting(field: Field, workers: int) -> harness.Measure:
    async def measure() -> float:
        return await field.counted(workers)

    return measure


@asynccontextmanager
async def _field(size: Size) -> AsyncGenerator[Field]:
    async with station() as one:
        root = CHANCE.bytes(suites.ROOT_SIZE)
        count = size.pick(60_000, 20_000, 600)
        await one.sql(
            f"SELECT ballot.make_partition('box', '{PERIOD.label}', false)",
            f"SELECT ballot.make_partition('tray', '{PERIOD.label}', false)",
        )
        made = await _boxed(one, Pile(root=root, supplier=SUPPLIER, period=PERIOD.label, count=count))
        cipher = at_rest.row_cipher(root)
        opened_rows = (unpack_row(at_rest.unwrap(cipher, name, blob)) for name, _, _, blob in made)
        sealed = tuple(row for row in opened_rows if isinstance(row, SealedRow))
        async with Database.open(one.dsn("vault"), size=2) as vault:
            with ExitStack() as stack:
                workers = {n: stack.enter_context(processes(n)) for n in (1, WORKERS)}
                yield Field(
                    root=root,
                    rows=tuple(blob for _, _, _, blob in made),
                    sealed=sealed,
                    count=count,
                    vault=vault,
                    workers=workers,
                    questionnaire=BANK.questionnaire(*ballots.ASKED),
                )


async def _boxed(one: Station, pile: Pile) -> Sequence[Row]:
    """All go into the box; the first few thousand come back, for the raw loop."""
    kept: list[Row] = []
    with ballots.makers() as pool:
        for chunk in ballots.rows(pool, ballots.split(pile)):
            await one.copy("ballot.box", ("lot", "period", "id", "blob"), chunk)
            kept += chunk if len(kept) < _RAW_ROWS else []
    return kept


_RAW_ROWS: Final = 4096

if __name__ == "__main__":
    harness.main("vault", bench)
