"""Deliveries and attempts as an owner reads them: in pages, by state, and what receivers said only as text."""

from datetime import timedelta
from typing import Any

from laborvoice.domain.ids import DeliveryId, EndpointId

HOSTILE = b'<script>alert(1)</script> call [number] \xff "quoted"'


async def test_deliveries_come_in_pages_and_by_state(desk: Any) -> None:
    one = await desk.active()
    for _ in range(5):
        await desk.told(1)
        desk.world.clock.skip(minutes=1)
    await desk.delivery(one, "dead")
    path = f"/v1/endpoints/{one['id']}/deliveries"
    first = await desk.ask("GET", f"{path}?limit=2")
    seen = list(first.json()["data"])
    target = first.headers["link"].partition(">")[0][1:]
    await desk.told(1)
    while target:
        page = await desk.ask("GET", target)
        seen += page.json()["data"]
        target = page.headers.get("link", "").partition(">")[0][1:]
    assert len({row["id"] for row in seen}) == len(seen) == 5
    assert [row["at"] for row in seen] == sorted((row["at"] for row in seen), reverse=True)
    states = {
        state: len((await desk.ask("GET", f"{path}?state={state}")).json()["data"])
        for state in ("due", "leased", "done", "dead", "parked")
    }
    assert states == {"due": 5, "leased": 0, "done": 0, "dead": 1, "parked": 0}
    assert (await desk.ask("GET", f"{path}?state=gone")).status == 400
    assert (await desk.ask("GET", f"{path}?state=due&cursor={first.json()['next_cursor']}")).status == 400


async def test_what_is_due_is_parked_while_its_breaker_is_open(desk: Any) -> None:
    one = await desk.active()
    await desk.told(2)
    dead = await desk.delivery(one, "dead")
    path = f"/v1/endpoints/{one['id']}/deliveries"
    opened = "UPDATE outbox.endpoint SET paused_until = $1, park_seconds = 30"
    await desk.sql(opened, desk.world.clock.now() + timedelta(seconds=30))
    states = {row["id"]: row["state"] for row in (await desk.ask("GET", path)).json()["data"]}
    assert sorted(states.values()) == ["dead", "parked"]
    assert [row["state"] for row in (await desk.ask("GET", f"{path}?state=parked")).json()["data"]] == ["parked"]
    assert (await desk.ask("GET", f"{path}?state=due")).json()["data"] == []
    again = await desk.ask("POST", f"{path}/{dead}/replay")
    assert (again.status, again.json()["state"]) == (202, "parked")


async def attempts(desk: Any, one: Any) -> str:
    """One that nothing answered, and one that was: the delivery they belong to."""
    await desk.told(1)
    delivery = await desk.delivery(one, "due")
    for number, (status, error, address) in enumerate(((None, "timeout", None), (500, "http_5xx", "203.0.113.7"))):
        await desk.sql(
            """INSERT INTO outbox.attempt (delivery_id, endpoint_id, event_id, at, status, error_class, ms, address,
                headers, body) SELECT id, endpoint_id, event_id, $2, $3, $4, 12, $5, '[["server", "x"]]', $6
                FROM outbox.delivery WHERE id = $1""",
            DeliveryId.parse(delivery).uuid,
            desk.world.clock.now() + timedelta(seconds=number),
            status,
            error,
            address,
            HOSTILE,
        )
    return str(delivery)


async def test_attempts_show_what_a_receiver_said_as_text(desk: Any) -> None:
    one = await desk.active()
    delivery = await attempts(desk, one)
    told = await desk.ask("GET", f"/v1/endpoints/{one['id']}/deliveries/{delivery}/attempts")
    first, second = told.json()["data"]
    assert first == {"at": "2026-11-12T10:30:00Z", "ms": 12, "error": "timeout"}
    assert second["body"] == HOSTILE.decode(errors="replace")
    assert (second["status"], second["address"], second["headers"]) == (500, "203.0.113.7", [["server", "x"]])
    assert told.headers["content-type"].startswith("application/json")
    assert told.headers["x-content-type-options"] == "nosniff"


async def test_attempts_outlive_their_delivery_and_it_can_be_sent_again(desk: Any) -> None:
    one = await desk.active()
    delivery = await attempts(desk, one)
    await desk.sql("DELETE FROM outbox.delivery")
    path = f"/v1/endpoints/{one['id']}/deliveries/{delivery}"
    assert len((await desk.ask("GET", f"{path}/attempts")).json()["data"]) == 2
    assert (await desk.ask("POST", f"{path}/replay")).status == 202


async def test_an_operator_sees_classes_and_no_word_of_a_receiver(desk: Any, operator: Any) -> None:
    one = await desk.active()
    delivery = await attempts(desk, one)
    told = await desk.ask("GET", f"/v1/endpoints/{one['id']}/deliveries/{delivery}/attempts", who=operator)
    assert [set(row) for row in told.json()["data"]] == [{"at", "ms", "error"}, {"at", "ms", "error", "status"}]
    assert (await desk.ask("GET", f"/v1/endpoints/{one['id']}/deliveries", who=operator)).status == 200


async def test_public_keys_are_for_everyone_and_those_alone_that_sign_or_will(desk: Any) -> None:
    one = await desk.active()
    path = f"/.well-known/webhook-keys/{one['id']}"
    assert (await desk.client.get(path)).status == 404
    today = desk.world.today
    days = ((-90, -1), (-30, 1), (-2, None), (8, None))
    for version, (begins, ends) in enumerate(days, 1):
        await desk.sql(
            "INSERT INTO outbox.endpoint_key VALUES ($1, $2, $3, $4, $5)",
            EndpointId.parse(one["id"]).uuid,
            version,
            bytes([version]) * 32,
            today + timedelta(days=begins),
            None if ends is None else today + timedelta(days=ends),
        )
    told = await desk.client.get(path)
    assert told.headers["cache-control"] == "public, max-age=3600"
    assert [row["version"] for row in told.json()["keys"]] == [4, 3, 2]
    assert told.json()["keys"][2] == {
        "key": "whpk_AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=",
        "version": 2,
        "not_before": "2026-10-13",
        "not_after": "2026-11-13",
    }
    for missing in ("end_00000000000000000000000000", "nonsense"):
        assert (await desk.client.get(f"/.well-known/webhook-keys/{missing}")).status == 404
