"""The courier: holds the webhook signing keys, and is the only process that dials out."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Final
from urllib.parse import urlsplit

import laborvoice
from laborvoice.bootstrap import Beat
from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.crypto.suites import OURS, key_pair
from laborvoice.domain import Value
from laborvoice.errors import BadSetting
from laborvoice.metrics import Metric, Sample
from laborvoice.pipeline.announce import announce, introduce
from laborvoice.pipeline.beat import Heart
from laborvoice.pipeline.deliver import Deliveries
from laborvoice.pipeline.fan_out import fan_out
from laborvoice.pipeline.notify import Notices
from laborvoice.pipeline.purge import purge
from laborvoice.pipeline.recover import recover
from laborvoice.pipeline.warn import Warner
from laborvoice.settings import CourierSettings
from laborvoice.store import schema
from laborvoice.store.database import Connection, Database
from laborvoice.store.outbox import delivery, endpoint, server
from laborvoice.webhooks import guard, mailer, signing
from laborvoice.webhooks.sender import open_sender
from laborvoice.webhooks.signer import Signer

MASTER_SIZE: Final = 32
POLL_SECONDS: Final = 1.0
BEAT_SECONDS: Final = 0.5
WARN_SECONDS: Final = 10.0
PURGE_SECONDS: Final = 60.0
STOP_SECONDS: Final = 15.0
MINUTE: Final = 60


class CourierParts(Value, frozen=True):
    """No door: its beats are all it does."""

    database: Database
    deliveries: Deliveries
    heart: Heart
    clock: Clock
    beats: tuple[Beat, ...]

    async def samples(self) -> Mapping[Sample, float]:
        """For the metrics port: counts and classes, no endpoint."""
        now = self.clock.now()

        async def look(db: Connection) -> tuple[delivery.Waiting, endpoint.Counts, server.Health]:
            return await delivery.waiting(db, now), await endpoint.counts(db), await server.health(db)

        waiting, counts, health = await self.database.run("samples", look)
        states = {"pending": counts.pending, "active": counts.active, "disabled": counts.disabled}
        out = self.deliveries
        return {
            (Metric.UP, ()): 1,
            (Metric.DUE, ()): waiting.due,
            (Metric.OLDEST_DUE, ()): 0 if waiting.oldest is None else int((now - waiting.oldest).total_seconds()),
            (Metric.IN_FLIGHT, ()): out.in_flight,
            (Metric.BREAKERS, ()): counts.paused,
            (Metric.CLAIM, ()): out.claim_seconds,
            (Metric.FLUSH, ()): out.flush_seconds,
            (Metric.EXPIRED, ()): out.expired,
            (Metric.HEART_LATE, ()): self.heart.late,
            (Metric.OLDEST, ()): health.oldest_minutes * MINUTE,
            (Metric.DEAD_ROWS, ()): health.dead_rows,
            **{(Metric.ENDPOINTS, (state,)): count for state, count in states.items()},
            **{(Metric.ATTEMPTS, (name,)): count for name, count in out.outcomes.items()},
        }

    async def ready(self) -> bool:
        return await schema.served(self.database)


@asynccontextmanager
async def open_courier(settings: CourierSettings, clock: Clock, chance: Chance) -> AsyncGenerator[CourierParts]:
    """On leaving: what is out ends within 15 s, leases are handed back. Raises BadSetting, DatabaseUnavailable."""
    signer, relay = _signer(settings), _relay(settings)
    rules = guard.rules_of(settings.egress_deny, settings.egress_allow, settings.egress_ports)
    proxy = settings.egress_proxy.reveal() if settings.egress_proxy else ""
    async with (
        Database.open(settings.database_url.reveal(), size=settings.db_pool) as database,
        open_sender(guard.Guard(rules), clock, proxy=proxy) as sender,
    ):
        await introduce(database, signer.pair, mails=relay is not None)
        deliveries = Deliveries(database, sender, signer, clock, chance, settings.courier_slots)
        heart = Heart(database, sender.post, signer, clock, chance)
        beats = (
            *_telling(settings, database, clock, chance),
            *_delivering(deliveries, database, clock, chance),
            *_watching(heart, database, clock, chance),
            Beat(name="announce", every=POLL_SECONDS, step=lambda: announce(database, clock, signer.master)),
            *_mailing(settings, relay, database, clock, signer),
        )
        async with database.listen(delivery.RING, deliveries.due.set):
            try:
                yield CourierParts(database=database, deliveries=deliveries, heart=heart, clock=clock, beats=beats)
            finally:
                await deliveries.drain(STOP_SECONDS)
                await heart.rest()


def _signer(settings: CourierSettings) -> Signer:
    master = master_key(settings.courier_keys.reveal())
    agent = signing.user_agent(laborvoice.__version__, settings.contact_url)
    return Signer(master=master, pair=key_pair(master, OURS), agent=agent)


def _relay(settings: CourierSettings) -> mailer.Relay | None:
    if settings.courier_smtp_url is None:
        return None
    return mailer.read_relay(settings.courier_smtp_url.reveal(), urlsplit(settings.origin).hostname or "")


def master_key(text: str) -> bytes:
    """From 64 hexadecimal digits."""
    try:
        master = bytes.fromhex(text)
    except ValueError:
        master = b""
    if len(master) != MASTER_SIZE:
        raise BadSetting(f"LABORVOICE_COURIER_KEYS must be {2 * MASTER_SIZE} hexadecimal digits.")
    return master


def _again(step: Callable[[], Awaitable[bool]], bell: asyncio.Event) -> Callable[[], Awaitable[None]]:
    """A step that says whether there is more to do; then it rings for itself."""

    async def beat() -> None:
        if await step():
            bell.set()

    return beat


def _telling(settings: CourierSettings, database: Database, clock: Clock, chance: Chance) -> tuple[Beat, ...]:
    more, old = asyncio.Event(), asyncio.Event()
    tell = _again(lambda: fan_out(database, clock, chance, settings.origin), more)
    clear = _again(lambda: purge(database, clock, settings.event_days, settings.attempt_days), old)
    return (
        Beat(name="fan_out", every=POLL_SECONDS, step=tell, bell=more),
        Beat(name="purge", every=PURGE_SECONDS, step=clear, bell=old),
    )


def _delivering(deliveries: Deliveries, database: Database, clock: Clock, chance: Chance) -> tuple[Beat, ...]:
    """What was settled made room for what is recovered."""
    recovering = _again(lambda: recover(database, clock, chance), deliveries.settled)
    return (
        Beat(name="claim", every=POLL_SECONDS, step=deliveries.claim, bell=deliveries.due),
        Beat(name="settle", every=POLL_SECONDS, step=deliveries.flush, bell=deliveries.landed),
        Beat(name="recover", every=POLL_SECONDS, step=recovering, bell=deliveries.settled),
    )


def _watching(heart: Heart, database: Database, clock: Clock, chance: Chance) -> tuple[Beat, ...]:
    warner = Warner(database, clock, chance)
    return (
        Beat(name="beat", every=BEAT_SECONDS, step=heart.beat),
        Beat(name="warn", every=WARN_SECONDS, step=_again(warner.warn, heart.missed), bell=heart.missed),
    )


def _mailing(
    settings: CourierSettings, relay: mailer.Relay | None, database: Database, clock: Clock, signer: Signer
) -> tuple[Beat, ...]:
    """Nothing where there is no relay."""
    if relay is None:
        return ()
    notices = Notices(database, partial(mailer.send, relay), signer.pair, clock, settings.origin)
    return (Beat(name="notify", every=POLL_SECONDS, step=notices.beat),)
