"""``issue``: blind signatures a second through the queue, against bare signing in one process.

The requests are phones' own, asked for as intake asks; one vault answers them, as on its beat.
"""

import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import ExitStack, asynccontextmanager
from statistics import median
from typing import Final

import ballots
import harness
from harness import Outcome, Size, Watch
from station import BITS, CHANCE, CLOCK, Box, Station, open_period, settings, settled, station

from laborvoice.bootstrap.vault import Vault
from laborvoice.client.worker import redeem
from laborvoice.crypto import exchange as wire
from laborvoice.crypto import issuer
from laborvoice.domain import Value, card
from laborvoice.pipeline import exchange, issue
from laborvoice.store.ballot.exchange_ask import Ask
from laborvoice.store.database import Database
from laborvoice.workers import processes

SUPPLIERS: Final = 4
_CODES: Final = len(card.ALPHABET) ** card.CODE_SIZE


class Field(Value, frozen=True):
    one: Station
    keys: issue.Keys
    asks: tuple[Ask, ...]
    intake: Database
    vaults: Mapping[int, Vault]

    async def bare(self) -> float:
        signings = [self._signing(ask) for ask in self.asks]
        with Watch() as watch:
            issue.sign_all(signings)
        return len(signings) / watch.seconds

    async def queued(self, workers: int) -> float:
        await self._ask()
        with Watch() as watch:
            await self.vaults[workers].issue()
        signed = await self.one.sql(
            f"SELECT count(*) FROM ballot.exchange_answer WHERE get_byte(answer, 0) = {wire.SIGNED}"
        )
        if signed != len(self.asks):
            raise RuntimeError(f"{signed} of {len(self.asks)} requests were granted.")
        return len(self.asks) / watch.seconds

    async def _ask(self) -> None:
        await self.one.sql("TRUNCATE ballot.exchange_request, ballot.exchange_answer, ballot.invite_use")
        for at in range(0, len(self.asks), ballots.CHUNK):
            await exchange.ask(self.intake, self.asks[at : at + ballots.CHUNK])
        await settled(self.one)

    def _signing(self, ask: Ask) -> issue.Signing:
        want = wire.parse_request(ask.request).wants[0]
        random = CHANCE.bytes(issuer.BLINDING_SIZE)
        return issue.Signing(key=self.keys.signers[want.token_key_id], blinded=want.blinded, random=random)


async def bench(size: Size) -> Outcome:
    cores = os.cpu_count() or 1
    async with _field(size, cores) as field:
        subjects = {"bare": field.bare, "queue": _queue(field, 1)}
        if cores > 1:
            subjects["all"] = _queue(field, cores)
        rates = await harness.interleaved(subjects)
    rows = [
        ("bare signing, one core", f"{harness.spread(rates['bare'])}/s"),
        ("through the queue, 1 worker", f"{harness.spread(rates['queue'])}/s"),
    ]
    if cores > 1:
        rows.append((f"through the queue, {cores} workers", f"{harness.spread(rates['all'])}/s"))
    ratios = {"vs_bare": harness.ratio(rates["queue"], rates["bare"])}
    return Outcome(ratios=ratios, per_second=median(rates["queue"]), rows=rows)


def _queue(field: Field, workers: int) -> harness.Measure:
    async def measure() -> float:
        return await field.queued(workers)

    return measure


@asynccontextmanager
async def _field(size: Size, cores: int) -> AsyncGenerator[Field]:
    async with station() as one:
        box = await open_period(one, SUPPLIERS)
        asks = await _asks(one, box, size.pick(5000, 1500, 100))
        async with Database.open(one.dsn("vault"), size=2) as vault, Database.open(one.dsn("intake"), size=1) as intake:
            with ExitStack() as stack:
                vaults = {
                    n: Vault(vault, settings(one), stack.enter_context(processes(n)), CLOCK, CHANCE) for n in {1, cores}
                }
                for each in vaults.values():
                    await each.begin()
                yield Field(one=one, keys=box.keys.issuing, asks=asks, intake=intake, vaults=vaults)


async def _asks(one: Station, box: Box, count: int) -> tuple[Ask, ...]:
    """Printed invites, and what a phone sends for each; the suppliers in turn."""
    trusted = [ballots.trusted_by(keys) for keys in box.phones]
    grants = {grant.supplier: grant.supplier_id for grant in box.keys.issuing.grants.values()}
    asks: list[Ask] = []
    invites: list[tuple[object, ...]] = []
    for number in range(count):
        whose = trusted[number % len(trusted)]
        code = card.make_code(CHANCE.below(_CODES))
        asks.append(_judged(redeem.ask(whose, code, BITS, CHANCE).request))
        invites.append((wire.code_hash(code), grants[whose.supplier]))
    await one.copy("ballot.invite", ("code_hash", "supplier_id"), invites)
    return tuple(asks)


def _judged(request: bytes) -> Ask:
    judged = exchange.judge(request, BITS)
    if isinstance(judged, bytes):
        raise TypeError("Intake refuses the request.")
    return judged


if __name__ == "__main__":
    harness.main("issue", bench)
