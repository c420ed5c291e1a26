"""However long a list, an answer takes the same number of statements; one asks for open cases, which raise a score."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import msgspec
import pytest

from laborvoice.api.portal.app import create_portal_app
from laborvoice.store.database import Database
from support.registry_world import World

HEADER = "-- "
"""Every statement of ours begins with its name; those of the driver and of the transaction do not."""


class Counted:
    """The statements of our own that a client's requests made."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def note(self, record: Any) -> None:
        if record.query.startswith(HEADER):
            self.seen.append(record.query)


@pytest.fixture
async def counted(world: World, parts: Any, client: Any, database: Any) -> AsyncIterator[Any]:
    counter = Counted()

    async def watch(connection: Any) -> None:
        connection.add_query_logger(counter.note)

    del world
    async with asyncpg.create_pool(database.dsn("portal"), min_size=1, max_size=1, setup=watch) as pool:
        watched = msgspec.structs.replace(parts, database=Database(pool))
        yield type(client)(create_portal_app(watched)), counter


@pytest.mark.parametrize("suppliers", [1, 25])
async def test_no_statement_a_row(counted: Any, world: World, chain: Any, suppliers: int) -> None:
    client, counter = counted
    for number in range(suppliers):
        one = await world.supplier(f"Site {number}")
        await world.linked(chain.brand, one)
        await world.release(one, "2026-Q3", n=80)
    await client.get("/v1/conditions", chain.key)
    wanted = [row["id"] for row in (await client.get("/v1/suppliers?limit=100", chain.key)).json()["data"]]
    assert len(wanted) == suppliers + 1
    for statements, asked in (
        (3, client.get("/v1/suppliers?limit=100", chain.key)),
        (4, client.get("/v1/suppliers?limit=100&band=high&q=site", chain.key)),
        (3, client.get(f"/v1/suppliers/{chain.supplier}", chain.key)),
        (5, client.get(f"/v1/suppliers/{chain.supplier}/score", chain.key)),
        (5, client.get(f"/v1/suppliers/{chain.supplier}/scores", chain.key)),
        (3, client.get(f"/v1/suppliers/{chain.supplier}/releases", chain.key)),
        (2, client.get(f"/v1/releases/{chain.releases['2026-Q3']}", chain.key)),
        (5, client.post("/v1/scores/query", chain.key, {"suppliers": wanted})),
        (5, client.post("/v1/scores/query", chain.key, {"filter": {}})),
        (5, client.post("/v1/scores/query", chain.key, {"filter": {}, "sort": "score"})),
        (1, client.get("/v1/conditions", chain.key)),
    ):
        counter.seen.clear()
        assert (await asked).status == 200
        assert len(counter.seen) == statements, counter.seen
