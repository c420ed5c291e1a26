"""What the portal process is made of. It has no field for a key that opens anything."""

from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Final

import msgspec

from laborvoice import data
from laborvoice.bootstrap import Beat
from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.domain import Value
from laborvoice.domain.questionnaire import load
from laborvoice.metrics import Metric, Sample
from laborvoice.settings import PortalSettings, Rate
from laborvoice.store.database import Database
from laborvoice.views import terms
from laborvoice.views.terms import ConditionView

SECRET_BYTES: Final = 32


class PortalParts(Value, frozen=True):
    """``cursor_secret`` seals cursors; ``asked`` counts answers by operation and status."""

    clock: Clock
    chance: Chance
    database: Database
    origin: str
    cursor_secret: bytes
    rate: Rate
    processes: int
    conditions: tuple[ConditionView, ...]
    asked: Counter[tuple[str, str]] = msgspec.field(default_factory=Counter)
    beats: tuple[Beat, ...] = ()

    async def samples(self) -> Mapping[Sample, int]:
        """For the metrics port: answers by operation and status, no party."""
        asked: dict[Sample, int] = {(Metric.REQUESTS, labels): number for labels, number in self.asked.items()}
        return {(Metric.UP, ()): 1, **asked}

    async def ready(self) -> bool:
        return await self.database.answers()


@asynccontextmanager
async def open_portal(settings: PortalSettings, clock: Clock, chance: Chance) -> AsyncGenerator[PortalParts]:
    """Raises DatabaseUnavailable. Without a session key cursors are good in this process alone."""
    own = settings.session_key
    async with Database.open(settings.database_url.reveal(), size=settings.db_pool) as database:
        yield PortalParts(
            clock=clock,
            chance=chance,
            database=database,
            origin=settings.origin,
            cursor_secret=chance.bytes(SECRET_BYTES) if own is None else own.reveal().encode(),
            rate=settings.rate,
            processes=settings.processes,
            conditions=terms.conditions(load(data.questions())),
        )
