"""Endpoints through their doors: made, read, changed, switched, taken away; each seen by its owner alone."""

from typing import Any

import pytest

from laborvoice.crypto.at_rest import open_sealed
from laborvoice.domain.endpoint import secret_purpose
from laborvoice.domain.ids import EndpointId, SupplierId
from laborvoice.webhooks.signing import read_secret

URL = "https://hooks.brand.example/in"
ABSENT = "end_00000000000000000000000000"


async def test_an_endpoint_is_made_pending_and_its_secret_is_shown_once(desk: Any) -> None:
    one = await desk.made(
        description="Compliance", headers={"x-team": "a b"}, fifo=True, suppliers=[str(desk.supplier)]
    )
    assert one["state"] == "pending"
    assert one["verification"] == {"tries": 0, "sending": True}
    assert one["keys"] == [{"version": 1}]
    read = await desk.ask("GET", f"/v1/endpoints/{one['id']}")
    shown = {name: value for name, value in one.items() if name != "secret"}
    assert read.json() == shown
    assert read.json()["headers"] == {"x-team": "a b"}
    listed = await desk.ask("GET", "/v1/endpoints")
    assert listed.json() == {"data": [shown], "next_cursor": None, "has_more": False}
    sent = await desk.sql("SELECT audience FROM outbox.event WHERE type = 'endpoint.verify'")
    assert sent == f"endpoint:{one['id']}"


async def test_the_secret_is_kept_so_that_the_courier_alone_reads_it(desk: Any, pair: Any) -> None:
    one = await desk.made()
    sealed = await desk.sql("SELECT secret_sealed FROM outbox.endpoint_secret")
    secret = read_secret(one["secret"])
    assert open_sealed(pair, secret_purpose(EndpointId.parse(one["id"]), 1), sealed) == secret
    assert secret not in sealed


async def test_a_repeat_is_told_that_the_secret_was_shown(desk: Any) -> None:
    body = {"url": URL, "types": ["*"]}
    first = await desk.ask("POST", "/v1/endpoints", body, idempotency_key="one")
    again = await desk.ask("POST", "/v1/endpoints", body, idempotency_key="one")
    assert (first.status, again.status) == (201, 409)
    assert again.json()["code"] == "secret-already-shown"
    assert first.json()["id"] in again.headers["location"]
    assert await desk.sql("SELECT count(*) FROM outbox.endpoint") == 1


async def test_a_party_has_at_most_twenty_endpoints(desk: Any) -> None:
    for _ in range(20):
        await desk.made()
    refused = await desk.ask("POST", "/v1/endpoints", {"url": URL, "types": ["*"]})
    assert (refused.status, refused.json()["code"]) == (409, "conflict")
    page = await desk.ask("GET", "/v1/endpoints?limit=15")
    rest = await desk.ask("GET", page.headers["link"].partition(">")[0][1:])
    assert len({one["id"] for one in [*page.json()["data"], *rest.json()["data"]]}) == 20


async def test_challenges_are_few_an_hour(desk: Any) -> None:
    body = {"url": URL, "types": ["*"]}
    for _ in range(10):
        assert (await desk.ask("POST", "/v1/endpoints", body)).status == 201
    refused = await desk.ask("POST", "/v1/endpoints", body)
    assert (refused.status, refused.json()["code"]) == (429, "rate-limited")
    assert int(refused.headers["retry-after"]) == 3600
    one = (await desk.ask("GET", "/v1/endpoints?limit=1")).json()["data"][0]
    assert (await desk.ask("POST", f"/v1/endpoints/{one['id']}/test")).status == 429
    assert (await desk.ask("POST", f"/v1/endpoints/{one['id']}/verify", NOTHING)).status == 429
    assert await desk.sql("SELECT count(*) FROM outbox.event WHERE audience LIKE 'endpoint:%'") == 10


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"url": "https://[::1]/"}, "/url"),
        ({"types": []}, "/types"),
        ({"types": ["score.gone"]}, "/types/0"),
        ({"types": ["score.changed", "inbox.heartbeat"]}, "/types/1"),
        ({"types": ["endpoint.verify"]}, "/types/0"),
        ({"suppliers": []}, "/suppliers"),
        ({"description": "a\nb"}, "/description"),
        ({"headers": {"authorization": "a"}}, "/headers"),
        ({"headers": {"x-a": "b\r\nc"}}, "/headers"),
        ({"headers": {f"x-{number}": "a" for number in range(6)}}, "/headers"),
        ({"state": "active"}, "/state"),
        ({"cap": 9}, "/cap"),
    ],
)
async def test_what_may_not_be_asked_for_is_named(desk: Any, fields: dict[str, Any], pointer: str) -> None:
    answer = await desk.ask("POST", "/v1/endpoints", {"url": URL, "types": ["*"], **fields})
    assert (answer.status, answer.json()["code"]) == (422, "invalid-body")
    assert [fault["pointer"].startswith(pointer) for fault in answer.json()["errors"]] == [True]
    assert await desk.sql("SELECT count(*) FROM outbox.endpoint") == 0


