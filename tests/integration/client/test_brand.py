"""A brand's client against the portal as a process runs it: settings, parts, server, sockets."""

import asyncio
import secrets  # noqa: TID251 - a key for one run
from collections.abc import AsyncIterator
from typing import Any

import pytest

from laborvoice.api.portal.app import create_portal_app
from laborvoice.bootstrap.portal import open_portal
from laborvoice.chance import SystemChance
from laborvoice.client.brand import Brand, Nothing, PortalRefused, Published, Withheld
from laborvoice.domain.ids import SupplierId
from laborvoice.errors import Unanswered
from laborvoice.metrics import Metric
from laborvoice.serve import Bounds, serve
from laborvoice.settings import PortalSettings
from laborvoice.settings.kinds import Bind, Secret
from support.registry_world import World

LONG = Bounds(head_seconds=60, body_seconds=60)


@pytest.fixture
async def portal(world: World, plug: Any, tmp_path: Any) -> AsyncIterator[Any]:
    """Its parts, and its address."""
    settings = PortalSettings(
        home=tmp_path,
        database_url=Secret(plug.dsn),
        intake_origin="https://voice.example",
        origin="https://portal.example",
        session_key=Secret(secrets.token_hex(32)),
        export_key=Secret(secrets.token_hex(32)),
    )
    stop = asyncio.Event()
    ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    async with open_portal(settings, world.clock, SystemChance()) as parts:
        serving = asyncio.create_task(
            serve(
                create_portal_app(parts),
                Bind(host="127.0.0.1", port=0),
                bounds=LONG,
                stop=stop,
                on_ready=ready.set_result,
            )
        )
        yield parts, f"http://127.0.0.1:{await ready}"
        stop.set()
        await serving


@pytest.fixture
async def chain(world: World) -> Any:
    """A brand with 120 suppliers; the first has a score, the second is withheld."""
    brand = await world.party("brand")
    await world.period("2026-Q3")
    found: list[SupplierId] = []
    for number in range(120):
        one = await world.supplier(f"Site {number:03}")
        await world.linked(brand, one)
        found.append(one)
    await world.release(found[0], "2026-Q3", n=210)
    await world.release(found[1], "2026-Q3")
    return await world.secret(brand, "brand"), found


async def test_suppliers_and_scores(portal: Any, chain: Any) -> None:
    parts, url = portal
    key, suppliers = chain
    brand = Brand(url, key)
    listed = await asyncio.to_thread(brand.suppliers)
    assert [one.id for one in listed] == suppliers
    assert (listed[0].name, listed[0].country, listed[0].kind) == ("Site 000", "BD", "factory")
    score = await asyncio.to_thread(brand.score, suppliers[0])
    assert isinstance(score, Published)
    assert (score.period, score.answers) == ("2026-Q3", 210)
    assert await asyncio.to_thread(brand.score, suppliers[1], "2026-Q3") == Withheld(period="2026-Q3")
    wanted = [*suppliers, *(SupplierId.draw(bytes([7]) * 16) for _ in range(400))]
    rated = await asyncio.to_thread(brand.scores, wanted)
    assert [one.supplier for one in rated] == suppliers
    assert rated[0].score == score
    assert rated[2].score == Nothing()
    (then,) = await asyncio.to_thread(brand.scores, suppliers[:1], "2025-Q3")
    assert then.score == Nothing()
    samples = await parts.samples()
    assert samples[Metric.REQUESTS, ("list_suppliers", "200")] == 2
    assert await parts.ready()


async def test_a_refusal_has_its_code(portal: Any, chain: Any) -> None:
    _, url = portal
    key, _ = chain
    with pytest.raises(PortalRefused) as caught:
        await asyncio.to_thread(Brand(url, key).score, SupplierId.draw(bytes(16)))
    assert (caught.value.status, caught.value.code) == (404, "not-found")
    with pytest.raises(PortalRefused) as caught:
        await asyncio.to_thread(Brand(url, "lvk_test_nonsense").suppliers)
    assert (caught.value.status, caught.value.code) == (401, "unauthenticated")


async def test_what_is_no_portal_is_told_apart() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno")
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        with pytest.raises(PortalRefused) as caught:
            await asyncio.to_thread(Brand(f"http://127.0.0.1:{port}", "key").suppliers)
        assert (caught.value.status, caught.value.code) == (502, "unknown")
    with pytest.raises(Unanswered):
        await asyncio.to_thread(Brand(f"http://127.0.0.1:{port}", "key").suppliers)


async def test_not_ready_without_a_database(portal: Any, plug: Any) -> None:
    parts, _ = portal
    assert await parts.ready()
    await plug.pull()
    assert not await parts.ready()
    plug.push()
    assert await parts.ready()
