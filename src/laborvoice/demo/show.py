"""What a demo needs before its first worker comes: processes, a stage that is set, receivers that trust it."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from laborvoice import data
from laborvoice.chance import SystemChance
from laborvoice.client.transport import Transport
from laborvoice.client.worker import Worker
from laborvoice.clock import ToldClock
from laborvoice.demo import home as homes
from laborvoice.demo.course import Running, Times, eve
from laborvoice.demo.reading import Reader
from laborvoice.demo.receiver import Receiver, open_receiver
from laborvoice.demo.setting import Setting, Stage
from laborvoice.demo.world import World
from laborvoice.domain import Value
from laborvoice.domain.ids import EndpointId
from laborvoice.domain.period import Period
from laborvoice.domain.questionnaire import load
from laborvoice.errors import Unanswered
from laborvoice.pipeline.sign_in.tools import AT_ONCE, Strangers, Tools
from laborvoice.store.database import Database
from laborvoice.store.outbox import endpoint_key, subscription
from laborvoice.webhooks.signing import write_public
from laborvoice.workers import Threads

Launch = Callable[[Path, Mapping[str, str], datetime], AbstractAsyncContextManager[Running]]
"""Home, settings, and the moment at which the processes' clock begins."""

CHANCE: Final = SystemChance()
LOOK_SECONDS: Final = 0.2
LOOKS: Final = 100


class Script(Value, frozen=True):
    """What is to be performed. ``today`` is the real one; ``quarters`` oldest first."""

    world: World
    quarters: tuple[Period, ...]
    today: date
    home: Path
    kept: bool

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(one.label for one in self.quarters)

    @property
    def campaign(self) -> tuple[Period, ...]:
        """The quarters and those from there to today: the cards of a kept home are good now."""
        periods = list(self.quarters)
        while periods[-1].end < self.today:
            periods.append(periods[-1].next())
        return tuple(periods)


class Show(Value, frozen=True):
    """``receivers`` by the party's ``short`` name: the brands and the first watchdog."""

    running: Running
    times: Times
    stage: Stage
    receivers: Mapping[str, Receiver]

    def reader(self, key: str) -> Reader:
        return Reader(Transport(self.running.portal_url), key)

    def worker(self) -> Worker:
        """One for all: it keeps nothing from one visit to the next."""
        url = self.running.intake_url
        return Worker(
            Transport(url),
            urlsplit(url).netloc,
            load(data.questions()),
            fingerprint=self.running.fingerprint,
            clock=self.times.clock,
            chance=CHANCE,
        )


@asynccontextmanager
async def opened(launch: Launch, script: Script) -> AsyncGenerator[Show]:
    clock = ToldClock(eve(script.quarters[0]))
    hearers = (*script.world.brands, script.world.watchdogs[0])
    async with AsyncExitStack() as stack:
        receivers = {one.short: await stack.enter_async_context(open_receiver(clock)) for one in hearers}
        flags = homes.flags(kept=script.kept)
        running = await stack.enter_async_context(launch(script.home, flags, clock.now()))
        database = await stack.enter_async_context(Database.open(running.dsn("portal"), size=2))
        setting = Setting(_tools(database, clock, script.home), script.world, script.today)
        urls = [receiver.url for receiver in receivers.values()]
        for receiver in receivers.values():
            # What comes before it knows its keys waits for them.
            receiver.gate.clear()
        stage = await setting.arrange(script.campaign, running.fingerprint, urls)
        await _trust(database, clock, stage, receivers)
        yield Show(running=running, times=Times(running, clock), stage=stage, receivers=receivers)


def _tools(database: Database, clock: ToldClock, home: Path) -> Tools:
    """With the portal's secret: second factors that are set up here are good there."""
    secret = (home / "secrets" / "session_key").read_bytes()
    return Tools(
        database=database,
        clock=clock,
        chance=CHANCE,
        secret=secret,
        threads=Threads(AT_ONCE),
        strangers=Strangers(),
    )


async def _trust(database: Database, clock: ToldClock, stage: Stage, receivers: Mapping[str, Receiver]) -> None:
    """Each receiver knows its secret from the answer that showed it, and the public key that the courier announces."""
    for receiver, endpoint in zip(receivers.values(), stage.endpoints, strict=True):
        public = await _announced(database, clock, endpoint.endpoint)
        receiver.trust((endpoint.secret,), tuple(write_public(one.public_key) for one in public))
        receiver.gate.set()
    for endpoint in stage.endpoints:
        await _verified(database, clock, endpoint.endpoint)


async def _verified(database: Database, clock: ToldClock, endpoint: EndpointId) -> None:
    """Its receiver has answered the challenge."""
    for _ in range(LOOKS):
        if (await database.run("endpoint", lambda db: subscription.read(db, None, endpoint))).state == "active":
            return
        await clock.sleep(LOOK_SECONDS)
    raise Unanswered("A receiver did not answer its challenge in time.")


async def _announced(database: Database, clock: ToldClock, endpoint: EndpointId) -> list[endpoint_key.PublicKey]:
    for _ in range(LOOKS):
        found = await database.run("endpoint keys", lambda db: endpoint_key.keys_of(db, endpoint))
        if found:
            return found
        await clock.sleep(LOOK_SECONDS)
    raise Unanswered("The courier did not announce its keys in time.")
