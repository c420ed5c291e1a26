"""A brand, a watchdog and an operator with keys, a courier that has run, and a feed that holds something."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import msgspec
import pytest

from laborvoice.chance import SystemChance
from laborvoice.crypto.suites import OURS, key_pair
from laborvoice.domain.event import Event, of_supplier
from laborvoice.domain.facts import EventType, OfRelease
from laborvoice.domain.ids import DeliveryId, EndpointId, EventId, PartyId, ReleaseId, SupplierId
from laborvoice.pipeline.fan_out import fan_out
from laborvoice.store.database import Database
from laborvoice.store.outbox import event
from support.registry_world import World

ORIGIN = "https://voice.example"
URL = "https://hooks.brand.example/in"
PAIR = key_pair(bytes(range(32)), OURS)
CHANCE = SystemChance()


@dataclass
class Desk:
    """``courier`` is the role's pool; ``keys`` the API keys by party."""

    world: World
    client: Any
    courier: Database
    brand: PartyId
    watchdog: PartyId
    supplier: SupplierId
    keys: dict[PartyId, str] = field(default_factory=dict)

    async def ask(self, method: str, target: str, value: Any = None, who: PartyId | None = None, **headers: str) -> Any:
        body = b"" if value is None else msgspec.json.encode(value)
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return await self.client.ask(method, target, key=self.keys[who or self.brand], body=body, headers=named)

    async def made(self, who: PartyId | None = None, **fields: Any) -> Any:
        answer = await self.ask("POST", "/v1/endpoints", {"url": URL, "types": ["*"], **fields}, who)
        assert answer.status == 201, answer.body
        self.world.clock.skip(hours=1)
        return answer.json()

    async def active(self, who: PartyId | None = None, **fields: Any) -> Any:
        one = await self.made(who, **fields)
        answer = await self.ask(
            "POST", f"/v1/endpoints/{one['id']}/verify", {"challenge": await self.challenge(one)}, who
        )
        assert answer.json()["state"] == "active"
        # Its courier has no time to send the challenge: it would be one more delivery to count.
        await self.sql("DELETE FROM outbox.event WHERE type = 'endpoint.verify' AND NOT expanded")
        return {**one, **answer.json()}

    async def challenge(self, one: Any) -> str:
        found = await self.sql("SELECT challenge FROM outbox.endpoint WHERE id = $1", EndpointId.parse(one["id"]).uuid)
        return str(found.hex())

    async def sql(self, statement: str, *args: object) -> Any:
        return await self.world.sql(statement, *args)

    def event(self, kind: EventType = "release.published") -> Event:
        facts = OfRelease(supplier=self.supplier, period="2026-Q3", release=ReleaseId.draw(CHANCE.bytes(16)))
        return Event(
            id=EventId.draw(CHANCE.bytes(16)),
            type=kind,
            audience=of_supplier(self.supplier),
            resource=self.supplier,
            facts=facts,
            period="2026-Q3",
            occurred_on=self.world.clock.now(),
        )

    async def told(self, count: int = 1, kind: EventType = "release.published") -> list[str]:
        """So many events happen, and are told by the courier: their ids in the order of the feed."""
        await self.sql("DELETE FROM outbox.event WHERE type LIKE 'link.%'")
        made = [self.event(kind) for _ in range(count)]
        for one in made:
            await self.world.vault.run("release", partial(event.put, events=[one]))
        await fan_out(self.courier, self.world.clock, CHANCE, ORIGIN)
        return sorted(str(one.id) for one in made)

    async def delivery(self, one: Any, state: str = "dead") -> str:
        """The last delivery of an endpoint, now in this state."""
        found = await self.sql(
            """UPDATE outbox.delivery SET state = $2 WHERE id = (
                SELECT id FROM outbox.delivery WHERE endpoint_id = $1 ORDER BY id DESC LIMIT 1) RETURNING id""",
            EndpointId.parse(one["id"]).uuid,
            state,
        )
        return str(DeliveryId.of(found))


@pytest.fixture
async def courier(database: Any) -> AsyncIterator[Database]:
    async with Database.open(database.dsn("courier"), size=2) as opened:
        yield opened


@pytest.fixture
async def desk(world: World, client: Any, courier: Database) -> Desk:
    brand, supplier = await world.party("brand"), await world.supplier()
    watchdog = await world.watchdog("all")
    operator = await world.party("operator")
    await world.linked(brand, supplier)
    await world.period("2026-Q3")
    await world.sql(
        "INSERT INTO outbox.courier_key (only_row, suite, public_key) VALUES (true, $1, $2)", OURS, PAIR.public
    )
    one = Desk(world, client, courier, brand, watchdog, supplier)
    one.keys[brand] = await world.secret(brand, "brand")
    one.keys[watchdog] = await world.secret(watchdog, "watchdog")
    one.keys[operator] = await world.secret(operator, "operator")
    return one


@pytest.fixture
def operator(desk: Desk) -> PartyId:
    return list(desk.keys)[-1]


@pytest.fixture
def pair() -> Any:
    return PAIR
