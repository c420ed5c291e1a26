"""How often a key may ask, and how it is told (design, api 2)."""

import re
from typing import Any

import msgspec
import pytest

from laborvoice.api.portal.app import create_portal_app
from laborvoice.settings import Rate
from support.registry_world import World


async def test_the_601st_is_one_too_many(client: Any, world: World, chain: Any) -> None:
    other = await world.secret(chain.brand, "brand")
    for number in range(600):
        answer = await client.get("/v1/conditions", chain.key)
        assert answer.status == 200
        assert answer.headers["ratelimit-policy"] == '"default";q=600;w=60'
        assert answer.headers["ratelimit"] == f'"default";r={599 - number};t=60'
    refused = await client.get("/v1/conditions", chain.key)
    assert refused.status == 429
    assert refused.json()["code"] == "rate-limited"
    assert refused.headers["ratelimit"] == '"default";r=0;t=60'
    assert refused.headers["retry-after"] == "60"
    assert (await client.get("/v1/conditions", other)).status == 200
    world.clock.skip(seconds=59.5)
    assert (await client.get("/v1/conditions", chain.key)).headers["retry-after"] == "1"
    world.clock.skip(seconds=0.5)
    assert (await client.get("/v1/conditions", chain.key)).headers["ratelimit"] == '"default";r=599;t=60'


@pytest.fixture
def slow(parts: Any, client: Any) -> Any:
    """Six requests in ten seconds, of which each of two processes gives half."""
    shared = msgspec.structs.replace(parts, rate=Rate(count=6, seconds=10), processes=2)
    return type(client)(create_portal_app(shared))


async def test_processes_share_the_rate(slow: Any, chain: Any) -> None:
    answers = [await slow.get("/v1/conditions", chain.key) for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["ratelimit-policy"] == '"default";q=3;w=10'


async def test_refusals_count_and_carry_the_headers(slow: Any, chain: Any) -> None:
    for target, status in (("/v1/periods", 403), ("/v1/suppliers?a=1", 400), ("/v1/suppliers/x", 404)):
        answer = await slow.get(target, chain.key)
        assert answer.status == status
        assert re.fullmatch(r'"default";r=[0-9]+;t=[1-9][0-9]*', answer.headers["ratelimit"])
    assert (await slow.get("/v1/conditions", chain.key)).status == 429
    assert (await slow.get("/healthz")).status == 200
