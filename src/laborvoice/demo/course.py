"""The course of a demo: quarter after quarter is cast, closed, counted and burned, and told to who may hear of it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Final, Protocol

from laborvoice.clock import ToldClock
from laborvoice.demo.promises import BURNED, expected_releases, releases_told
from laborvoice.demo.reading import Reader
from laborvoice.demo.receiver import Receiver
from laborvoice.demo.setting import Stage
from laborvoice.demo.traffic import Traffic, Turn
from laborvoice.demo.world import World
from laborvoice.domain.period import Period
from laborvoice.errors import Unanswered

CAST_AT: Final = time(9, tzinfo=UTC)
CLOSE_AT: Final = time(0, 10, tzinfo=UTC)
LOOK_SECONDS: Final = 0.25
BURN_LOOKS: Final = 1200
HEAR_LOOKS: Final = 240
QUIET_LOOKS: Final = 5
"""So many looks without a new event: what a close has to say comes in one burst."""

Say = Callable[[str], None]


class Running(Protocol):
    """What ``launch`` runs: four processes and a database, on a clock that can be set."""

    @property
    def intake_url(self) -> str: ...
    @property
    def portal_url(self) -> str: ...
    @property
    def fingerprint(self) -> bytes:
        """Of the manifest key, as cards carry it."""
        ...

    @property
    def dsn(self) -> Callable[[str], str]:
        """The address of the database for a role: portal, vault, intake, courier."""
        ...

    def set_clock(self, moment: datetime) -> None:
        """From here on it is ``moment`` in every process."""
        ...


def eve(period: Period) -> datetime:
    """When workers answer: on its last day, so that the week's keys outlive the close."""
    return datetime.combine(period.end, CAST_AT)


def closing(period: Period) -> datetime:
    return datetime.combine(period.close, CLOSE_AT)


class Times:
    """One clock: ours and that of the processes."""

    def __init__(self, running: Running, clock: ToldClock) -> None:
        self._running = running
        self.clock = clock

    def set(self, moment: datetime) -> None:
        self._running.set_clock(moment)
        self.clock.tell(moment.isoformat())


class Course:
    """``receivers`` by the party's ``short`` name; ``say`` is told what happens."""

    def __init__(
        self, times: Times, world: World, stage: Stage, receivers: Mapping[str, Receiver], operator: Reader, say: Say
    ) -> None:
        self._times = times
        self._world = world
        self._stage = stage
        self._receivers = receivers
        self._operator = operator
        self._say = say

    async def quarter(self, number: int, quarters: Sequence[Period], traffic: Traffic) -> None:
        """``number`` from 0. Raises Unanswered where something does not come in time."""
        period = quarters[number]
        self._times.set(eve(period))
        await traffic.ready(self._world.polled, self._stage, period)
        self._say("workers answer")
        await traffic.cast(self._turns(number, period.label))
        self._times.set(closing(period))
        self._say("the box closes, is counted, is burned")
        await self._burned(period.label)
        self._say("webhooks")
        await self._heard([one.label for one in quarters[: number + 1]])

    def _turns(self, number: int, period: str) -> list[Turn]:
        """Every worker shows the same card in every quarter."""
        return [
            Turn(site=site, card=card, quarter=number, period=period)
            for site in self._world.polled
            for card in self._stage.cards[site.short][: site.answers]
        ]

    async def _burned(self, period: str) -> None:
        for _ in range(BURN_LOOKS):
            if (await self._operator.states()).get(period) == BURNED:
                return
            await self._times.clock.sleep(LOOK_SECONDS)
        raise Unanswered("The period was not counted and burned in time.")

    async def _heard(self, periods: Sequence[str]) -> None:
        """Until everyone was told of every release, and nothing more comes: the clock must not jump before."""
        brands = {brand.short: brand for brand in self._world.brands}
        expected = {
            short: expected_releases(brands.get(short), self._stage, self._world, periods) for short in self._receivers
        }
        before, quiet = -1, 0
        for _ in range(HEAR_LOOKS):
            events = sum(len(one.events) for one in self._receivers.values())
            whole = all(expected[short] <= releases_told(one) for short, one in self._receivers.items())
            quiet = quiet + 1 if whole and events == before else 0
            if quiet == QUIET_LOOKS:
                return
            before = events
            await self._times.clock.sleep(LOOK_SECONDS)
        raise Unanswered("The webhooks did not come in time.")
