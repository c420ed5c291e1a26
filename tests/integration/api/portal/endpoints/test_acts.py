"""What an owner does with an endpoint: proves it, tests it, rotates its keys, has things sent again."""

from typing import Any

import msgspec
import pytest

from laborvoice.crypto.at_rest import open_sealed
from laborvoice.domain.endpoint import secret_purpose
from laborvoice.domain.ids import EndpointId
from laborvoice.webhooks.signing import read_secret

RECOVER = {"since": "2026-11-01T00:00:00Z", "include": ["failed", "never_sent"]}


async def test_a_posted_challenge_makes_it_active(desk: Any) -> None:
    one = await desk.made()
    path = f"/v1/endpoints/{one['id']}/verify"
    for wrong, status in (("00" * 32, 422), ("a1", 422), ("zz" * 32, 422), (7, 422)):
        refused = await desk.ask("POST", path, {"challenge": wrong})
        assert (refused.status, refused.json()["errors"][0]["pointer"]) == (status, "/challenge")
    told = await desk.ask("POST", path, {"challenge": await desk.challenge(one)})
    assert (told.status, told.json()["state"]) == (200, "active")
    assert "verification" not in told.json()
    assert (await desk.ask("POST", path, {})).status == 409


async def test_another_challenge_comes_on_request(desk: Any) -> None:
    one = await desk.made()
    first = await desk.challenge(one)
    told = await desk.ask("POST", f"/v1/endpoints/{one['id']}/verify", {})
    assert told.json()["verification"] == {"tries": 0, "sending": True}
    second = await desk.challenge(one)
    assert first != second
    told = await desk.sql("SELECT json_agg(facts)::text FROM outbox.event WHERE type = 'endpoint.verify'")
    facts = msgspec.json.decode(told)
    assert {fact["challenge"] for fact in facts} == {first, second}
    assert (await desk.ask("POST", f"/v1/endpoints/{one['id']}/verify", {"challenge": first})).status == 422


async def test_a_test_is_an_event_for_one_endpoint_alone(desk: Any) -> None:
    one = await desk.active()
    await desk.active(url="https://other.brand.example/")
    told = await desk.ask("POST", f"/v1/endpoints/{one['id']}/test")
    assert told.status == 202
    row = await desk.sql(
        "SELECT audience || ' ' || resource || ' ' || facts::text FROM outbox.event WHERE type = 'endpoint.test'"
    )
    assert row == f'endpoint:{one["id"]} {one["id"]} {{"endpoint": "{one["id"]}"}}'
    assert told.json()["event"].startswith("evt_")
    await desk.told(0)
    assert (await desk.ask("GET", "/v1/events")).json()["data"] == []


async def good_secrets(desk: Any, pair: Any) -> list[tuple[int, bytes]]:
    rows = msgspec.json.decode(
        await desk.sql(
            """SELECT json_agg(json_build_array(version, encode(secret_sealed, 'hex')) ORDER BY version)::text
                FROM outbox.endpoint_secret WHERE not_after IS NULL OR not_after > $1""",
            desk.world.clock.now(),
        )
    )
    one = EndpointId.of(await desk.sql("SELECT id FROM outbox.endpoint"))
    return [(number, open_sealed(pair, secret_purpose(one, number), bytes.fromhex(sealed))) for number, sealed in rows]


async def test_old_secrets_sign_on_for_the_overlap(desk: Any, pair: Any) -> None:
    one = await desk.active()
    path = f"/v1/endpoints/{one['id']}/rotate-secret"
    rotated = await desk.ask("POST", path, {"overlap_hours": 2})
    assert rotated.status == 200
    assert [key["version"] for key in rotated.json()["keys"]] == [2, 1]
    assert rotated.json()["keys"][1]["until"] == "2026-11-12T12:30:00Z"
    assert await good_secrets(desk, pair) == [
        (1, read_secret(one["secret"])),
        (2, read_secret(rotated.json()["secret"])),
    ]
    desk.world.clock.skip(hours=2)
    assert await good_secrets(desk, pair) == [(2, read_secret(rotated.json()["secret"]))]
    at_once = await desk.ask("POST", path, {"overlap_hours": 0})
    assert [key["version"] for key in at_once.json()["keys"]] == [3]
    for wrong in ({"overlap_hours": 169}, {"overlap_hours": -1}, {"hours": 1}):
        assert (await desk.ask("POST", path, wrong)).status == 422


async def test_at_most_ten_old_secrets_are_kept(desk: Any) -> None:
    one = await desk.active()
    for _ in range(12):
        await desk.ask("POST", f"/v1/endpoints/{one['id']}/rotate-secret", {"overlap_hours": 168})
    read = await desk.ask("GET", f"/v1/endpoints/{one['id']}")
    assert [key["version"] for key in read.json()["keys"]] == list(range(13, 2, -1))


async def test_a_rotation_that_is_repeated_shows_no_secret(desk: Any) -> None:
    one = await desk.active()
    path = f"/v1/endpoints/{one['id']}/rotate-secret"
    first = await desk.ask("POST", path, {}, idempotency_key="turn")
    again = await desk.ask("POST", path, {}, idempotency_key="turn")
    assert (first.status, again.status, again.json()["code"]) == (200, 409, "secret-already-shown")
    assert await desk.sql("SELECT version FROM outbox.endpoint") == 2


