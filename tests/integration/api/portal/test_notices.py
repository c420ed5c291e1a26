"""Mails without content: the address is sealed, bound to its owner, and never given out."""

from typing import Any

import pytest

from laborvoice.bootstrap.portal import PortalParts
from laborvoice.crypto.at_rest import open_sealed
from laborvoice.crypto.suites import OURS, KeyPair, key_pair
from laborvoice.domain.audit import Actor
from laborvoice.domain.notice import notice_purpose
from laborvoice.pipeline import appoint
from laborvoice.store.database import Database
from laborvoice.store.outbox import courier_key
from support.registry_world import World
from support.signing import Browser, Person, person

ADDRESS = "ana@brand.example"
PAIR = key_pair(bytes(range(32)), OURS)


@pytest.fixture
async def ana(world: World, parts: PortalParts) -> Person:
    return await person(world, parts.signing_in, await world.party("brand"), "brand_admin", "Ana Admin")


@pytest.fixture
async def browser(client: Any, ana: Person) -> Browser:
    made = Browser(client)
    await made.sign_in(ana)
    await made.get("/account/notices")
    return made


async def relay(database: Any, pair: KeyPair = PAIR, *, mails: bool = True) -> None:
    async with Database.open(database.dsn("courier")) as courier:
        await courier.run("introduce", lambda db: courier_key.put(db, pair.suite, pair.public, mails=mails))


async def kept(world: World) -> list[bytes]:
    found: list[bytes] = await world.sql("SELECT coalesce(array_agg(address_sealed), '{}') FROM outbox.notice")
    return found


async def test_an_address_is_sealed_to_the_courier_and_never_shown(
    database: Any, world: World, browser: Browser, ana: Person
) -> None:
    await relay(database)
    answer = await browser.post("/account/notices", address=ADDRESS)
    assert (answer.status, answer.headers["location"]) == (303, "/account/notices?done=notices-on")
    (sealed,) = await kept(world)
    assert open_sealed(PAIR, notice_purpose(ana.id), sealed).decode() == ADDRESS
    page = (await browser.get("/account/notices")).body.decode()
    assert "Mails are on." in page
    assert ADDRESS not in page
    assert (await browser.post("/account/notices")).headers["location"] == "/account/notices?done=notices-off"
    assert await kept(world) == []


async def test_without_a_relay_nothing_is_kept(database: Any, world: World, browser: Browser) -> None:
    assert "Not set up here." in (await browser.get("/account/notices")).body.decode()
    for introduced in (False, True):
        if introduced:
            await relay(database, mails=False)
        answer = await browser.post("/account/notices", address=ADDRESS)
        assert answer.status == 422
        assert "Mails are not set up here" in answer.body.decode()
    assert await kept(world) == []


@pytest.mark.parametrize(
    "address", ["ana", "ana@brand", "a b@brand.example", "ana@brand.example\r\nBcc: x", "@brand.example"]
)
async def test_what_is_no_address_is_said_beside_the_field(
    database: Any, world: World, browser: Browser, address: str
) -> None:
    await relay(database)
    answer = await browser.post("/account/notices", address=address)
    assert answer.status == 422
    assert "An address such as" in answer.body.decode()
    assert await kept(world) == []


async def test_over_the_api(database: Any, world: World, client: Any, browser: Browser) -> None:
    session = {"cookie": browser.cookie, "x-csrf-token": browser.csrf, "sec-fetch-site": "same-origin"}
    json = {**session, "content-type": "application/json"}

    async def put(body: bytes) -> Any:
        return await client.ask("PUT", "/v1/me/notices", body=body, headers=json)

    wanted = b'{"address":"%s"}' % ADDRESS.encode()
    refused = await put(wanted)
    assert (refused.status, refused.json()["code"]) == (409, "notices-off")
    await relay(database)
    assert (await put(wanted)).status == 204
    assert (await put(b'{"address":"ana"}')).json()["errors"][0]["pointer"] == "/address"
    assert len(await kept(world)) == 1
    assert (await client.ask("DELETE", "/v1/me/notices", headers=session)).status == 204
    assert await kept(world) == []


async def test_with_her_goes_her_address(
    database: Any, world: World, parts: PortalParts, browser: Browser, ana: Person
) -> None:
    await relay(database)
    await browser.post("/account/notices", address=ADDRESS)
    other = await person(world, parts.signing_in, ana.party, "brand_admin", "Other Admin")
    by = Actor(party=ana.party, by=other.id)
    await world.portal.run("test", lambda db: appoint.remove_in(db, world.clock.now(), ana.id, None, by))
    assert await kept(world) == []
