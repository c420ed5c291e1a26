"""Who may come in, and what each then sees: every operation for every kind of caller (design, api 3)."""

import string
from typing import Any

import pytest

from laborvoice.crypto import credential
from laborvoice.domain.ids import ReleaseId, SupplierId
from laborvoice.domain.party import PERMITTED, Scope, supplier_scope
from support.registry_world import World

ABSENT = SupplierId.draw(b"\2" * 16)
NO_RELEASE = ReleaseId.draw(b"\3" * 16)

# Operation, what it needs, and whether it names something that only some may see.
OPERATIONS = (
    ("GET", "/v1/suppliers", "suppliers:read", False),
    ("GET", "/v1/suppliers/{supplier}", "suppliers:read", True),
    ("GET", "/v1/suppliers/{supplier}/releases", "scores:read", True),
    ("GET", "/v1/suppliers/{supplier}/score", "scores:read", True),
    ("GET", "/v1/suppliers/{supplier}/score?period=2026-Q3", "scores:read", True),
    ("GET", "/v1/suppliers/{supplier}/scores", "scores:read", True),
    ("GET", "/v1/releases/{release}", "scores:read", True),
    ("POST", "/v1/scores/query", "scores:read", False),
    ("GET", "/v1/conditions", "scores:read", False),
    ("GET", "/v1/periods", "operator:read", False),
    ("GET", "/v1/policy", "operator:read", False),
)
OPEN = ("/healthz", "/docs", "/v1/openapi.json", "/problems/not-found")
SEEING = {"linked", "covering", "covering one", "operator"}
CALLERS = (
    *sorted(SEEING),
    "other brand",
    "claimed link",
    "ended link",
    "future link",
    "watchdog elsewhere",
)
KEYLESS = ("no key", "bad checksum", "invented key", "expired key", "basic", "half a key")


@pytest.fixture
async def keys(world: World, chain: Any) -> dict[str, str]:
    """A key of each caller, holding all that its kind may."""
    claimed, ended, future = [await world.party("brand") for _ in range(3)]
    await world.claim(claimed, chain.supplier)
    await world.linked(ended, chain.supplier)
    await world.sql("UPDATE registry.link SET state = 'ended' WHERE party_id = $1", ended.uuid)
    await world.linked(future, chain.supplier, from_day=world.today.replace(day=13))
    watchdogs = {
        "covering": await world.watchdog("BD-14"),
        "covering one": await world.watchdog(supplier_scope(chain.supplier)),
        "watchdog elsewhere": await world.watchdog("BD-13", "VN", supplier_scope(ABSENT)),
    }
    brands = {
        "other brand": await world.party("brand"),
        "claimed link": claimed,
        "ended link": ended,
        "future link": future,
    }
    return {
        "linked": chain.key,
        "operator": await world.secret(await world.party("operator"), "operator"),
        **{name: await world.secret(party, "brand") for name, party in brands.items()},
        **{name: await world.secret(party, "watchdog") for name, party in watchdogs.items()},
    }


def filled(path: str, chain: Any, *, absent: bool = False) -> str:
    supplier, release = (ABSENT, NO_RELEASE) if absent else (chain.supplier, chain.releases["2026-Q3"])
    return path.replace("{supplier}", supplier).replace("{release}", release)


async def ask(client: Any, method: str, target: str, key: str, supplier: Any, **headers: str) -> Any:
    if method == "POST":
        return await client.post(target, key, {"suppliers": [supplier]}, **headers)
    return await client.get(target, key, **headers)


def without_id(answer: Any) -> Any:
    return {name: value for name, value in answer.json().items() if name != "request_id"}


@pytest.mark.parametrize("caller", CALLERS)
async def test_who_sees_a_supplier(client: Any, chain: Any, keys: dict[str, str], caller: str) -> None:
    for method, path, scope, named in OPERATIONS:
        answer = await ask(client, method, filled(path, chain), keys[caller], chain.supplier)
        if scope == "operator:read" and caller != "operator":
            assert answer.status == 403, path
        elif named:
            assert answer.status == (200 if caller in SEEING else 404), path
        elif path == "/v1/policy":
            assert answer.status == 404
        else:
            assert answer.status == 200, path
        if path in {"/v1/suppliers", "/v1/scores/query"}:
            assert len(answer.json()["data"]) == (1 if caller in SEEING else 0), path


@pytest.mark.parametrize("caller", sorted(set(CALLERS) - SEEING))
async def test_what_may_not_be_seen_looks_like_what_is_not_there(
    client: Any, chain: Any, keys: dict[str, str], caller: str
) -> None:
    for method, path, _, named in OPERATIONS:
        if not named and path != "/v1/scores/query":
            continue
        hidden = await ask(client, method, filled(path, chain), keys[caller], chain.supplier)
        absent = await ask(client, method, filled(path, chain, absent=True), keys[caller], ABSENT)
        assert hidden.status == absent.status
        names = [name for name, _ in hidden.pairs]
        assert names == [name for name, _ in absent.pairs]
        if hidden.status == 404:
            assert without_id(hidden) == without_id(absent)
            assert len(hidden.body) == len(absent.body)
        else:
            assert hidden.body == absent.body


