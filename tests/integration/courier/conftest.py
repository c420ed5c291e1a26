"""A small world around the outbox: suppliers, parties, links, periods, and events written as the vault writes them."""

import asyncio
import itertools
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from laborvoice.chance import SystemChance
from laborvoice.clock import SystemClock
from laborvoice.crypto.suites import OURS, key_pair
from laborvoice.demo.receiver import Receiver, open_receiver
from laborvoice.domain.endpoint import NewEndpoint, Subscribed
from laborvoice.domain.event import Event, of_supplier
from laborvoice.domain.facts import EventType, OfRelease
from laborvoice.domain.ids import EventId, LinkId, PartyId, ReleaseId, SupplierId
from laborvoice.pipeline.announce import announce, introduce
from laborvoice.pipeline.deliver import Deliveries
from laborvoice.pipeline.fan_out import fan_out
from laborvoice.pipeline.subscribe import rules_of, subscribe
from laborvoice.store.database import Database
from laborvoice.store.outbox import endpoint_key, event
from laborvoice.webhooks.guard import Guard
from laborvoice.webhooks.sender import Sender, open_sender
from laborvoice.webhooks.signer import Signer
from laborvoice.webhooks.signing import write_public

ORIGIN = "https://voice.example"
MASTER = bytes(range(32))
CHANCE = SystemChance()
LOOPBACK = rules_of((ORIGIN,), ("127.0.0.0/8",), (443, 8443))
CLOSED_ON = datetime(2026, 10, 8, 9, 30, tzinfo=UTC)


class SetClock:
    """Stands still until it is moved; its sleeps take no time."""

    told = False

    def __init__(self) -> None:
        self.time = CLOSED_ON

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.time.timestamp()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0 * seconds)

    def pass_by(self, **span: float) -> None:
        self.time += timedelta(**span)