async def test_a_watchdog_may_ask_for_its_heartbeat(desk: Any) -> None:
    assert (await desk.made(desk.watchdog, types=["inbox.heartbeat"]))["types"] == ["inbox.heartbeat"]


async def test_a_filter_by_a_supplier_that_is_not_seen_is_as_one_that_is_not(desk: Any) -> None:
    unseen = await desk.world.supplier("Somebody else's")
    answers = [
        await desk.ask(
            "POST", "/v1/endpoints", {"url": URL, "types": ["*"], "suppliers": [str(desk.supplier), str(one)]}
        )
        for one in (unseen, SupplierId.draw(b"\2" * 16))
    ]
    assert [answer.status for answer in answers] == [404, 404]
    bodies = [{**answer.json(), "request_id": ""} for answer in answers]
    assert bodies[0] == bodies[1]


async def test_a_change_is_a_merge_patch_of_what_was_read(desk: Any) -> None:
    one = await desk.active(headers={"x-a": "1", "x-b": "2"}, suppliers=[str(desk.supplier)])
    path = f"/v1/endpoints/{one['id']}"
    read = await desk.ask("GET", path)
    change = {"fifo": True, "suppliers": None, "headers": {"x-a": None, "x-c": "3"}, "types": ["score.changed"] * 2}
    patched = await desk.ask("PATCH", path, change, if_match=read.headers["etag"])
    assert patched.status == 200
    assert patched.json()["headers"] == {"x-b": "2", "x-c": "3"}
    assert (patched.json()["fifo"], patched.json()["types"], patched.json()["state"]) == (
        True,
        ["score.changed"],
        "active",
    )
    assert "suppliers" not in patched.json()
    assert (await desk.ask("PATCH", path, change, if_match=read.headers["etag"])).status == 412
    assert (await desk.ask("PATCH", path, change)).status == 428
    for wrong in (
        {"url": None},
        {"types": None},
        {"url": "http://a.example/"},
        {"secret": "a"},
        {"types": ["inbox.heartbeat"]},
    ):
        assert (await desk.ask("PATCH", path, wrong, if_match="*")).status == 422
    assert (await desk.ask("GET", path)).json() == patched.json()


async def test_another_url_is_verified_again(desk: Any) -> None:
    one = await desk.active()
    path = f"/v1/endpoints/{one['id']}"
    same = await desk.ask("PATCH", path, {"url": "https://HOOKS.brand.example:443/in"}, if_match="*")
    assert same.json()["state"] == "active"
    moved = await desk.ask("PATCH", path, {"url": "https://other.brand.example/"}, if_match="*")
    assert moved.json()["state"] == "pending"
    assert await desk.sql("SELECT count(*) FROM outbox.event WHERE type = 'endpoint.verify'") == 1
    await desk.ask("POST", f"{path}/disable")
    off = await desk.ask("PATCH", path, {"url": "https://third.brand.example/"}, if_match="*")
    assert (off.json()["state"], off.json()["reason"]) == ("disabled", "manual")
    assert await desk.sql("SELECT count(*) FROM outbox.event WHERE type = 'endpoint.verify'") == 1
    assert (await desk.ask("POST", f"{path}/enable")).json()["state"] == "pending"


