"""The page of keys as the server makes it: how they stand, and who may make some. The rest is the browser's."""

import re
from datetime import date
from typing import Any

import pytest

from laborvoice.crypto import signing
from laborvoice.crypto.framing import b64
from laborvoice.domain.ids import PartyId
from laborvoice.views import messages
from laborvoice.web import modules
from support.portal_answers import is_problem
from support.registry_world import World
from support.watchdog import Watchdog, months

IMPORT = re.compile(r'^import \{[^}]*\} from "([^"]+)";$', re.MULTILINE)
SHELL = {"accept": "text/html"}


def year(party: PartyId, byte: int, *ends: date) -> dict[str, Any]:
    """Public halves of each month, made from ``byte``."""
    one = Watchdog(party, bytes([byte]) * 32, bytes([byte + 1]) * 32)
    rows = [months(one, until) for until in ends]
    told = [{"until": row.until, "keys": row.keys, "own": b64(row.own)} for row in rows]
    return {"sign_key": b64(signing.public_of(one.sign)), "months": told}


def kids_of(body: dict[str, Any]) -> set[str]:
    return {key.kid for month in body["months"] for key in month["keys"]}


@pytest.fixture
async def party(world: World) -> PartyId:
    return await world.party("watchdog")


@pytest.fixture
async def key(world: World, party: PartyId) -> str:
    return await world.secret(party, "watchdog")


async def shown(client: Any, key: str) -> str:
    answer = await client.get("/keys", key, **SHELL)
    assert answer.status == 200
    text: str = answer.body.decode()
    return text


async def test_it_says_how_the_keys_stand(client: Any, world: World, party: PartyId, key: str) -> None:
    none = await shown(client, key)
    assert "You have no keys" in none
    assert 'data-first="2026-11"' in none
    assert "My key is lost" not in none
    assert "this page needs JavaScript" in none.partition("<noscript>")[2].partition("</noscript>")[0]
    assert all(" hidden" in button for button in re.findall(r"<button[^>]*data-begin[^>]*>", none))
    await client.post("/v1/keys", key, year(party, 1, date(2026, 12, 31), date(2027, 1, 31)))
    waiting = await shown(client, key)
    assert "waiting for the manifest" in waiting
    assert "2027-01-31" in waiting
    assert "They end soon" not in waiting
    assert "My key is lost" in waiting
    world.clock.skip(days=49)
    assert "They end soon" not in await shown(client, key)
    world.clock.skip(days=1)
    due = await shown(client, key)
    assert "They end soon" in due
    assert 'data-first="2027-02"' in due
    world.clock.skip(days=31)
    assert "You have no keys" in await shown(client, key)


async def test_only_admins_of_watchdogs_make_some(client: Any, world: World, party: PartyId) -> None:
    handler = await world.secret(party, "watchdog", "suppliers:read", "messages:read", "campaigns:read")
    text = await shown(client, handler)
    assert "made by an admin of yours" in text
    assert 'id="ceremony"' not in text
    for kind in ("brand", "operator"):
        other = await world.secret(await world.party(kind), kind)
        assert (await client.get("/keys", other, **SHELL)).status == 403


async def test_lost_keys_are_replaced_and_their_messages_stay(
    client: Any, world: World, party: PartyId, key: str
) -> None:
    ends = (date(2026, 11, 30), date(2026, 12, 31), date(2027, 1, 31))
    lost = year(party, 1, *ends)
    assert (await client.post("/v1/keys", key, lost)).status == 201
    fresh = year(party, 3, *ends[:2])
    assert (await client.post("/v1/keys", key, fresh)).status == 409
    made = await client.post("/v1/keys", key, {**fresh, "replace": True})
    assert made.status == 201
    assert [row["until"] for row in made.json()["months"]] == ["2026-11-30", "2026-12-31"]
    assert [row["own"] for row in made.json()["months"]] == [row["own"] for row in fresh["months"]]
    assert {one["kid"] for row in made.json()["months"] for one in row["keys"]} == kids_of(fresh)
    kids = {b64(kid) for kid in await world.portal.run("test", lambda db: messages.kids(db, party))}
    assert kids == kids_of(lost) | kids_of(fresh)
    assert (await client.post("/v1/keys", key, {**fresh, "replace": True})).status == 409


async def test_modules_find_each_other(client: Any) -> None:
    for path, body in modules.by_path().items():
        answer = await client.get(modules.url(path))
        assert (answer.status, answer.body) == (200, body)
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    for nowhere in (
        modules.url("watchdog/none.mjs"),
        modules.url("portal.css"),
        "/static/0000000000000000/watchdog/keys.mjs",
    ):
        is_problem(await client.get(nowhere), 404, "not-found")


@pytest.mark.parametrize("page", ["watchdog/keys.mjs", "watchdog/inbox.mjs"])
def test_all_that_a_page_asks_for_is_served(page: str) -> None:
    wanted, met = [page], set[str]()
    while wanted:
        path = wanted.pop()
        if path not in met:
            met.add(path)
            folder = path.split("/")[:-1]
            for found in IMPORT.findall(modules.by_path()[path].decode()):
                parts = [*folder, *found.split("/")]
                while ".." in parts:
                    at = parts.index("..")
                    parts[at - 1 : at + 1] = []
                wanted.append("/".join(part for part in parts if part != "."))
    assert len(met) > 3