async def bad(world: World, chain: Any, caller: str) -> str:
    if caller == "no key":
        return ""
    if caller == "bad checksum":
        return f"Bearer {chain.key[:-1]}{'A' if chain.key[-1] != 'A' else 'B'}"
    if caller == "invented key":
        return f"Bearer {credential.make_api_key('live', b'x' * 40)}"
    if caller == "expired key":
        secret = await world.secret(chain.brand, "brand", days=0)
        return f"Bearer {secret}"
    if caller == "basic":
        return f"Basic {chain.key}"
    return "Bearer lvk_test"


@pytest.mark.parametrize("caller", KEYLESS)
async def test_without_a_valid_key_nothing_opens(client: Any, world: World, chain: Any, caller: str) -> None:
    authorization = await bad(world, chain, caller)
    for method, path, _, _ in OPERATIONS:
        headers = {"authorization": authorization} if authorization else {}
        answer = await ask(client, method, filled(path, chain), "", chain.supplier, **headers)
        assert answer.status == 401, path
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["code"] == "unauthenticated"
        assert "ratelimit" not in answer.headers


async def test_a_missing_scope_is_named(client: Any, world: World, chain: Any) -> None:
    operator = await world.party("operator")
    for method, path, scope, _ in OPERATIONS:
        others: list[Scope] = [one for one in PERMITTED["operator"] if one != scope]
        key = await world.secret(operator, "operator", *others)
        answer = await ask(client, method, filled(path, chain), key, chain.supplier)
        assert answer.status == 403, path
        assert answer.json()["code"] == "insufficient-scope"
        assert answer.headers["www-authenticate"] == f'Bearer error="insufficient_scope", scope="{scope}"'


async def test_a_kind_never_holds_more_than_it_may(client: Any, world: World, chain: Any) -> None:
    """Belt and braces: not even where the row of its key says so."""
    await world.sql("UPDATE access.key SET scopes = ARRAY['suppliers:read', 'scores:read', 'operator:read']")
    assert (await client.get("/v1/periods", chain.key)).status == 403


async def test_open_doors_need_no_key(client: Any, chain: Any) -> None:
    for path in OPEN:
        assert (await client.get(path)).status == 200
        assert (await client.get(path, "lvk_test_nonsense")).status == 200
        assert "ratelimit" not in (await client.get(path, chain.key)).headers


async def test_one_wrong_character_is_refused_without_a_query(plugged: Any, plug: Any, chain: Any) -> None:
    await plug.pull()
    for at in range(9, len(chain.key)):
        for letter in string.ascii_letters[::7]:
            if letter != chain.key[at]:
                answer = await plugged.get("/v1/suppliers", f"{chain.key[:at]}{letter}{chain.key[at + 1 :]}")
                assert answer.status == 401
    assert (await plugged.get("/v1/suppliers", chain.key)).status == 503


async def test_a_revoked_key_is_dead_at_once(client: Any, world: World, chain: Any) -> None:
    assert (await client.get("/v1/suppliers", chain.key)).status == 200
    await world.sql("DELETE FROM access.key")
    assert (await client.get("/v1/suppliers", chain.key)).status == 401


async def test_the_day_of_use_is_noted(client: Any, world: World, chain: Any) -> None:
    for _ in range(3):
        await client.get("/v1/suppliers", chain.key)
    assert await world.sql("SELECT used_on FROM access.key") == world.today
    world.clock.skip(days=1)
    await client.get("/v1/suppliers", chain.key)
    assert await world.sql("SELECT used_on FROM access.key") == world.today


async def test_links_shown_are_the_callers_own(client: Any, world: World, chain: Any, keys: dict[str, str]) -> None:
    other = await world.party("brand")
    await world.linked(other, chain.supplier, role="dyeing", disclosure="public")
    told = (await client.get(f"/v1/suppliers/{chain.supplier}", chain.key)).json()
    assert [link["role"] for link in told["links"]] == ["sewing"]
    watched = (await client.get(f"/v1/suppliers/{chain.supplier}", keys["covering"])).json()
    assert watched["links"] == []


async def test_no_answer_holds_a_key_of_the_database(client: Any, world: World, chain: Any) -> None:
    internal = str(await world.key_of(chain.supplier)).encode()
    for _, path, _, _ in OPERATIONS[:7]:
        assert internal not in (await client.get(filled(path, chain), chain.key)).body
