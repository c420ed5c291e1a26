"""``close``: a period counted, from sealed rows to releases, scores and events: its speed, and its peak memory.

The count runs in a process of its own, as the vault's does, so that what it held at most can be read at its end.
"""

import asyncio
import json
import os
import resource
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final
from uuid import UUID

import ballots
import harness
from ballots import Pile
from harness import Outcome, Size
from station import BANK, CHANCE, CLOCK, COUNTRY, PERIOD, POLICY, Station, settled, station

from laborvoice.anonymize.noise import OpenDpNoise
from laborvoice.bootstrap.vault import code_hash
from laborvoice.crypto import suites
from laborvoice.domain import Value
from laborvoice.domain.ids import SupplierId, SupplierKey
from laborvoice.domain.period import Period
from laborvoice.keyring.journal import FileJournal
from laborvoice.pipeline import count
from laborvoice.store.database import Database
from laborvoice.workers import processes

CHILD: Final = "--count"
KIB: Final = 1024
MILLION_SECONDS: Final = 360.0
ID_BYTES: Final = 16


class Counted(Value, frozen=True):
    """``own``: the peak of the process that counts, in bytes; ``all``: with its workers."""

    seconds: float
    own: int
    all: int


class Field(Value, frozen=True):
    one: Station
    root: bytes
    period: Period = PERIOD

    async def fill(self, suppliers: int, each: int) -> None:
        """So many suppliers with so many ballots each, in one box, in no order."""
        await self._empty()
        places = [(SupplierKey(number + 1), SupplierId.draw(CHANCE.bytes(ID_BYTES))) for number in range(suppliers)]
        await self._register(places)
        piles = [
            Pile(root=self.root, supplier=str(public), period=self.period.label, count=each) for _, public in places
        ]
        chunks = [chunk for pile in piles for chunk in ballots.split(pile)]
        with ballots.makers() as pool:
            for rows in ballots.rows(pool, chunks):
                await self.one.copy("ballot.box", ("lot", "period", "id", "blob"), rows)
        if suppliers > 1:
            salt = CHANCE.bytes(ID_BYTES).hex()
            await self.one.sql(f"SELECT ballot.reshuffle('box', '{self.period.label}', '\\x{salt}')")

    async def count(self, suppliers: int, ballots_in_all: int) -> Counted:
        """Once: all that an earlier count wrote is taken back before."""
        journal = self.one.folder / f"journal-{CHANCE.bytes(8).hex()}"
        journal.mkdir()
        await self.one.sql(
            *_TAKE_BACK, f"UPDATE ballot.period_state SET state = 'closing' WHERE period = '{PERIOD.label}'"
        )
        await settled(self.one)
        task = {"dsn": self.one.dsn("vault"), "journal": str(journal), "root": self.root.hex()}
        told = await _in_child(task)
        state = await self.one.sql(f"SELECT state FROM ballot.period_state WHERE period = '{PERIOD.label}'")
        releases = await self.one.sql("SELECT count(*) FROM release.ledger")
        if told["suppliers"] != suppliers or releases != suppliers or state != "counted":
            raise RuntimeError(f"{releases} of {suppliers} suppliers were counted.")
        await self._check(ballots_in_all)
        return Counted(seconds=told["seconds"], own=told["own"], all=told["all"])

    async def _check(self, ballots_in_all: int) -> None:
        """What the releases tell is noised, a few ballots a supplier; what was withheld was carried."""
        told = await self.one.sql(
            f"SELECT coalesce((SELECT sum(n) FROM release.release), 0)"
            f" + (SELECT count(*) FROM ballot.box WHERE period = '{PERIOD.next().label}')"
        )
        suppliers = await self.one.sql("SELECT count(*) FROM release.release")
        if abs(told - ballots_in_all) > POLICY.bound * suppliers:
            raise RuntimeError(f"{ballots_in_all} ballots were cast, about {told} were counted.")

    async def _empty(self) -> None:
        await self.one.sql(
            *_TAKE_BACK,
            "TRUNCATE ballot.box, ballot.token_key, registry.campaign, registry.supplier CASCADE",
        )

    async def _register(self, places: Sequence[tuple[SupplierKey, SupplierId]]) -> None:
        await self.one.copy(
            "registry.supplier",
            (
                "supplier_id",
                "public_id",
                "name",
                "address",
                "country",
                "kind",
                "isic",
                "products",
                "workers_min",
                "workers_max",
                "engagement",
                "created_on",
                "updated_on",
            ),
            [
                (
                    key,
                    public.uuid,
                    "Bench works",
                    "Road 1",
                    COUNTRY,
                    "factory",
                    ["1410"],
                    [],
                    1000,
                    1000,
                    "ok",
                    CLOCK.now().date(),
                    CLOCK.now().date(),
                )
                for key, public in places
            ],
        )
        await self.one.copy(
            "registry.campaign",
            (
                "id",
                "supplier_id",
                "state",
                "periods",
                "headcount",
                "distributor",
                "languages",
                "questionnaire",
                "questionnaire_version",
                "created_on",
            ),
            [
                (
                    UUID(bytes=CHANCE.bytes(ID_BYTES), version=4),
                    key,
                    "open",
                    [self.period.label],
                    1000,
                    "watchdog",
                    ["en"],
                    *ballots.ASKED,
                    CLOCK.now().date(),
                )
                for key, _ in places
            ],
        )
        await self.one.copy(
            "ballot.token_key",
            ("period", "supplier_id", "token_key_id", "spki", "questionnaire", "version"),
            [(self.period.label, key, CHANCE.bytes(32), b"", *ballots.ASKED) for key, _ in places],
        )


