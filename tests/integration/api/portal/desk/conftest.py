"""Two watchdogs that cover BD, the first with two people, and two brands that buy from one supplier there."""

from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest

from laborvoice.domain import ids
from laborvoice.pipeline.decide.remind import remind
from support.desk_world import YES, Buyers, Desk, buyers, desk, person
from support.registry_world import World


@dataclass
class Cases:
    client: Any
    world: World
    one: Desk
    other: Desk
    second: str
    buyers: Buyers
    number: int = field(default=0)

    async def post(self, key: str, path: str, body: object = None, **headers: str) -> Any:
        self.number += 1
        named = {"idempotency-key": f"k{self.number}", **{n.replace("_", "-"): text for n, text in headers.items()}}
        raw = b"" if body is None else msgspec.json.encode(body, enc_hook=ids.encode)
        return await self.client.ask("POST", path, key=key, body=raw, headers=named)

    async def open(self, cls: str = "standard", **more: Any) -> str:
        body = {"supplier": self.buyers.supplier, "class": cls, "title": "Exits", "condition": "building_fire", **more}
        answer = await self.post(self.one.key, "/v1/cases", body)
        assert answer.status == 201, answer.body
        return str(answer.json()["id"])

    async def get(self, case: str, key: str = "") -> Any:
        return await self.client.get(f"/v1/cases/{case}", key or self.one.key)

    async def move(self, case: str, to: str, key: str = "", **more: Any) -> Any:
        seen = (await self.get(case, key)).headers
        body = {"to": to, **more}
        return await self.post(key or self.one.key, f"/v1/cases/{case}/transitions", body, if_match=seen["etag"])

    async def walk(self, case: str, *steps: str | tuple[str, dict[str, Any]]) -> None:
        for step in steps:
            to, more = (step, {}) if isinstance(step, str) else step
            answer = await self.move(case, to, **more)
            assert answer.status == 200, answer.body

    async def share(self, case: str, *parties: Any, key: str = "", **answers: str) -> Any:
        body = {"parties": parties or self.buyers.brands[:1], "disclosure_check": {**YES, **answers}}
        return await self.post(key or self.one.key, f"/v1/cases/{case}/share", body)

    async def remind(self) -> None:
        await remind(self.world.portal, self.world.clock, self.world.chance)

    async def events(self, party: Any) -> list[tuple[str, str | None]]:
        """Of one party: type, and not before."""
        found = await self.world.sql(
            "SELECT json_agg(json_build_array(type, not_before::date) ORDER BY occurred_on, type) FROM outbox.event"
            " WHERE audience = $1 AND type LIKE 'case.%'",
            f"party:{party}",
        )
        return [tuple(row) for row in msgspec.json.decode(found or "[]")]


@pytest.fixture
async def cases(client: Any, world: World) -> Cases:
    one = await desk(world, "One", "BD")
    _, second = await person(world, one.party, "watchdog_handler", "One two")
    return Cases(client, world, one, await desk(world, "Other", "BD"), second, await buyers(world))
