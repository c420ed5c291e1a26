"""A deployment through its quarters: voices are given, cast, closed, told of, while blows fall; and what must hold."""

import asyncio
import random  # noqa: TID251 - what happens in a round follows from its seed
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from laborvoice.demo.receiver import Receiver, open_receiver
from laborvoice.domain import egress
from laborvoice.domain.endpoint import NewEndpoint
from laborvoice.domain.period import Period
from laborvoice.errors import DatabaseUnavailable
from laborvoice.pipeline import subscribe
from laborvoice.store.database import Database
from laborvoice.store.registry.sight import Sight
from support.faulty_blows import CAST, CLOSE, REDEEM, Blow, Draw, drawn
from support.faulty_home import CLOCK, PATIENCE, Stage, staged
from support.faulty_phones import Ballot, Phones
from support.faulty_setting import CHANCE, FIRST, admitted, register
from support.faulty_truth import SHOWN, Truth

CARDS = (40, 14, 8, 26, 0)
"""So many vote for each supplier: one that is published, two that are withheld, one that may be either, one of none."""

MIDDLE, NOON = timedelta(days=45), time(12, tzinfo=UTC)
BATCHES = 4
THREADS = 64
LEASE_OVER = timedelta(minutes=10)
HEAR_SECONDS = 4.0
BEAT = "inbox.heartbeat"
LOOK = 0.15


@dataclass
class Season:
    """``told``: what each blow did, in order."""

    stage: Stage
    phones: Phones
    truth: Truth
    receiver: Receiver
    portal: Database
    operator: Sight
    draw: Draw
    period: Period = FIRST
    told: list[str] = field(default_factory=list[str])

    async def round(self, blow: Blow) -> None:
        self.say(f"{self.period.label} {blow.name}: {await blow.strike(self.stage, self.draw)}")

    def say(self, what: str) -> None:
        self.told.append(what)
        print(what, flush=True)  # noqa: T201 - what a failing round had done is in pytest's report

    async def quarter(self, *, blows: int = 3) -> None:
        """One blow as voices are given, one for each batch cast, and ``blows`` at the close."""
        voices = await self.redeem(drawn(REDEEM, self.draw))
        self.draw.shuffle(voices)
        for number in range(BATCHES):
            await self.cast(voices[number::BATCHES], drawn(CAST, self.draw))
        await self.close([drawn(CLOSE, self.draw) for _ in range(blows)])

    async def redeem(self, blow: Blow | None = None) -> list[Ballot]:
        redeeming = asyncio.create_task(self.phones.redeem(self.period))
        if blow:
            await self.round(blow)
        return await redeeming

    async def cast(self, voices: Sequence[Ballot], blow: Blow) -> None:
        await asyncio.gather(self.phones.cast(voices, self.draw), self.round(blow))
        await self.truth.pending(self.period.label)

    async def close(self, blows: Sequence[Blow]) -> None:
        """The blows fall one after the other, while someone looks on."""
        period, following = self.period.label, self.period.next().label
        self.stage.set(self.period.close)
        looking = asyncio.create_task(self._looking())
        try:
            for blow in blows:
                await self.round(blow)
            await self._burned(looking)
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
        await self.truth.closed(period, following)
        await self._heard(period)
        shown = await self.truth.seen(self.portal, self.operator)
        assert {number for number, label in shown if label == period} == set(range(len(self.phones.sites)))
        self.period = self.period.next()

    async def _looking(self) -> None:
        """Once anything of the period is shown, all of it is."""
        label = self.period.label
        while True:
            before = (await self.truth.states())[label]
            with suppress(DatabaseUnavailable):
                shown = {number for number, one in await self.truth.seen(self.portal, self.operator) if one == label}
                assert before not in SHOWN or len(shown) == len(self.phones.sites), "shown in pieces"
            await asyncio.sleep(LOOK)

    async def _burned(self, looking: "asyncio.Task[None]") -> None:
        end = CLOCK.monotonic() + PATIENCE
        while (await self.truth.states())[self.period.label] != "burned":
            assert CLOCK.monotonic() < end, "the period was not counted and burned"
            if looking.done():
                looking.result()
            await asyncio.sleep(LOOK)

    async def _heard(self, period: str) -> None:
        """Each event once in the outbox, and each is delivered, by another courier if need be: leases run out.

        The heart's beats are in no outbox, and how many there are depends on how long a season takes.
        """
        end = CLOCK.monotonic() + PATIENCE
        waited = CLOCK.monotonic() + HEAR_SECONDS
        while True:
            count = await self.truth.outbox(period)
            types = self.receiver.types
            if types.total() - types[BEAT] == count:
                return
            assert CLOCK.monotonic() < end, f"{types} were heard, of {count}"
            if CLOCK.monotonic() > waited:
                waited += HEAR_SECONDS
                self.stage.tell(self.stage.clock.now() + LEASE_OVER)
            await asyncio.sleep(LOOK)


@asynccontextmanager
async def season(home: Path, folder: Path, draw: Draw, first: Period = FIRST) -> AsyncGenerator[Season]:
    """From the middle of the quarter ``first`` on."""
    moment = datetime.combine(first.begin + MIDDLE, NOON)
    async with AsyncExitStack() as stack:
        # Not shut down in time: what hangs in it must not hide what went wrong.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS))
        stage = await stack.enter_async_context(staged(home, folder, moment))
        receiver = await stack.enter_async_context(open_receiver(stage.clock))
        portal = await stack.enter_async_context(Database.open(stage.running.dsn("portal"), size=2))
        party = await register(portal, stage.clock, first)
        rules = egress.Rules(table=(), allowed=egress.networks(["127.0.0.1/32"]))
        wanted = NewEndpoint(url=receiver.url, types=("*",))
        subscribed = await subscribe.subscribe(portal, stage.clock, CHANCE, rules, party, wanted)
        receiver.trust((subscribed.secret,))
        sites = await admitted(portal, stage.clock, stage.running.fingerprint, CARDS, first)
        phones = Phones(stage, sites)
        truth = Truth(stage, phones)
        operator = Sight(kind="operator", party=party, today=first.begin)
        yield Season(stage, phones, truth, receiver, portal, operator, draw, first)


def seeded(seed: int) -> Draw:
    return random.Random(seed)  # noqa: S311 - not a secret
