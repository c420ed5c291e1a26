"""What the intake process is made of. It holds no key that opens anything."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

import msgspec

from laborvoice.bootstrap import Beat, seconds_since
from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.domain import Value
from laborvoice.domain.envelope import Known
from laborvoice.errors import DatabaseUnavailable
from laborvoice.metrics import Metric, Sample
from laborvoice.pipeline import exchange, learn, receive
from laborvoice.pipeline.receive import Seat
from laborvoice.settings import IntakeSettings
from laborvoice.spooler import Answers, Spooler, Ticks
from laborvoice.store import schema
from laborvoice.store.ballot.exchange_ask import Ask
from laborvoice.store.database import Database
from laborvoice.views import manifest
from laborvoice.web import audio, worker

LEARN_SECONDS: Final = 5.0
LISTEN_SECONDS: Final = 5.0
"""How long one LISTEN lasts: a connection that died unnoticed is replaced after this."""
LOOK_SECONDS: Final = 0.25
BUSY_SECONDS: Final = 300.0
BITS_KEPT_SECONDS: Final = 900.0
BITS_BEFORE_A_MANIFEST: Final = 15
MILLISECONDS: Final = 1000

Step = Callable[[], Awaitable[None]]


class Gate:
    """What envelopes are judged by just now: public keys, and how much work is wanted."""

    def __init__(self, clock: Clock, bits: int | None) -> None:
        self._clock = clock
        self._asked = bits
        self._served: list[tuple[float, int]] = []
        self._busy_at: float | None = None
        self.known = Known()

    @property
    def wanted(self) -> int:
        """Work bits wanted now: what the operator asks, never less than the floor of the manifest."""
        floor = self.known.floor(self._clock.now().date())
        return max(BITS_BEFORE_A_MANIFEST if floor is None else floor, self._asked or 0)

    @property
    def accepted(self) -> int:
        """The least that was wanted in the last 15 minutes: a phone may have begun then."""
        oldest = self._clock.monotonic() - BITS_KEPT_SECONDS
        return min((self.wanted, *(bits for at, bits in self._served if at > oldest)))

    @property
    def mailbox_bits(self) -> int:
        return self.known.mailbox_bits(self._clock.now().date())

    def learn(self, known: Known) -> None:
        self._keep()
        self.known = known

    def ask(self, bits: int | None) -> None:
        """The operator wants another amount of work."""
        self._keep()
        self._asked = bits

    def _keep(self) -> None:
        now = self._clock.monotonic()
        self._served = [(at, bits) for at, bits in self._served if now - at < BITS_KEPT_SECONDS]
        if self.known.floors:
            self._served.append((now, self.wanted))

    def was_busy(self) -> None:
        self._busy_at = self._clock.monotonic()

    @property
    def busy(self) -> bool:
        """Whether a request was refused for load in the last five minutes."""
        return self._busy_at is not None and self._clock.monotonic() - self._busy_at < BUSY_SECONDS


class Page:
    """The first page of the client: its bytes are fixed as soon as there is a manifest, whose key it names."""

    def __init__(self, database: Database, clock: Clock, settings: IntakeSettings) -> None:
        self._database = database
        self._clock = clock
        self._told = worker.Told(
            fingerprint=None,
            exit_url=settings.intake_exit_url,
            drafts=settings.intake_draft_languages == "on",
            audio=settings.intake_audio is not None,
        )
        self._fixed: worker.File | None = None

    async def file(self) -> worker.File:
        """Raises DatabaseUnavailable, the first time only."""
        if self._fixed is not None:
            return self._fixed
        fingerprint = await manifest.fingerprint(self._database, self._clock.now().date())
        made = worker.index(msgspec.structs.replace(self._told, fingerprint=fingerprint))
        if fingerprint is not None:
            self._fixed = made
        return made


class IntakeParts(Value, frozen=True):
    """Beats may end only after the last answer has left."""

    clock: Clock
    chance: Chance
    database: Database
    gate: Gate
    envelopes: Spooler[Seat]
    asks: Spooler[Ask]
    answers: Answers[bytes, bytes]
    page: Page
    sounds: Mapping[str, audio.Sound]
    beats: tuple[Beat, ...]

    def seat(self, body: bytes) -> Seat:
        return receive.seat(body, self.gate.known, self.clock.now().date(), self.gate.accepted)

    async def samples(self) -> Mapping[Sample, int]:
        """For the metrics port: nothing that moves with one envelope."""
        now = self.clock.now()
        since = await manifest.begun(self.database, now.date())
        age: dict[Sample, int] = {}
        if since is not None:
            age[Metric.KEY_AGE, ("manifest",)] = seconds_since(since, now)
        return {(Metric.UP, ()): 1, (Metric.BUSY, ()): int(self.gate.busy), **age}

    async def ready(self) -> bool:
        """A manifest that has not ended, too: without one every phone would refuse to send."""
        try:
            fresh = await manifest.is_fresh(self.database, self.clock.now().date())
            return fresh and await schema.served(self.database)
        except DatabaseUnavailable:
            return False


@asynccontextmanager
async def open_intake(settings: IntakeSettings, clock: Clock, chance: Chance) -> AsyncGenerator[IntakeParts, None]:
    """Raises DatabaseUnavailable and BadSetting. At the end, what is queued is flushed."""
    gate = Gate(clock, settings.intake_work_bits)
    room, batch = settings.intake_queue, settings.intake_batch
    sounds: Mapping[str, audio.Sound] = {} if settings.intake_audio is None else audio.read(settings.intake_audio)
    # One connection more: listening holds one.
    async with Database.open(settings.database_url.reveal(), size=settings.db_pool + 1) as database:
        answers = Answers(partial(exchange.answered, database), clock, room=room, pause=LOOK_SECONDS)
        relearn = _relearn(database, gate, clock)
        await relearn()
        page = Page(database, clock, settings)
        ticks = Ticks(clock, settings.intake_tick_ms / MILLISECONDS)
        await page.file()
        async with (
            Spooler[Seat].open(_cast(database, gate, clock, relearn), room=room, batch=batch, ticks=ticks) as envelopes,
            Spooler[Ask].open(partial(exchange.ask, database), room=room, batch=batch) as asks,
            answers.open(),
        ):
            yield IntakeParts(
                clock=clock,
                chance=chance,
                database=database,
                gate=gate,
                envelopes=envelopes,
                asks=asks,
                answers=answers,
                page=page,
                sounds=sounds,
                beats=(
                    Beat(name="learn", every=LEARN_SECONDS, step=relearn),
                    Beat(name="listen", every=0.0, step=partial(_listen, database, clock, answers)),
                ),
            )


def _relearn(database: Database, gate: Gate, clock: Clock) -> Step:
    async def relearn() -> None:
        gate.learn(await learn.learn(database, gate.known, clock.now().date()))

    return relearn


def _cast(database: Database, gate: Gate, clock: Clock, relearn: Step) -> Callable[[Sequence[Seat]], Awaitable[None]]:
    async def cast(seats: Sequence[Seat]) -> None:
        while not await receive.receive(database, seats, gate.known, clock.now().date(), gate.accepted):
            await relearn()

    return cast


async def _listen(database: Database, clock: Clock, answers: Answers[bytes, bytes]) -> None:
    async with database.listen(exchange.BELL, answers.ring):
        await clock.sleep(LISTEN_SECONDS)
