"""What a ballot costs on disk: bytes a row of spool, seen, spent and box, and of WAL, on a real PostgreSQL.

``python benchmarks/bytes.py [--quick] [--json]``. No bar: bytes are the same on every machine, and say how big a disk
must be. Envelopes come in through the real door's own step and are mixed as the vault mixes them; sizes are those of
tables with their indexes and out-of-line values, so the last page of each is shared out among its rows.
"""

import argparse
import asyncio
import json
import os
from collections.abc import Mapping
from typing import Final

import ballots
from harness import Size
from station import BITS, CHANCE, CLOCK, Box, Station, open_period, station

from laborvoice.domain.envelope import Known
from laborvoice.pipeline import learn, mix, receive
from laborvoice.store.database import Database
from laborvoice.workers import processes

SUPPLIERS: Final = 8
CAST: Final = ("spool", "seen", "spent")


async def measured(size: Size) -> Mapping[str, float]:
    """Bytes a ballot, by what they are of."""
    count = size.pick(50_000, 5_000, 300)
    async with station() as one:
        box = await open_period(one, SUPPLIERS)
        empty = {table: await _bytes(one, table) for table in (*CAST, "box")}
        begun = await _written(one)
        await _cast(one, box, count)
        arrived = await _written(one)
        used = {table: await _bytes(one, table) for table in CAST}
        await _mix(one, box)
        mixed = await _written(one)
        boxed = await one.sql("SELECT count(*) FROM ballot.box")
        if boxed != count:
            raise RuntimeError(f"{boxed} of {count} ballots reached the box.")
        used["box"] = await _bytes(one, "box")
    sizes = {table: (total - empty[table]) / count for table, total in used.items()}
    return sizes | {"wal_cast": (arrived - begun) / count, "wal_mix": (mixed - arrived) / count}


async def _bytes(one: Station, table: str) -> int:
    """Of all partitions, their indexes included."""
    tree = f"SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('ballot.{table}')"
    return int(await one.sql(tree))


async def _written(one: Station) -> int:
    return int(await one.sql("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn"))


async def _cast(one: Station, box: Box, count: int) -> None:
    today = CLOCK.now().date()
    async with Database.open(one.dsn("intake"), size=1) as intake:
        known = await learn.learn(intake, Known(), today)
        with ballots.makers() as pool:
            for chunk in ballots.envelopes(pool, box.phones, count):
                seats = [receive.seat(body, known, today, BITS) for body in chunk]
                await receive.receive(intake, seats, known, today, BITS)


async def _mix(one: Station, box: Box) -> None:
    async with Database.open(one.dsn("vault"), size=2) as vault:
        with processes(os.cpu_count() or 1) as workers:
            await mix.Mixer(vault, workers, CLOCK, CHANCE).mix(box.keys.mixing, full_hour=False)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bytes")
    parser.add_argument("--quick", action="store_true", help="fewer ballots: pages that are not full weigh more")
    parser.add_argument("--json", action="store_true", help="one line of JSON, nothing else")
    parser.add_argument("--tiny", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    found = asyncio.run(measured(Size(quick=chosen.quick or chosen.tiny, tiny=chosen.tiny)))
    if chosen.json:
        print(json.dumps({name: round(value, 1) for name, value in found.items()}))
        return
    print("\n".join(f"{name:<10}{value:>10,.0f} bytes a ballot" for name, value in found.items()))


if __name__ == "__main__":
    main()