_TAKE_BACK: Final = (
    "TRUNCATE release.ledger, release.release, release.score, release.baseline, ballot.count_job, outbox.event CASCADE",
    f"DELETE FROM ballot.box WHERE period = '{PERIOD.next().label}'",
)


async def bench(size: Size) -> Outcome:
    async with _field() as field:
        rows: list[tuple[str, str]] = []
        ratios = {"rss": await _rss(field, size, rows)}
        suppliers, each = size.pick(1000, 100, 10), size.pick(100, 100, 30)
        speed = await _many(field, suppliers, each, 1 if size.quick else harness.ROUNDS)
        rows.append((f"{suppliers * each:,} ballots over {suppliers:,} suppliers", _told(speed)))
        if not size.quick:
            million = await _many(field, 1000, 1000, 1)
            rows.append(("1,000,000 ballots over 1,000 suppliers", _told(million)))
            ratios["million"] = million[0].seconds / MILLION_SECONDS
    per_second = suppliers / median(one.seconds for one in speed)
    rows.append(("suppliers a second", f"{per_second:,.1f}"))
    return Outcome(ratios=ratios, per_second=per_second, rows=rows)


async def _rss(field: Field, size: Size, rows: list[tuple[str, str]]) -> float:
    """Peak memory at ten times the ballots of one supplier, over that at so many.

    Of the process itself, or with all its workers: the worse of the two.
    """
    few = size.pick(10_000, 10_000, 300)
    peaks: list[Counted] = []
    for number in (few, 10 * few):
        await field.fill(1, number)
        rounds = [await field.count(1, number) for _ in range(1 if size.quick else harness.ROUNDS)]
        peaks.append(
            Counted(
                seconds=median(one.seconds for one in rounds),
                own=int(median(one.own for one in rounds)),
                all=int(median(one.all for one in rounds)),
            )
        )
        rows.append((f"{number:,} ballots of one supplier", _told(rounds)))
    low, high = peaks
    return max(high.own / low.own, high.all / low.all)


async def _many(field: Field, suppliers: int, each: int, rounds: int) -> list[Counted]:
    await field.fill(suppliers, each)
    return [await field.count(suppliers, suppliers * each) for _ in range(rounds)]


def _told(found: Sequence[Counted]) -> str:
    own, everything = (median(getattr(one, name) for one in found) / KIB**2 for name in ("own", "all"))
    seconds = median(one.seconds for one in found)
    return f"{seconds:.1f} s   peak {own:.0f} MB, with workers {everything:.0f} MB"


@asynccontextmanager
async def _field() -> AsyncGenerator[Field]:
    async with station() as one:
        labels = (PERIOD.label, PERIOD.next().label)
        makes = [
            f"SELECT ballot.make_partition('{family}', '{label}', false)"
            for family in ("box", "tray")
            for label in labels
        ]
        await one.sql(*makes, f"INSERT INTO ballot.period_state VALUES ('{PERIOD.label}', 'quarter', 'open')")
        yield Field(one=one, root=CHANCE.bytes(suites.ROOT_SIZE))


async def _in_child(task: Mapping[str, str]) -> dict[str, Any]:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, __file__, CHILD), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await child.communicate(json.dumps(task).encode())
    if child.returncode != 0:
        raise RuntimeError("The count failed.")
    told: dict[str, Any] = json.loads(out)
    return told


async def _count(task: Mapping[str, str]) -> dict[str, Any]:
    """In the child: with as many workers as the vault has by default."""
    roots = count.Roots(box=bytes.fromhex(task["root"]), next_box=CHANCE.bytes(suites.ROOT_SIZE))
    cores = os.cpu_count() or 1
    async with Database.open(task["dsn"]) as vault:
        with processes(cores) as workers:
            means = count.Means(
                workers=workers,
                chance=CHANCE,
                journal=FileJournal(Path(task["journal"])),
                policy=POLICY,
                noise=OpenDpNoise(POLICY),
                code=code_hash(),
                questionnaire=BANK.questionnaire,
            )
            began = perf_counter()
            suppliers = await count.count(vault, means, roots, PERIOD, CLOCK.now())
            seconds = perf_counter() - began
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * KIB
    return {"seconds": seconds, "suppliers": suppliers, "own": own, "all": own + cores * largest}


if __name__ == "__main__":
    if sys.argv[1:] == [CHILD]:
        print(json.dumps(asyncio.run(_count(json.load(sys.stdin)))))
    else:
        harness.main("close", bench)
