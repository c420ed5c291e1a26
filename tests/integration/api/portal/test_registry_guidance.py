"""Help numbers and watchdogs' keys through the doors."""

from datetime import date
from typing import Any

import msgspec
import pytest

from laborvoice.crypto import signing, suites
from laborvoice.crypto.framing import b64
from laborvoice.crypto.manifest import own_bytes
from support.registry_world import World

NUMBER = {
    "name": "Helpline",
    "number": "+880 2 0000 0000",
    "hours": "24 h",
    "languages": ["bn"],
    "checked_on": "2026-11-01",
}
SEED = b"\1" * 32


@pytest.fixture
async def operator(world: World) -> str:
    return await world.secret(await world.party("operator"), "operator")


async def put(client: Any, key: str, country: str, numbers: Any) -> Any:
    return await client.ask("PUT", f"/v1/help-numbers/{country}", key=key, body=msgspec.json.encode(numbers))


async def test_numbers_are_replaced_as_a_whole(client: Any, operator: str) -> None:
    assert (await client.get("/v1/help-numbers/BD", operator)).json() == []
    two = [NUMBER, {**NUMBER, "name": "Other", "number": "999"}]
    done = await put(client, operator, "BD", two)
    assert (done.status, done.json()) == (200, two)
    assert (await client.get("/v1/help-numbers/BD", operator)).json() == two
    assert (await put(client, operator, "BD", [NUMBER])).json() == [NUMBER]
    assert (await client.get("/v1/help-numbers/VN", operator)).json() == []


async def test_what_does_not_fit_is_named(client: Any, operator: str) -> None:
    for numbers, pointer in (
        ([{**NUMBER, "number": "call me"}], "/0/number"),
        ([NUMBER, {**NUMBER, "languages": []}], "/1/languages"),
        ([{**NUMBER, "place": 1}], "/0/place"),
        ({"numbers": [NUMBER]}, ""),
        ([NUMBER] * 21, ""),
    ):
        refused = await put(client, operator, "BD", numbers)
        assert (refused.status, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    for nowhere in ("XX", "bd", "UK", "Bangladesh"):
        assert (await put(client, operator, nowhere, [NUMBER])).status == 404


async def test_a_watchdog_keeps_those_of_its_countries(client: Any, world: World) -> None:
    one = await world.supplier(country="PK")
    cases = {
        "BD": (await world.watchdog("BD"), "VN"),
        "VN": (await world.watchdog("VN-14"), "BD"),
        "KH": (await world.watchdog("all"), None),
        "PK": (await world.watchdog(str(one.uuid)), "BD"),
    }
    for country, (party, other) in cases.items():
        key = await world.secret(party, "watchdog")
        assert (await put(client, key, country, [NUMBER])).status == 200
        if other is not None:
            assert (await put(client, key, other, [NUMBER])).status == 404
            assert (await client.get(f"/v1/help-numbers/{other}", key)).status == 404
    brand = await world.secret(await world.party("brand"), "brand")
    assert (await client.get("/v1/help-numbers/BD", brand)).status == 403


def month(party: str, until: date = date(2026, 12, 31), **more: Any) -> dict[str, Any]:
    pair = suites.key_pair(b"\2" * 32, suites.OURS)
    own = signing.sign(SEED, own_bytes(party, until.isoformat(), [(pair.kid, pair.public)]))
    key = {"suite": pair.suite, "kid": b64(pair.kid), "pk": b64(pair.public)}
    return {"until": until.isoformat(), "keys": [key], "own": b64(own), **more}


def year(*months: dict[str, Any]) -> dict[str, Any]:
    return {"sign_key": b64(signing.public_of(SEED)), "months": list(months)}


async def test_keys_are_added_and_wait_for_a_manifest(client: Any, world: World) -> None:
    party = await world.party("watchdog")
    key = await world.secret(party, "watchdog")
    assert (await client.get("/v1/keys", key)).json() == {"months": []}
    one, two = month(party), month(party, date(2027, 1, 31))
    made = await client.post("/v1/keys", key, year(one, two))
    assert made.status == 201
    assert made.json() == (await client.get("/v1/keys", key)).json()
    assert [(row["until"], row["active"]) for row in made.json()["months"]] == [
        ("2026-12-31", False),
        ("2027-01-31", False),
    ]
    assert made.json()["months"][0]["own"] == one["own"]
    for months in ([two], [month(party, date(2027, 2, 28))] * 2):
        again = await client.post("/v1/keys", key, year(*months))
        assert (again.status, again.json()["code"]) == (409, "conflict")


async def test_what_a_phone_would_not_believe_is_refused(client: Any, world: World) -> None:
    party, other = await world.party("watchdog"), await world.party("watchdog")
    key = await world.secret(party, "watchdog")
    good = month(party)
    small = {**good["keys"][0], "pk": b64(b"\0" * 32)}
    faults: tuple[tuple[dict[str, Any], str], ...] = (
        (month(other), "/months/0/own"),
        ({**good, "until": "2026-12-30"}, "/months/0/own"),
        ({**good, "own": b64(bytes(64))}, "/months/0/own"),
        ({**good, "keys": [small]}, "/months/0/keys/0"),
        ({**good, "keys": [{**good["keys"][0], "suite": 2}]}, "/months/0/keys/0"),
        (month(party, date(2026, 11, 11)), "/months/0/until"),
        ({**good, "keys": []}, "/months/0/keys"),
    )
    for fault, pointer in faults:
        refused = await client.post("/v1/keys", key, year(fault))
        assert (refused.status, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    assert (await client.post("/v1/keys", key, year({**good, "own": "A"}))).status == 422
    assert await world.sql("SELECT count(*) FROM registry.watchdog_key") == 0
    operator = await world.secret(await world.party("operator"), "operator")
    assert (await client.post("/v1/keys", operator, year(good))).status == 403
