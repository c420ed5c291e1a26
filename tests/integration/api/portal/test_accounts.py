"""Users, links, second factors, keys and tokens through the API."""

import base64
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from laborvoice.bootstrap.portal import PortalParts
from laborvoice.crypto import credential, signing
from laborvoice.crypto.framing import unb64
from laborvoice.domain.ids import UserId
from support.registry_world import World
from support.signing import PASSWORD, Browser, Person, invited, person


class Api:
    """A signed-in person's requests to the API."""

    def __init__(self, client: Any, browser: Browser) -> None:
        self._client = client
        self._browser = browser
        self._sent = 0

    async def ask(self, method: str, target: str, value: object = None, **headers: str) -> Any:
        self._sent += 1
        named = {
            "cookie": self._browser.cookie,
            "x-csrf-token": self._browser.csrf,
            "sec-fetch-site": "same-origin",
            "idempotency-key": f"k{self._sent}",
            **{name.replace("_", "-"): text for name, text in headers.items()},
        }
        return await self._client.ask(
            method, target, body=b"" if value is None else msgspec.json.encode(value), headers=named
        )


async def api_of(client: Any, one: Person) -> Api:
    browser = Browser(client)
    await browser.sign_in(one)
    await browser.get("/account")
    return Api(client, browser)


@pytest.fixture
async def admin(world: World, parts: PortalParts) -> Person:
    return await person(world, parts.signing_in, await world.party("brand"), "brand_admin", "Ana Admin")


@pytest.fixture
async def api(client: Any, admin: Person) -> Api:
    return await api_of(client, admin)


async def test_who_am_i(client: Any, api: Api, admin: Person, chain: Any) -> None:
    told = (await api.ask("GET", "/v1/me")).json()
    assert (told["user"], told["name"], told["role"]) == (admin.id, "Ana Admin", "brand_admin")
    assert "admin:write" in told["scopes"]
    assert (await client.get("/v1/me", chain.key)).json()["party"] == chain.brand
    assert (await client.get("/v1/me")).status == 401
    assert (await client.get("/v1/sessions", chain.key)).json()["code"] == "forbidden"


async def test_a_user_is_invited_and_comes(client: Any, api: Api) -> None:
    wanted = {"name": "Vera Viewer", "role": "brand_viewer"}
    made = await api.ask("POST", "/v1/users", wanted, idempotency_key="one")
    assert made.status == 201
    link = made.json()["link"]
    assert link.startswith("https://voice.example/welcome/")
    again = await api.ask("POST", "/v1/users", wanted, idempotency_key="one")
    assert (again.status, again.json()["code"]) == (409, "secret-already-shown")
    assert again.headers["location"].endswith(made.headers["location"])
    assert (await api.ask("POST", "/v1/users", wanted)).json()["errors"][0]["pointer"] == "/name"
    other = await api.ask("POST", "/v1/users", {"name": "W", "role": "watchdog_admin"})
    assert (other.status, other.json()["errors"][0]["pointer"]) == (422, "/role")
    token = link.rpartition("/")[2]
    redeem = {"token": token, "password": PASSWORD, "name": "Vera V."}
    assert (await client.post("/v1/redeem", "", {**redeem, "password": "too short"})).status == 422
    assert (await client.post("/v1/redeem", "", {**redeem, "name": "ana admin"})).status == 422
    assert (await client.post("/v1/redeem", "", redeem)).status == 204
    assert (await client.post("/v1/sessions", "", {"name": "vera v.", "password": PASSWORD})).status == 201
    shown = (await api.ask("GET", "/v1/users")).json()["data"]
    assert {(one["name"], one["state"]) for one in shown} == {("Ana Admin", "active"), ("Vera V.", "active")}


async def test_a_link_works_once_and_for_a_day_and_tells_nothing(client: Any, world: World, admin: Person) -> None:
    used = await invited(world, admin.party, "brand_viewer", "one")
    expired = await invited(world, admin.party, "brand_viewer", "two")
    body = {"token": used.link, "password": PASSWORD}
    world.clock.skip(hours=23, minutes=59)
    assert (await client.get(f"/welcome/{used.link}", accept="text/html")).status == 200
    assert (await client.post("/v1/redeem", "", body)).status == 204
    world.clock.skip(minutes=2)
    answers = [
        await client.post("/v1/redeem", "", {**body, "token": token})
        for token in (used.link, expired.link, credential.make_token(b"n" * 32))
    ]
    assert {answer.status for answer in answers} == {410}
    told = [{**answer.json(), "request_id": ""} for answer in answers]
    assert told[0] == told[1] == told[2]
    pages = [
        await client.get(f"/welcome/{token}", accept="text/html")
        for token in (used.link, expired.link, credential.make_token(b"n" * 32), "short")
    ]
    assert {page.status for page in pages} == {410}
    assert len({len(page.body) for page in pages}) == 1


