"""``intake``: envelopes a second through the real process, against a plain app and against an empty handler.

Both at tick 0: with a tick, waiting clients bound the rate, not the machine. Then open arrivals at the default tick.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from statistics import median
from typing import Final

import asyncpg
import ballots
import harness
import load
import msgspec
import servers
from harness import Outcome, Size
from station import CHANCE, ORIGIN, Station, commit_seconds, open_period, settled, station

from laborvoice.domain import Value
from laborvoice.embedded import SUPERUSER

CLIENTS: Final = (64, 512)
SUPPLIERS: Final = 4
PLAIN: Final = "plain"
REPORT_BYTES: Final = 1024
SKIP: Final = 0.5
"""Seconds until arrivals have filled the tick."""
OFFERED: Final = 0.95
_OURS: Final = ("TRUNCATE ballot.spool, ballot.seen, ballot.spent",)


class Field(Value, frozen=True):
    """All that is measured, running side by side; who is not measured is idle."""

    one: Station
    plain: "asyncpg.Connection[asyncpg.Record]"
    envelopes: Sequence[bytes]
    reports: Sequence[bytes]
    ports: Mapping[str, int]
    seconds: float
    seen: dict[str, list[load.Result]]

    async def closed(self, subject: str, clients: int) -> float:
        await self._clear()
        requests = self.reports if subject == "plain" else self.envelopes
        seconds = 60.0 if subject == "ours" else self.seconds
        found = load.closed(self.ports[subject], requests, clients, seconds)
        await self._check(subject, found)
        self.seen.setdefault(f"{subject} {clients}", []).append(found)
        return found.rate

    async def open(self, rate: float) -> float:
        """Arrivals at a little less than ``rate``: at the whole of it a queue would have no room for chance."""
        await self._clear()
        found = load.opened(self.ports["tick"], self.envelopes, OFFERED * rate, SKIP)
        await self._check("tick", found)
        self.seen.setdefault("tick", []).append(found)
        return found.rate

    async def _clear(self) -> None:
        await self.one.sql(*_OURS)
        await self.plain.execute("TRUNCATE report")
        await settled(self.one)

    async def _check(self, subject: str, found: load.Result) -> None:
        """What was answered was kept: a fast refusal would be no feat."""
        kept = found.good
        if subject in {"ours", "tick"}:
            kept = await self.one.sql("SELECT count(*) FROM ballot.spool WHERE voiced")
        elif subject == "plain":
            kept = await self.plain.fetchval("SELECT count(*) FROM report")
        if kept != found.good or (found.bad and subject != "tick"):
            raise RuntimeError(f"{subject}: {found.good} accepted, {found.bad} refused, {kept} kept.")


async def bench(size: Size) -> Outcome:
    async with _field(size) as field:
        rates = await _rounds(field)
        commit = commit_seconds(field.one.folder)
    few, many = CLIENTS
    ratios = {
        "vs_plain": min(harness.ratio(rates[f"ours {n}"], rates[f"plain {n}"]) for n in CLIENTS),
        "vs_empty": min(harness.ratio(rates[f"ours {n}"], rates[f"empty {n}"]) for n in CLIENTS),
        "tick": harness.ratio(rates["tick"], rates[f"ours {many}"]),
    }
    rows = [(name, _line(found)) for name, found in field.seen.items()]
    rows.append(("one write to disk", f"{commit * 1000:.2f} ms"))
    return Outcome(ratios=ratios, per_second=median(rates[f"ours {few}"]), rows=rows)


async def _rounds(field: Field) -> dict[str, list[float]]:
    """After a warm-up of each, three rounds of all; arrivals come by the rate that was just measured at tick 0."""
    rates: dict[str, list[float]] = {}
    for subject in ("ours", "plain", "empty"):
        await field.closed(subject, CLIENTS[0])
    await field.open(_OPENING_RATE)
    field.seen.clear()
    for _ in range(harness.ROUNDS):
        for clients in CLIENTS:
            for subject in ("ours", "plain", "empty"):
                rate = await field.closed(subject, clients)
                rates.setdefault(f"{subject} {clients}", []).append(rate)
        rates.setdefault("tick", []).append(await field.open(rates[f"ours {CLIENTS[-1]}"][-1]))
    return rates


_OPENING_RATE: Final = 1000.0


@asynccontextmanager
async def _field(size: Size) -> AsyncGenerator[Field]:
    async with station() as one:
        box = await open_period(one, SUPPLIERS)
        with ballots.makers() as pool:
            chunks = ballots.envelopes(pool, box.phones, size.pick(15_000, 5_000, 1_000))
            bodies = [body for chunk in chunks for body in chunk]
        envelopes = [load.request("/v1/envelopes", "application/octet-stream", body) for body in bodies]
        reports = [load.request("/reports", "application/json", _report()) for _ in range(len(envelopes))]
        await one.sql(f"CREATE DATABASE {PLAIN}")
        common = {"database_url": one.dsn("intake"), "intake_origin": ORIGIN, "home": str(one.folder)}
        url = one.dsn(SUPERUSER, PLAIN).replace("postgresql:", "postgresql+asyncpg:")
        async with AsyncExitStack() as stack:
            plain = await asyncpg.connect(one.dsn(SUPERUSER, PLAIN))
            stack.push_async_callback(plain.close)
            await plain.execute(_PLAIN_TABLE)
            ports = {
                "ours": stack.enter_context(servers.role("intake", {**common, "intake_tick_ms": "0"})),
                "tick": stack.enter_context(servers.role("intake", common)),
                "plain": stack.enter_context(servers.uvicorn("plain:app", {"PLAIN_URL": url})),
                "empty": stack.enter_context(servers.uvicorn("empty:app", {})),
            }
            seconds = 0.3 if size.tiny else 1.0 if size.quick else 4.0
            yield Field(
                one=one, plain=plain, envelopes=envelopes, reports=reports, ports=ports, seconds=seconds, seen={}
            )


_PLAIN_TABLE: Final = """CREATE TABLE report (
        id uuid PRIMARY KEY, token text NOT NULL UNIQUE, supplier text NOT NULL, period text NOT NULL,
        questionnaire text NOT NULL, version integer NOT NULL, answers jsonb NOT NULL, gravest jsonb NOT NULL,
        text text NOT NULL, received_at timestamptz NOT NULL)"""


def _report() -> bytes:
    """What an envelope holds, in the clear, with words for the rest of 1 KB."""
    answers = msgspec.json.decode(ballots.report())
    told = {
        "token": CHANCE.bytes(24).hex(),
        "supplier": "sup_" + "a" * 26,
        "period": "2026-Q4",
        "questionnaire": answers["q"],
        "version": answers["qv"],
        "answers": answers["a"],
        "gravest": answers["g"],
        "text": "",
    }
    bare = len(msgspec.json.encode(told))
    return msgspec.json.encode({**told, "text": "x" * (REPORT_BYTES - bare)})


def _line(found: Sequence[load.Result]) -> str:
    p50, p99 = median(one.p50 for one in found), median(one.p99 for one in found)
    refused = sum(one.bad for one in found)
    rates = harness.spread([one.rate for one in found])
    return f"{rates}/s   p50 {p50 * 1000:.0f} ms   p99 {p99 * 1000:.0f} ms   refused {refused}"


if __name__ == "__main__":
    harness.main("intake", bench)
