"""``mix``: a lane of the spool emptied: rows a second, and whether a backlog of 10^5 is gone within its minute.

The envelopes come in through the real door's own step. They are kept aside, and put back for each round.
"""

import os
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from statistics import median
from typing import Final

import ballots
import harness
from harness import Outcome, Size, Watch
from station import BITS, CHANCE, CLOCK, Station, open_period, settled, station

from laborvoice.domain import Value
from laborvoice.domain.envelope import Known
from laborvoice.pipeline import learn, mix, receive
from laborvoice.store.database import Database
from laborvoice.workers import processes

BACKLOG: Final = 100_000
MINUTE: Final = 60.0
SUPPLIERS: Final = 8


class Field(Value, frozen=True):
    one: Station
    keys: mix.Keys
    mixer: mix.Mixer
    count: int

    async def mixed(self) -> float:
        """Rows a second, the two seconds left out in which the lane comes to rest."""
        await self._refill()
        with Watch() as watch:
            await self.mixer.mix(self.keys, full_hour=False)
        boxed = await self.one.sql("SELECT count(*) FROM ballot.box")
        if boxed != self.count:
            raise RuntimeError(f"{boxed} of {self.count} ballots reached the box.")
        return self.count / (watch.seconds - mix.SETTLE_SECONDS)

    async def _refill(self) -> None:
        await self.one.sql(
            "TRUNCATE ballot.box, ballot.tray, ballot.spool, ballot.spent",
            "INSERT INTO ballot.spent SELECT * FROM kept_spent",
            "INSERT INTO ballot.spool SELECT live, voiced, body FROM kept_spool, ballot.spool_switch",
        )
        await settled(self.one)


async def bench(size: Size) -> Outcome:
    async with _field(size) as field:
        rates = (await harness.interleaved({"mix": field.mixed}, warm=size.quick))["mix"]
    per_second = median(rates)
    seconds = mix.SETTLE_SECONDS + BACKLOG / per_second
    rows = [
        (f"mixed, {field.count:,} rows at once", f"{harness.spread(rates)}/s"),
        ("backlog of 100,000" + ("" if field.count == BACKLOG else ", at this rate"), f"{seconds:.1f} s"),
    ]
    return Outcome(ratios={"minute": seconds / MINUTE}, per_second=per_second, rows=rows)


@asynccontextmanager
async def _field(size: Size) -> AsyncGenerator[Field]:
    async with station() as one:
        box = await open_period(one, SUPPLIERS)
        count = size.pick(BACKLOG, 10_000, 300)
        with ballots.makers() as pool:
            await _cast(one, ballots.envelopes(pool, box.phones, count))
        await one.sql(
            "CREATE TABLE kept_spool AS SELECT voiced, body FROM ballot.spool",
            "CREATE TABLE kept_spent AS SELECT period, tag, mixed FROM ballot.spent",
        )
        async with Database.open(one.dsn("vault"), size=2) as vault:
            with processes(os.cpu_count() or 1) as workers:
                yield Field(one=one, keys=box.keys.mixing, mixer=mix.Mixer(vault, workers, CLOCK, CHANCE), count=count)


async def _cast(one: Station, chunks: Iterable[list[bytes]]) -> None:
    today = CLOCK.now().date()
    async with Database.open(one.dsn("intake"), size=1) as intake:
        known = await learn.learn(intake, Known(), today)
        for chunk in chunks:
            seats = [receive.seat(body, known, today, BITS) for body in chunk]
            await receive.receive(intake, seats, known, today, BITS)


if __name__ == "__main__":
    harness.main("mix", bench)