async def test_a_reset_ends_sessions_voids_the_link_before_and_keeps_the_second_factor(
    client: Any, world: World, parts: PortalParts, api: Api, admin: Person
) -> None:
    other = await person(world, parts.signing_in, admin.party, "brand_admin", "Other")
    theirs = await api_of(client, other)
    links = [(await api.ask("POST", f"/v1/users/{other.id}/reset")).json()["link"] for _ in range(2)]
    assert (await theirs.ask("GET", "/v1/me")).status == 401
    tokens = [link.rpartition("/")[2] for link in links]
    password = "another three odd words"
    assert (await client.post("/v1/redeem", "", {"token": tokens[0], "password": password})).status == 410
    assert (await client.post("/v1/redeem", "", {"token": tokens[1], "password": password})).status == 204
    wanted = {"name": "Other", "password": password}
    assert (await client.post("/v1/sessions", "", wanted)).json()["code"] == "second-factor-required"
    assert (await client.post("/v1/sessions", "", {**wanted, "code": other.code()})).status == 201


async def test_the_last_admin_stays(world: World, parts: PortalParts, api: Api, admin: Person) -> None:
    at = f"/v1/users/{admin.id}"
    gone = await api.ask("DELETE", at)
    assert (gone.status, gone.json()["code"]) == (409, "last-admin")
    lower = await api.ask("PATCH", at, {"role": "brand_viewer"}, if_match="*")
    assert (lower.status, lower.json()["code"]) == (409, "last-admin")
    await invited(world, admin.party, "brand_admin", "never came")
    assert (await api.ask("DELETE", at)).status == 409
    await person(world, parts.signing_in, admin.party, "brand_admin", "Other")
    assert (await api.ask("DELETE", at)).status == 204
    assert (await api.ask("GET", "/v1/me")).status == 401


async def test_another_role_is_a_write_with_a_condition(
    world: World, parts: PortalParts, api: Api, admin: Person
) -> None:
    viewer = await person(world, parts.signing_in, admin.party, "brand_viewer", "Vera", proved=False)
    at = f"/v1/users/{viewer.id}"
    tag = (await api.ask("GET", at)).headers["etag"]
    change = {"role": "brand_admin"}
    assert (await api.ask("PATCH", at, change)).status == 428
    assert (await api.ask("PATCH", at, {"role": "auditor"}, if_match=tag)).status == 422
    assert (await api.ask("PATCH", at, change, if_match=tag)).json()["role"] == "brand_admin"
    assert (await api.ask("PATCH", at, change, if_match=tag)).status == 412


async def test_two_people_remove_a_second_factor(
    client: Any, world: World, parts: PortalParts, api: Api, admin: Person
) -> None:
    other = await person(world, parts.signing_in, admin.party, "brand_admin", "Other")
    third = await api_of(client, await person(world, parts.signing_in, admin.party, "brand_admin", "Third"))
    at = f"/v1/users/{other.id}/totp"
    own = await api.ask("DELETE", f"/v1/users/{admin.id}/totp")
    assert (own.status, own.json()["code"]) == (403, "two-person-rule")
    first = await api.ask("DELETE", at)
    assert (first.status, first.json()) == (202, {"state": "asked"})
    assert (await api.ask("DELETE", at)).json()["code"] == "two-person-rule"
    world.clock.skip(seconds=30)
    assert (await third.ask("DELETE", at)).status == 204
    browser = Browser(client)
    answer = await browser.post("/login", name="Other", password=PASSWORD)
    assert answer.headers["location"] == "/"
    assert (await browser.get("/suppliers")).headers["location"] == "/account"


async def test_another_partys_user_is_not_there(world: World, parts: PortalParts, api: Api) -> None:
    stranger = await person(world, parts.signing_in, await world.party("brand"), "brand_admin", "Stranger")
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/reset"), ("DELETE", "/totp")):
        hidden = await api.ask(method, f"/v1/users/{stranger.id}{path}")
        absent = await api.ask(method, f"/v1/users/{UserId.draw(bytes(16))}{path}")
        assert hidden.status == absent.status == 404
        assert {**hidden.json(), "request_id": ""} == {**absent.json(), "request_id": ""}
    wanted = {"name": "Spy", "role": "brand_admin", "party": str(stranger.party)}
    assert (await api.ask("POST", "/v1/users", wanted)).status == 404


async def test_an_operator_enrols_a_party_and_its_first_admin(client: Any, world: World, parts: PortalParts) -> None:
    operator = await person(world, parts.signing_in, await world.party("operator"), "operator_admin", "Olga")
    api = await api_of(client, operator)
    made = await api.ask("POST", "/v1/parties", {"kind": "watchdog", "name": "A union", "country": "BD"})
    assert made.status == 201
    party = made.json()["id"]
    assert (await api.ask("GET", f"/v1/parties/{party}")).json()["name"] == "A union"
    assert party in {one["id"] for one in (await api.ask("GET", "/v1/parties")).json()["data"]}
    first = await api.ask("POST", "/v1/users", {"name": "Wanda", "role": "watchdog_admin", "party": party})
    assert (first.status, first.json()["user"]["party"]) == (201, party)


