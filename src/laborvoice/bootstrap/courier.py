"""The courier: holds the webhook signing keys, and is the only process that dials out."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Final

import laborvoice
from laborvoice.bootstrap import Beat
from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.crypto.suites import OURS, key_pair
from laborvoice.domain import Value
from laborvoice.errors import BadSetting
from laborvoice.metrics import Metric, Sample
from laborvoice.pipeline.announce import announce, introduce
from laborvoice.pipeline.deliver import Deliveries, Signer
from laborvoice.pipeline.fan_out import fan_out
from laborvoice.pipeline.purge import purge
from laborvoice.settings import CourierSettings
from laborvoice.store.database import Database
from laborvoice.store.outbox import delivery
from laborvoice.webhooks import guard, signing
from laborvoice.webhooks.sender import open_sender

MASTER_SIZE: Final = 32
POLL_SECONDS: Final = 1.0
PURGE_SECONDS: Final = 60.0
STOP_SECONDS: Final = 15.0


class CourierParts(Value, frozen=True):
    """No door: its beats are all it does."""

    database: Database
    deliveries: Deliveries
    clock: Clock
    beats: tuple[Beat, ...]

    async def samples(self) -> Mapping[Sample, int]:
        """For the metrics port: counts and classes, no endpoint."""
        now = self.clock.now()
        waiting = await self.database.run("samples", lambda db: delivery.waiting(db, now))
        age = 0 if waiting.oldest is None else int((now - waiting.oldest).total_seconds())
        ended: dict[Sample, int] = {
            (Metric.ATTEMPTS, (name,)): count for name, count in self.deliveries.outcomes.items()
        }
        return {(Metric.UP, ()): 1, (Metric.DUE, ()): waiting.due, (Metric.OLDEST_DUE, ()): age, **ended}

    async def ready(self) -> bool:
        return await self.database.answers()


@asynccontextmanager
async def open_courier(settings: CourierSettings, clock: Clock, chance: Chance) -> AsyncGenerator[CourierParts]:
    """On leaving: what is out ends within 15 s, leases are handed back. Raises BadSetting, DatabaseUnavailable."""
    signer = _signer(settings)
    rules = guard.rules_of(settings.egress_deny, settings.egress_allow, settings.egress_ports)
    proxy = settings.egress_proxy.reveal() if settings.egress_proxy else ""
    async with (
        Database.open(settings.database_url.reveal(), size=settings.db_pool) as database,
        open_sender(guard.Guard(rules), clock, proxy=proxy) as sender,
    ):
        await introduce(database, signer.pair)
        deliveries = Deliveries(database, sender.post, signer, clock, chance, settings.courier_slots)
        async with database.listen(delivery.RING, deliveries.due.set):
            try:
                yield _parts(settings, database, deliveries, clock, chance, signer)
            finally:
                await deliveries.drain(STOP_SECONDS)


def _signer(settings: CourierSettings) -> Signer:
    master = master_key(settings.courier_keys.reveal())
    agent = signing.user_agent(laborvoice.__version__, settings.contact_url)
    return Signer(master=master, pair=key_pair(master, OURS), agent=agent)


def master_key(text: str) -> bytes:
    """From 64 hexadecimal digits."""
    try:
        master = bytes.fromhex(text)
    except ValueError:
        master = b""
    if len(master) != MASTER_SIZE:
        raise BadSetting(f"LABORVOICE_COURIER_KEYS must be {2 * MASTER_SIZE} hexadecimal digits.")
    return master


def _parts(
    settings: CourierSettings, database: Database, deliveries: Deliveries, clock: Clock, chance: Chance, signer: Signer
) -> CourierParts:
    more, old = asyncio.Event(), asyncio.Event()

    async def tell() -> None:
        if await fan_out(database, clock, chance, settings.origin):
            more.set()

    async def clear() -> None:
        if await purge(database, clock, settings.event_days, settings.attempt_days):
            old.set()

    beats = (
        Beat(name="fan_out", every=POLL_SECONDS, step=tell, bell=more),
        Beat(name="claim", every=POLL_SECONDS, step=deliveries.claim, bell=deliveries.due),
        Beat(name="settle", every=POLL_SECONDS, step=deliveries.flush, bell=deliveries.landed),
        Beat(name="announce", every=POLL_SECONDS, step=lambda: announce(database, clock, signer.master)),
        Beat(name="purge", every=PURGE_SECONDS, step=clear, bell=old),
    )
    return CourierParts(database=database, deliveries=deliveries, clock=clock, beats=beats)
