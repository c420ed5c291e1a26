"""What gets no token, told as RFC 6749 names it and as a problem at once."""

import base64
from typing import Any
from urllib.parse import urlencode

import pytest

from support.registry_world import World

FORM = {"content-type": "application/x-www-form-urlencoded"}
GRANT = {"grant_type": "client_credentials"}


@pytest.fixture
async def one(client: Any, chain: Any) -> str:
    """The key's id."""
    found: str = (await client.get("/v1/me", chain.key)).json()["key"]
    return found


async def ask(client: Any, fields: object, authorization: str = "") -> Any:
    headers = {**FORM, **({"authorization": authorization} if authorization else {})}
    body = fields if isinstance(fields, bytes) else urlencode(fields).encode()  # type: ignore[arg-type]  # a form
    return await client.ask("POST", "/v1/oauth/token", body=body, headers=headers)


def basic(name: str, secret: str) -> str:
    return f"Basic {base64.b64encode(f'{name}:{secret}'.encode()).decode()}"


def told(answer: Any) -> tuple[int, str, str]:
    made = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert made["status"] == answer.status
    assert made["type"].endswith(f"/problems/{made['code']}")
    return answer.status, made["code"], made["error"]


async def test_a_request_that_is_none(client: Any, chain: Any, one: str) -> None:
    wrong = (400, "invalid-parameter", "invalid_request")
    both = {**GRANT, "client_id": one, "client_secret": chain.key}
    for fields in (b"\xff=1", b"grant_type=a&grant_type=a", {**GRANT, "extra": "x"}, {"scope": "scores:read"}):
        assert told(await ask(client, fields, basic(one, chain.key))) == wrong
    assert told(await ask(client, both, basic(one, chain.key))) == wrong
    assert (await ask(client, both)).status == 200


async def test_another_grant_and_another_scope(client: Any, chain: Any, one: str) -> None:
    known = basic(one, chain.key)
    answer = await ask(client, {"grant_type": "password"}, known)
    assert told(answer) == (400, "invalid-parameter", "unsupported_grant_type")
    assert answer.json()["errors"] == [{"pointer": "/grant_type", "detail": "Only client_credentials."}]
    for scope in ("operator:write", "nothing", "scores:read nothing"):
        answer = await ask(client, {**GRANT, "scope": scope}, known)
        assert told(answer) == (400, "invalid-parameter", "invalid_scope")


async def test_a_client_that_is_none(client: Any, world: World, chain: Any, one: str) -> None:
    """Alike whatever is wrong, challenged by the scheme that was tried."""
    wrong = (401, "unauthenticated", "invalid_client")
    other = await world.secret(await world.party("brand"), "brand")
    for name, secret in ((one, chain.key[:-1]), (one, other), ("key_other", chain.key), (one, ""), ("", "")):
        answer = await ask(client, GRANT, basic(name, secret))
        assert told(answer) == wrong
        assert answer.headers["www-authenticate"].startswith("Basic ")
        assert told(await ask(client, {**GRANT, "client_id": name, "client_secret": secret})) == wrong
    for authorization in ("Bearer x", f"Digest {base64.b64encode(b'a:b').decode()}"):
        assert told(await ask(client, GRANT, authorization)) == wrong
    assert told(await ask(client, GRANT, "Basic !!!")) == wrong
    answer = await ask(client, GRANT)
    assert told(answer) == wrong
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_token_is_stored_nowhere_on_its_way(client: Any, chain: Any, one: str) -> None:
    answer = await ask(client, GRANT, basic(one, chain.key))
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    assert "error" not in (await client.get("/v1/nothing", chain.key)).json()