async def recover(desk: Any, one: Any, key: str, **more: Any) -> Any:
    return await desk.ask("POST", f"/v1/endpoints/{one['id']}/recover", {**RECOVER, **more}, idempotency_key=key)


async def test_a_dry_run_counts_what_was_given_up_and_what_was_never_sent(desk: Any) -> None:
    await desk.told(3)
    one = await desk.active(types=["release.published"])
    await desk.told(2)
    await desk.told(1, "score.changed")
    await desk.delivery(one, "dead")
    desk.world.clock.skip(minutes=1)
    counts = {
        include: (await recover(desk, one, "-".join(include), include=list(include), dry_run=True)).json()["total"]
        for include in (("failed",), ("never_sent",), ("failed", "never_sent"))
    }
    assert counts == {("failed",): 1, ("never_sent",): 3, ("failed", "never_sent"): 4}
    assert await desk.sql("SELECT count(*) FROM outbox.recovery") == 0


async def test_what_was_done_and_forgotten_is_not_taken_for_never_sent(desk: Any) -> None:
    one = await desk.active()
    await desk.told(1)
    await desk.sql(
        """INSERT INTO outbox.attempt (delivery_id, endpoint_id, event_id, at, ms, headers, body)
            SELECT id, endpoint_id, event_id, next_attempt_at, 1, '[]', '' FROM outbox.delivery"""
    )
    await desk.sql("DELETE FROM outbox.delivery")
    assert (await recover(desk, one, "dry", dry_run=True)).json() == {"total": 0}


async def test_the_filters_of_the_endpoint_and_of_the_request_hold(desk: Any) -> None:
    await desk.told(2)
    await desk.told(1, "score.changed")
    other = await desk.world.supplier("Another")
    await desk.world.linked(desk.brand, other)
    one = await desk.active(suppliers=[str(other)])
    assert (await recover(desk, one, "none", dry_run=True)).json() == {"total": 0}
    await desk.ask("PATCH", f"/v1/endpoints/{one['id']}", {"suppliers": None}, if_match="*")
    assert (await recover(desk, one, "all", dry_run=True)).json() == {"total": 3}
    assert (await recover(desk, one, "some", types=["score.changed"], dry_run=True)).json() == {"total": 1}
    assert (await recover(desk, one, "early", until="2026-11-02T00:00:00Z", dry_run=True)).json() == {"total": 0}


async def test_a_recovery_is_a_job_that_is_made_once(desk: Any) -> None:
    await desk.told(3)
    one = await desk.active()
    first, again = await recover(desk, one, "go"), await recover(desk, one, "go")
    assert (first.status, first.json()["state"], first.json()["total"]) == (202, "waiting", 3)
    assert (again.body, again.headers["idempotent-replayed"]) == (first.body, "true")
    read = await desk.ask("GET", first.headers["location"])
    assert read.json() == first.json()
    assert (await desk.ask("GET", f"/v1/endpoints/{one['id']}/recoveries")).json()["data"] == [first.json()]
    for number in range(3):
        assert (await recover(desk, one, f"more {number}".replace(" ", ""))).status == 202
    assert (await recover(desk, one, "fifth")).status == 409


async def test_nothing_is_recovered_before_it_is_verified(desk: Any) -> None:
    one = await desk.made()
    refused = await recover(desk, one, "early")
    assert (refused.status, refused.json()["code"]) == (409, "endpoint-not-verified")


async def test_a_recovery_needs_a_key_a_span_and_an_active_endpoint(desk: Any) -> None:
    one = await desk.active()
    path = f"/v1/endpoints/{one['id']}/recover"
    assert (await desk.ask("POST", path, RECOVER)).json()["code"] == "idempotency-key-required"
    for wrong in (
        {"since": "2026-10-01T00:00:00Z"},
        {"since": "2026-11-20T00:00:00Z"},
        {"since": "2026-11-01T00:00:00"},
    ):
        refused = await recover(desk, one, "wrong", **wrong)
        assert (refused.status, refused.json()["errors"][0]["pointer"]) == (422, "/since")
    assert (await recover(desk, one, "wrong", include=[])).status == 422
    await desk.ask("POST", f"/v1/endpoints/{one['id']}/disable")
    assert (await recover(desk, one, "off")).status == 409


@pytest.mark.parametrize("state", ["dead", "done"])
async def test_a_replay_is_a_new_delivery_of_the_same_event(desk: Any, state: str) -> None:
    one = await desk.active()
    await desk.told(1)
    delivery = await desk.delivery(one, state)
    path = f"/v1/endpoints/{one['id']}/deliveries"
    replayed = await desk.ask("POST", f"{path}/{delivery}/replay")
    assert replayed.status == 202
    assert (replayed.json()["state"], replayed.json()["attempts"], replayed.json()["replay"]) == ("due", 0, True)
    assert replayed.json()["id"] != delivery
    rows = (await desk.ask("GET", path)).json()["data"]
    assert {row["id"] for row in rows} == {delivery, replayed.json()["id"]}
    assert len({row["event"] for row in rows}) == 1
    await desk.ask("POST", f"/v1/endpoints/{one['id']}/disable")
    assert (await desk.ask("POST", f"{path}/{delivery}/replay")).status == 409