async def test_a_key_does_no_more_than_its_maker(
    client: Any, world: World, parts: PortalParts, api: Api, admin: Person
) -> None:
    await person(world, parts.signing_in, admin.party, "brand_admin", "Other")
    wanted = {"label": "Procurement", "scopes": ["scores:read", "admin:read"], "mode": "test"}
    made = (await api.ask("POST", "/v1/api-keys", wanted)).json()
    assert made["key"].startswith("lvk_test_")
    assert "key" not in (await api.ask("GET", f"/v1/api-keys/{made['about']['id']}")).json()
    too_much = await api.ask("POST", "/v1/api-keys", {**wanted, "scopes": ["operator:read"]})
    assert (too_much.status, too_much.json()["errors"][0]["pointer"]) == (422, "/scopes")
    assert (await client.get("/v1/users", made["key"])).status == 200
    other = await world.sql('SELECT id FROM access."user" WHERE login = $1', "ana admin")
    await world.sql('UPDATE access."user" SET role = $2 WHERE id = $1', other, "brand_viewer")
    assert (await client.get("/v1/users", made["key"])).json()["code"] == "insufficient-scope"
    assert (await client.get("/v1/conditions", made["key"])).status == 200
    await world.sql('DELETE FROM access."user" WHERE id = $1', other)
    assert (await client.get("/v1/conditions", made["key"])).status == 401


async def token_of(client: Any, key: str, one: str, more: dict[str, str] | None = None, *, basic: bool = True) -> Any:
    fields = {"grant_type": "client_credentials", **(more or {})}
    headers = {"content-type": "application/x-www-form-urlencoded"}
    if basic:
        headers["authorization"] = f"Basic {base64.b64encode(f'{one}:{key}'.encode()).decode()}"
    else:
        fields |= {"client_id": one, "client_secret": key}
    return await client.ask("POST", "/v1/oauth/token", body=urlencode(fields).encode(), headers=headers)


async def test_a_token_stands_for_its_key_for_ten_minutes(client: Any, world: World, chain: Any) -> None:
    one = (await client.get("/v1/me", chain.key)).json()["key"]
    made = (await token_of(client, chain.key, one, {"scope": "scores:read"})).json()
    assert (made["token_type"], made["expires_in"], made["scope"]) == ("Bearer", 600, "scores:read")
    token = made["access_token"]
    assert (await client.get("/v1/conditions", token)).status == 200
    assert (await client.get("/v1/suppliers", token)).json()["code"] == "insufficient-scope"
    jwks = (await client.get("/.well-known/jwks.json")).json()["keys"][0]
    head, claims, signature = token.split(".")
    assert msgspec.json.decode(unb64(head)) == {"alg": "EdDSA", "typ": "at+jwt", "kid": jwks["kid"]}
    assert signing.verify(unb64(jwks["x"]), f"{head}.{claims}".encode(), unb64(signature))
    world.clock.skip(minutes=10)
    assert (await client.get("/v1/conditions", token)).status == 401
    fresh = (await token_of(client, chain.key, one, basic=False)).json()["access_token"]
    assert (await client.get("/v1/suppliers", fresh)).status == 200
    forged = f"{head}.{claims}.{signature[:-4]}AAAA"
    for wrong in (forged, f"{fresh}x", f"{head}.{claims}", "a.b.c", "..", "\u00e9.b.c"):
        assert (await client.get("/v1/suppliers", wrong)).status == 401
    await world.sql("DELETE FROM access.key")
    assert (await client.get("/v1/suppliers", fresh)).status == 401


async def test_a_removed_user_is_gone_with_session_key_and_token(
    client: Any, world: World, parts: PortalParts, api: Api, admin: Person
) -> None:
    other = await person(world, parts.signing_in, admin.party, "brand_admin", "Other")
    theirs = await api_of(client, other)
    made = (await theirs.ask("POST", "/v1/api-keys", {"label": "x", "scopes": ["scores:read"]})).json()
    token = (await token_of(client, made["key"], made["about"]["id"])).json()["access_token"]
    assert (await client.get("/v1/conditions", token)).status == 200
    assert (await api.ask("DELETE", f"/v1/users/{other.id}")).status == 204
    assert (await theirs.ask("GET", "/v1/me")).status == 401
    for dead in (made["key"], token):
        assert (await client.get("/v1/conditions", dead)).status == 401
    acts = await world.sql("SELECT array_agg(action ORDER BY seq) FROM access.audit WHERE chain = 'acts'")
    assert [one for one in acts if one in {"key.created", "user.removed"}] == ["key.created", "user.removed"]


async def test_sessions_are_listed_and_ended(client: Any, api: Api, admin: Person) -> None:
    second = await api_of(client, admin)
    shown = (await api.ask("GET", "/v1/sessions")).json()["data"]
    assert sorted(one["current"] for one in shown) == [False, False, True]
    assert all(one["began_at"].endswith(":00:00Z") for one in shown)
    for other in [one["id"] for one in shown if not one["current"]]:
        assert (await api.ask("DELETE", f"/v1/sessions/{other}")).status == 204
        assert (await api.ask("DELETE", f"/v1/sessions/{other}")).status == 404
    assert (await second.ask("GET", "/v1/me")).status == 401
    assert (await api.ask("GET", "/v1/me")).status == 200
