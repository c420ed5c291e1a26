"""What is sent twice is done once, and nobody overwrites what she has not read (design, api 2)."""

import asyncio
import os
import signal
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from laborvoice.api import caching, openapi
from laborvoice.api.portal import acts, app, doors, outbound
from laborvoice.pipeline import once
from laborvoice.store.access import idempotency
from laborvoice.store.database import Connection
from support import planted_doors
from support.portal_answers import is_problem
from support.registry_world import World

PATH = "/v1/planted"
DYING = Path(__file__).with_name("dying.py")
ETAG = caching.etag(outbound.encoded(planted_doors.PRESENT))


@pytest.fixture(autouse=True)
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the app is made."""
    monkeypatch.setattr(app, "HANDLERS", (*doors.HANDLERS, *planted_doors.DOORS))


@pytest.fixture
async def key(world: World) -> str:
    return await world.secret(await world.party("operator"), "operator")


async def made(world: World, name: str = "one") -> int:
    return int(await world.sql("SELECT count(*) FROM registry.party WHERE name = $1", name))


async def post(client: Any, key: str, path: str = PATH, name: str = "one", **headers: str) -> Any:
    return await client.post(path, key, {"name": name}, **headers)


async def test_twenty_equal_posts_have_one_effect(client: Any, world: World, key: str) -> None:
    answers = await asyncio.gather(*(post(client, key, idempotency_key="a-1") for _ in range(20)))
    assert await made(world) == 1
    seen = Counter(answer.status for answer in answers)
    assert seen.keys() <= {201, 409}
    for answer in answers:
        if answer.status == 409:
            is_problem(answer, 409, "idempotency-in-progress")
            assert answer.headers["retry-after"] == "1"
    first = [answer for answer in answers if answer.status == 201 and "idempotent-replayed" not in answer.headers]
    assert len(first) == 1
    again = await post(client, key, idempotency_key="a-1")
    assert (again.status, again.body, again.headers["location"]) == (201, first[0].body, first[0].headers["location"])
    assert again.headers["idempotent-replayed"] == "true"


async def test_a_request_in_progress_is_said_to_be(world: World) -> None:
    party = await world.party("brand")
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_: Connection) -> int:
        begun.set()
        await go_on.wait()
        return 7

    def asked(key: str) -> Any:
        keyed = once.Keyed(party=party, key=key, fingerprint=b"f" * 32)
        return once.once(world.portal, world.clock.now(), keyed, slow, acts.told(201))

    first = asyncio.create_task(asked("a-1"))
    await begun.wait()
    assert await asked("a-1") == once.Refused(why="in progress")
    other = asyncio.create_task(asked("a-2"))
    go_on.set()
    assert await first == await other == once.Reply(status=201, body=b"7")
    assert await asked("a-1") == once.Replayed(reply=once.Reply(status=201, body=b"7"))


async def test_who_asks_meanwhile_is_told_to_come_again(client: Any, world: World) -> None:
    party = await world.party("operator")
    key = await world.secret(party, "operator")

    async def held(db: Connection) -> Any:
        assert await idempotency.hold(db, party, "a-1")
        return await post(client, key, idempotency_key="a-1")

    answer = await world.portal.run("test", held)
    is_problem(answer, 409, "idempotency-in-progress")
    assert answer.headers["retry-after"] == "1"
    assert (await post(client, key, idempotency_key="a-1")).status == 201


async def test_who_lost_the_answer_asks_another_process(database: Any, client: Any, world: World, key: str) -> None:
    """Killed between effect and answer: what was done is in the database, and so is what is said of it."""
    command = (str(DYING), database.dsn("portal"))
    paths = {**os.environ, "PYTHONPATH": str(DYING.parents[3])}  # noqa: TID251 - the child imports what the test does
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE, env=paths)
    assert process.stdout is not None
    reader, writer = await asyncio.open_connection("127.0.0.1", int(await process.stdout.readline()))
    body = b'{"name":"one"}'
    head = f"POST {PATH} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\nidempotency-key: a-1\r\n"
    writer.write(f"{head}content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)
    assert await reader.read() == b""
    writer.close()
    assert await process.wait() == -signal.SIGKILL
    assert await made(world) == 1
    answer = await post(client, key, idempotency_key="a-1")
    assert (answer.status, answer.headers["idempotent-replayed"]) == (201, "true")
    assert answer.json()["name"] == "one"
    assert await made(world) == 1


@pytest.mark.parametrize("sent", ["a-1", '"a-1"', "!", "~" * 128])
async def test_a_key_is_quoted_or_bare(sent: str, client: Any, key: str) -> None:
    assert (await post(client, key, idempotency_key=sent)).status == 201
    bare = sent.strip('"')
    assert (await post(client, key, idempotency_key=bare)).headers["idempotent-replayed"] == "true"
    assert (await post(client, key, idempotency_key=f'"{bare}"')).headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize("sent", ["", "a b", "é", "~" * 129, '"', '""', '"a', 'a"b'])
async def test_another_key_is_refused(sent: str, client: Any, world: World, key: str) -> None:
    is_problem(await post(client, key, idempotency_key=sent), 400, "invalid-parameter")
    assert await made(world) == 0


async def test_a_key_is_needed_where_the_contract_says_so(client: Any, world: World, key: str) -> None:
    is_problem(await post(client, key), 400, "idempotency-key-required")
    for path in ("/v1/planted-optional", "/v1/planted-optional"):
        assert (await post(client, key, path)).status == 204
    assert await made(world) == 2
    for _ in range(2):
        assert (await post(client, key, "/v1/planted-optional", idempotency_key="a-1")).status == 204
    assert await made(world) == 3
    for _ in range(2):
        assert (await post(client, key, "/v1/planted-unkeyed", idempotency_key="a-2")).status == 200
    assert await made(world) == 5
    assert await world.sql("SELECT count(*) FROM access.idempotency") == 1


async def test_another_request_under_the_key_is_refused(client: Any, world: World, key: str) -> None:
    await post(client, key, idempotency_key="a-1")
    is_problem(await post(client, key, name="two", idempotency_key="a-1"), 422, "idempotency-key-reused")
    is_problem(await post(client, key, "/v1/planted-secret", idempotency_key="a-1"), 422, "idempotency-key-reused")
    other = await world.secret(await world.party("operator"), "operator")
    answer = await post(client, other, idempotency_key="a-1")
    assert (answer.status, "idempotent-replayed" in answer.headers) == (201, False)


async def test_what_was_refused_is_not_kept(client: Any, world: World, key: str) -> None:
    for _ in range(2):
        is_problem(await post(client, key, name="taken", idempotency_key="a-1"), 409, "conflict")
    assert await made(world, "taken") == 0
    assert (await post(client, key, idempotency_key="a-1")).status == 201


async def test_a_secret_is_shown_once_and_kept_nowhere(client: Any, world: World, key: str) -> None:
    first = await post(client, key, "/v1/planted-secret", idempotency_key="a-1")
    assert first.json() == {"secret": "hush"}
    again = await post(client, key, "/v1/planted-secret", idempotency_key="a-1")
    is_problem(again, 409, "secret-already-shown")
    url = f"https://voice.example{first.headers['location']}"
    assert again.headers["location"] == url
    assert url in again.json()["detail"]
    assert await world.sql("SELECT count(*) FROM access.idempotency i WHERE i::text ~ encode('hush', 'hex')") == 0
    assert await made(world) == 1


async def test_it_is_forgotten_after_a_day(client: Any, world: World, key: str) -> None:
    await post(client, key, idempotency_key="a-1")
    assert str(await world.sql("SELECT gone_at::time FROM access.idempotency")) == "10:00:00"
    world.clock.skip(hours=24)
    assert (await post(client, key, idempotency_key="a-1")).headers["idempotent-replayed"] == "true"
    world.clock.skip(hours=1)
    assert "idempotent-replayed" not in (await post(client, key, idempotency_key="a-1")).headers
    assert await made(world) == 2
    world.clock.skip(hours=25)
    assert not await once.forget(world.portal, world.clock.now())
    assert await world.sql("SELECT count(*) FROM access.idempotency") == 0


async def change(client: Any, key: str, value: object, **headers: str) -> Any:
    named = {"if-match": ETAG, **{name.replace("_", "-"): text for name, text in headers.items()}}
    return await client.ask("PATCH", PATH, key=key, body=msgspec.json.encode(value), headers=named)


@pytest.mark.parametrize("media", ["application/json", "application/merge-patch+json"])
async def test_a_patch_is_merged(media: str, client: Any, key: str) -> None:
    answer = await change(client, key, {"note": None, "part": {"weight": 5}}, content_type=media)
    assert (answer.status, answer.json()) == (200, {"name": "first", "note": None, "part": {"weight": 5, "unit": "kg"}})
    answer = await change(client, key, {"part": None}, content_type=media)
    assert answer.json()["part"] == {"weight": 0, "unit": "kg"}


@pytest.mark.parametrize("value", [{"name": None}, {"name": ""}, {"nme": "x"}, {"part": 3}, {"part": {"size": 1}}, []])
async def test_a_patch_that_leaves_no_whole_is_refused(value: object, client: Any, key: str) -> None:
    is_problem(await change(client, key, value), 422, "invalid-body")


async def test_who_changes_has_read(client: Any, key: str) -> None:
    for matching in (ETAG, "*", f'"other", {ETAG}', f'W/"other" , {ETAG}'):
        assert (await change(client, key, {}, if_match=matching)).status == 200
    for stale in ('"other"', f"W/{ETAG}", "other", ETAG.strip('"')):
        is_problem(await change(client, key, {}, if_match=stale), 412, "stale")
    is_problem(await change(client, key, {}, if_match=""), 428, "if-match-required")


async def test_types_and_lengths_are_the_routes(client: Any, key: str) -> None:
    text = {"content-type": "text/plain", "content-length": "2"}
    refused = await client.ask("PATCH", PATH, key=key, body=b"{}", headers=text)
    is_problem(refused, 415, "unsupported-media-type")
    assert refused.headers["accept-patch"] == "application/json, application/merge-patch+json"
    assert refused.headers["accept-post"] == "application/json"
    is_problem(await change(client, key, {"note": "x" * 200}), 413, "too-large")
    is_problem(await post(client, key, name="x" * 200, idempotency_key="a"), 422, "invalid-body")


def test_the_contract_names_the_headers() -> None:
    found = openapi.document(openapi.operations((*doors.HANDLERS, *planted_doors.DOORS)), doors.INFO)["paths"]
    named = {
        path: {one["name"]: one["required"] for one in found[path]["post"]["parameters"]}
        for path in ("/v1/planted", "/v1/planted-optional", "/v1/planted-unkeyed")
    }
    assert named == {
        "/v1/planted": {"Idempotency-Key": True},
        "/v1/planted-optional": {"Idempotency-Key": False},
        "/v1/planted-unkeyed": {},
    }
    told = found[PATH]["patch"]
    assert {one["name"] for one in told["parameters"]} == {"If-Match"}
    assert {"412", "428"} <= told["responses"].keys()
    schema = told["requestBody"]["content"]["application/merge-patch+json"]["schema"]
    assert "required" not in schema
    assert schema["properties"].keys() == {"name", "note", "part"}