async def test_off_and_on(desk: Any) -> None:
    one = await desk.active()
    path = f"/v1/endpoints/{one['id']}"
    for _ in range(2):
        assert (await desk.ask("POST", f"{path}/disable")).json()["state"] == "disabled"
    assert (await desk.ask("POST", f"{path}/test")).status == 409
    for _ in range(2):
        assert (await desk.ask("POST", f"{path}/enable")).json()["state"] == "active"
    await desk.ask("POST", f"{path}/disable")
    desk.world.clock.skip(days=30)
    assert (await desk.ask("POST", f"{path}/enable")).json()["state"] == "pending"


async def test_deleting_takes_all_along(desk: Any) -> None:
    one = await desk.active()
    await desk.told()
    await desk.sql(
        """INSERT INTO outbox.attempt (delivery_id, endpoint_id, event_id, at, ms, headers, body)
            SELECT id, endpoint_id, event_id, next_attempt_at, 1, '[]', '' FROM outbox.delivery"""
    )
    other = await desk.ask("DELETE", f"/v1/endpoints/{one['id']}", who=desk.watchdog)
    gone = await desk.ask("DELETE", f"/v1/endpoints/{one['id']}")
    assert (other.status, gone.status, gone.body) == (404, 204, b"")
    kept = """SELECT (SELECT count(*) FROM outbox.endpoint) + (SELECT count(*) FROM outbox.endpoint_secret)
        + (SELECT count(*) FROM outbox.delivery) + (SELECT count(*) FROM outbox.attempt)"""
    assert await desk.sql(kept) == 0
    assert (await desk.ask("GET", f"/v1/endpoints/{one['id']}")).status == 404


NOTHING: dict[str, object] = {}
DOORS: tuple[tuple[str, str, object], ...] = (
    ("GET", "", None),
    ("PATCH", "", {"fifo": True}),
    ("DELETE", "", None),
    ("POST", "/enable", None),
    ("POST", "/disable", None),
    ("POST", "/rotate-secret", NOTHING),
    ("POST", "/test", None),
    ("POST", "/verify", NOTHING),
    ("POST", "/recover", {"since": "2026-11-01T00:00:00Z", "include": ["failed"]}),
    ("GET", "/deliveries", None),
    ("GET", "/deliveries/dlv_00000000000000000000000000/attempts", None),
    ("POST", "/deliveries/dlv_00000000000000000000000000/replay", None),
    ("GET", "/recoveries", None),
    ("GET", "/recoveries/job_00000000000000000000000000", None),
)


@pytest.mark.parametrize(("method", "path", "value"), DOORS)
async def test_another_partys_is_as_one_that_is_not(desk: Any, method: str, path: str, value: Any) -> None:
    one = await desk.active()
    headers = {"if_match": "*", "idempotency_key": "one"}
    answers = [
        await desk.ask(method, f"/v1/endpoints/{name}{path}", value, desk.watchdog, **headers)
        for name in (one["id"], ABSENT, "nonsense")
    ]
    assert {answer.status for answer in answers} == {404}
    assert len({answer.body.replace(answer.json()["request_id"].encode(), b"") for answer in answers}) == 1


async def test_an_operator_reads_all_but_headers_and_changes_nothing(desk: Any, operator: Any) -> None:
    one = await desk.active(headers={"x-token": "hidden"})
    read = await desk.ask("GET", f"/v1/endpoints/{one['id']}", who=operator)
    assert (read.json()["url"], read.json()["headers"]) == (URL, {})
    assert len((await desk.ask("GET", "/v1/endpoints", who=operator)).json()["data"]) == 1
    for method, path, value in DOORS:
        if method != "GET":
            refused = await desk.ask(method, f"/v1/endpoints/{one['id']}{path}", value, operator, if_match="*")
            assert (refused.status, refused.json()["code"]) == (403, "insufficient-scope")