class Outbox:
    def __init__(self, cluster: Any, clock: SetClock) -> None:
        self.cluster = cluster
        self.clock = clock
        self.signer = Signer(master=MASTER, pair=key_pair(MASTER, OURS), agent="laborvoice/test")
        self.loopback = LOOPBACK
        self.stack = AsyncExitStack()
        self.pools: dict[str, Database] = {}
        self.numbers = itertools.count(1)

    async def role(self, name: str) -> Database:
        if name not in self.pools:
            self.pools[name] = await self.stack.enter_async_context(Database.open(self.cluster.dsn(name), size=4))
        return self.pools[name]

    async def sql(self, statement: str, *args: Any) -> list[Any]:
        """As superuser."""
        connection = await asyncpg.connect(self.cluster.superuser)
        try:
            return await connection.fetch(statement, *args)
        finally:
            await connection.close()

    async def supplier(self, country: str = "BD", isic: tuple[str, ...] = ("1410",)) -> SupplierId:
        one, number = SupplierId.draw(CHANCE.bytes(16)), next(self.numbers)
        await self.sql(
            """INSERT INTO registry.supplier (supplier_id, public_id, name, address, country, kind, isic, products,
                engagement, created_on, updated_on)
                VALUES ($1, $2, 'A site', 'A road', $3, 'factory', $4, '{}', 'ok', '2026-01-01', '2026-01-01')""",
            number,
            one.uuid,
            country,
            isic,
        )
        return one

    async def party(self, kind: str = "brand") -> PartyId:
        one = PartyId.draw(CHANCE.bytes(16))
        await self.sql("INSERT INTO registry.party VALUES ($1, $2, 'A party', 'NL', '2026-01-01')", one.uuid, kind)
        return one

    async def link(
        self,
        party: PartyId,
        supplier: SupplierId,
        begins: date = date(2026, 1, 1),
        ends: date | None = None,
        state: str = "confirmed",
    ) -> None:
        await self.sql(
            """INSERT INTO registry.link (id, party_id, supplier_id, state, tier, role, from_day, to_day, source,
                disclosure, created_on)
                SELECT $1, $2, supplier_id, $4, 1, 'cutting', $5, $6, 'own', 'private', '2026-01-01'
                FROM registry.supplier WHERE public_id = $3""",
            LinkId.draw(CHANCE.bytes(16)).uuid,
            party.uuid,
            supplier.uuid,
            state,
            begins,
            ends,
        )

    async def brand(self, *suppliers: SupplierId) -> PartyId:
        """One with confirmed links to these."""
        party = await self.party()
        for supplier in suppliers:
            await self.link(party, supplier)
        return party

    async def watchdog(self, *scopes: str) -> PartyId:
        one = await self.party("watchdog")
        for scope in scopes:
            await self.sql("INSERT INTO registry.jurisdiction VALUES ($1, $2, true)", one.uuid, scope)
        return one

    async def period(self, label: str = "2026-Q3", state: str = "counted") -> None:
        await self.sql("DELETE FROM ballot.period_state WHERE period = $1", label)
        await self.sql("INSERT INTO ballot.period_state VALUES ($1, 'quarter', $2)", label, state)

    def event(self, supplier: SupplierId, kind: EventType = "release.published", period: str = "2026-Q3") -> Event:
        facts = OfRelease(supplier=supplier, period=period, release=ReleaseId.draw(CHANCE.bytes(16)))
        return Event(
            id=EventId.draw(CHANCE.bytes(16)),
            type=kind,
            audience=of_supplier(supplier),
            resource=supplier,
            facts=facts,
            period=period,
            occurred_on=self.clock.now(),
        )

    async def put(self, *events: Event) -> None:
        vault = await self.role("vault")
        await vault.run("release", lambda db: event.put(db, events))

    async def endpoint(self, party: PartyId, url: str, *types: Any) -> Subscribed:
        await introduce(await self.role("courier"), self.signer.pair)
        wanted = NewEndpoint(url=url, types=types or ("*",))
        made = await subscribe(await self.role("portal"), self.clock, CHANCE, LOOPBACK, party, wanted)
        await self.verified(made)
        return made

    async def verified(self, one: Subscribed) -> None:
        """As if its receiver had answered the challenge, which it is never sent."""
        await self.sql(
            "UPDATE outbox.endpoint SET state = 'active', challenge = NULL, verify_wanted = false WHERE id = $1",
            one.endpoint.uuid,
        )
        await self.sql("DELETE FROM outbox.event WHERE type = 'endpoint.verify' AND resource = $1", one.endpoint)

    async def public_key(self, one: Subscribed) -> str:
        courier = await self.role("courier")
        await announce(courier, self.clock, MASTER)
        keys = await courier.run("keys", lambda db: endpoint_key.keys_of(db, one.endpoint))
        used = next(key for key in keys if key.not_before <= self.clock.now().date())
        return write_public(used.public_key)

    async def tell(self, batch: int = 500) -> bool:
        return await fan_out(await self.role("courier"), self.clock, CHANCE, ORIGIN, batch)

    async def many(self, count: int, url: str) -> tuple[PartyId, Subscribed]:
        """A brand with one endpoint, and so many events told to it."""
        supplier = await self.supplier()
        brand = await self.brand(supplier)
        one = await self.endpoint(brand, url)
        await self.put(*(self.event(supplier) for _ in range(count)))
        await self.tell()
        return brand, one

    def deliveries(self, sender: Sender, slots: int = 128) -> Deliveries:
        return Deliveries(self.pools["courier"], sender, self.signer, self.clock, CHANCE, slots)

    async def states(self) -> dict[str, int]:
        rows = await self.sql("SELECT state, count(*) FROM outbox.delivery GROUP BY state")
        return {row[0]: row[1] for row in rows}


@pytest.fixture
def set_clock() -> SetClock:
    return SetClock()


@pytest.fixture
async def outbox(database: Any, set_clock: SetClock) -> AsyncGenerator[Outbox]:
    world = Outbox(database, set_clock)
    await world.period()
    async with world.stack:
        yield world


@pytest.fixture
async def sender() -> AsyncGenerator[Sender]:
    async with open_sender(Guard(LOOPBACK), SystemClock()) as one:
        yield one


@pytest.fixture
async def receiver(set_clock: SetClock) -> AsyncGenerator[Receiver]:
    async with open_receiver(set_clock) as one:
        yield one
