"""What the portal process is made of. It has no field for a key that opens anything."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

import msgspec

from laborvoice import data, log
from laborvoice.bootstrap import Beat
from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.domain import Value
from laborvoice.domain.questionnaire import load
from laborvoice.errors import BadSetting
from laborvoice.metrics import Metric, Sample, Spread, Values
from laborvoice.pipeline import export
from laborvoice.pipeline.anchor import anchor
from laborvoice.pipeline.decide.fade import fade
from laborvoice.pipeline.decide.remind import remind
from laborvoice.pipeline.decide.turn import turn
from laborvoice.pipeline.export import Maker
from laborvoice.pipeline.once import forget
from laborvoice.pipeline.sign_in.tools import AT_ONCE, Strangers, Tools
from laborvoice.pipeline.subscribe import Urls, rules_of
from laborvoice.settings import PortalSettings, Rate
from laborvoice.store import schema
from laborvoice.store.access import session
from laborvoice.store.database import Database
from laborvoice.views import exports, feed, terms
from laborvoice.views.feed import Bell
from laborvoice.views.terms import ConditionView
from laborvoice.workers import Threads

SECRET_BYTES: Final = 32
FORGET_SECONDS: Final = 600.0
ANCHOR_SECONDS: Final = 60.0
REMIND_SECONDS: Final = 60.0
EXPORT_SECONDS: Final = 5.0
SWEEP_SECONDS: Final = 3600.0
DEFAULT_PORTS: Final = (443, 8443)


class PortalParts(Value, frozen=True):
    """``cursor_secret`` seals cursors; under keys derived from it lie second factors, and tokens are signed.

    ``asked`` counts answers by operation and status, ``took`` how long they took.

    ``urls``: which may be saved. ``fed`` rings when anybody's feed grew, ``exporting`` when an export was asked for;
    ``export_seed`` signs what is made of it.
    """

    clock: Clock
    chance: Chance
    database: Database
    origin: str
    cursor_secret: bytes
    export_seed: bytes
    rate: Rate
    processes: int
    conditions: tuple[ConditionView, ...]
    asked: Counter[tuple[str, str]] = msgspec.field(default_factory=Counter)
    took: Spread = msgspec.field(default_factory=Spread)
    beats: tuple[Beat, ...] = ()
    strangers: Strangers = msgspec.field(default_factory=Strangers)
    threads: Threads = msgspec.field(default_factory=lambda: Threads(AT_ONCE))
    urls: Urls = msgspec.field(default_factory=lambda: Urls(rules_of((), (), DEFAULT_PORTS)))
    fed: Bell = msgspec.field(default_factory=Bell)
    exporting: asyncio.Event = msgspec.field(default_factory=asyncio.Event)

    @property
    def signing_in(self) -> Tools:
        """What signing in is done with."""
        return Tools(
            database=self.database,
            clock=self.clock,
            chance=self.chance,
            secret=self.cursor_secret,
            threads=self.threads,
            strangers=self.strangers,
        )

    @property
    def maker(self) -> Maker:
        """What exports are made with."""
        return Maker(clock=self.clock, chance=self.chance, seed=self.export_seed, sections=exports.sections)

    async def samples(self) -> Values:
        """For the metrics port: answers by operation and status, no party."""
        now = self.clock.now()
        asked: dict[Sample, int] = {(Metric.REQUESTS, labels): number for labels, number in self.asked.items()}
        busy, idle = self.database.open_connections
        return {
            (Metric.UP, ()): 1,
            (Metric.LATENCY, ()): self.took,
            (Metric.POOL, ("busy",)): busy,
            (Metric.POOL, ("idle",)): idle,
            (Metric.SESSIONS, ()): await self.database.run("samples", lambda db: session.count(db, now)),
            **asked,
        }

    async def ready(self) -> bool:
        return await schema.served(self.database)


@asynccontextmanager
async def open_portal(settings: PortalSettings, clock: Clock, chance: Chance) -> AsyncGenerator[PortalParts]:
    """Raises DatabaseUnavailable; BadSetting where the session key is short enough to be guessed, or a key is none."""
    secret = settings.session_key.reveal().encode()
    if len(secret) < SECRET_BYTES:
        raise BadSetting("LABORVOICE_SESSION_KEY must have at least 32 characters, drawn at random.")
    fed = Bell()
    async with (
        Database.open(settings.database_url.reveal(), size=settings.db_pool, plan_once=True) as database,
        database.listen(feed.RING, fed.ring),
    ):
        parts = PortalParts(
            clock=clock,
            chance=chance,
            database=database,
            origin=settings.origin,
            cursor_secret=secret,
            export_seed=_seed(settings.export_key.reveal()),
            rate=settings.rate,
            processes=settings.processes,
            conditions=terms.conditions(load(data.questions())),
            beats=_beats(database, clock, chance),
            urls=_urls(settings),
            fed=fed,
        )
        yield msgspec.structs.replace(parts, beats=(*parts.beats, *_exports(parts)))


def _beats(database: Database, clock: Clock, chance: Chance) -> tuple[Beat, ...]:
    more, waiting = asyncio.Event(), asyncio.Event()

    async def remember() -> None:
        if await remind(database, clock, chance) | await turn(database, clock, chance) | await fade(database, clock):
            waiting.set()

    async def clear() -> None:
        if await forget(database, clock.now()):
            more.set()

    async def tell() -> None:
        head = await anchor(database, clock, chance)
        if head is not None:
            log.write(log.Event.ANCHORED, seq=head.seq, hash=head.hash)

    return (
        Beat(name="forget", every=FORGET_SECONDS, step=clear, bell=more),
        Beat(name="anchor", every=ANCHOR_SECONDS, step=tell),
        Beat(name="remind", every=REMIND_SECONDS, step=remember, bell=waiting),
    )


def _exports(parts: PortalParts) -> tuple[Beat, ...]:
    async def make() -> None:
        if await export.make(parts.database, parts.maker):
            parts.exporting.set()

    async def sweep() -> None:
        await export.sweep(parts.database, parts.clock.now().date())

    return (
        Beat(name="export", every=EXPORT_SECONDS, step=make, bell=parts.exporting),
        Beat(name="sweep", every=SWEEP_SECONDS, step=sweep),
    )


def _seed(text: str) -> bytes:
    """Raises BadSetting."""
    try:
        seed = bytes.fromhex(text.strip())
    except ValueError:
        seed = b""
    if len(seed) != SECRET_BYTES:
        raise BadSetting("LABORVOICE_EXPORT_KEY must be 64 hexadecimal digits, drawn at random.")
    return seed


def _urls(settings: PortalSettings) -> Urls:
    """Raises BadSetting."""
    origins = (settings.origin, settings.intake_origin)
    return Urls(rules_of(origins, settings.egress_allow, settings.egress_ports))
