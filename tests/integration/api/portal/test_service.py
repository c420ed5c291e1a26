"""The portal as a service: health, a lost database, what it counts of itself."""

from typing import Any

import pytest

from laborvoice.api.portal import app as portal
from laborvoice.api.portal.app import create_portal_app
from laborvoice.api.portal.doors import HANDLERS
from laborvoice.api.portal.judge import Nothing
from laborvoice.api.portal.visit import RequestId, Visit
from laborvoice.metrics import Metric
from support.portal_answers import is_problem


async def test_health_asks_no_database(plugged: Any, plug: Any) -> None:
    await plug.pull()
    answer = await plugged.get("/healthz")
    assert (answer.status, answer.body) == (200, b"ok\n")


async def test_a_lost_database_is_503_until_it_is_back(plugged: Any, plug: Any, chain: Any) -> None:
    path = f"/v1/suppliers/{chain.supplier}/score"
    before = await plugged.get(path, chain.key)
    assert before.status == 200
    await plug.pull()
    for target in (path, "/v1/suppliers", f"/v1/releases/{chain.releases['2026-Q3']}"):
        answer = await plugged.get(target, chain.key)
        is_problem(answer, 503, "database-unavailable")
        assert answer.headers["retry-after"] == "5"
    plug.push()
    assert (await plugged.get(path, chain.key)).body == before.body


async def test_websockets_are_refused(parts: Any) -> None:
    app = create_portal_app(parts)
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope: Any = {"type": "websocket", "path": "/v1/suppliers", "headers": []}
    await app(scope, receive, send)
    assert [message["type"] for message in sent] == ["websocket.close"]


async def test_answers_are_counted_by_operation_and_status(client: Any, parts: Any, chain: Any) -> None:
    await client.get("/v1/suppliers", chain.key)
    await client.get("/v1/suppliers", "")
    await client.get("/v1/nothing", chain.key)
    values = await parts.samples()
    samples = {labels: number for (metric, labels), number in values.items() if metric is Metric.REQUESTS}
    assert samples == {
        ("list_suppliers", "200"): 1,
        ("list_suppliers", "401"): 1,
        ("none", "404"): 1,
    }


def test_a_door_that_declares_less_than_it_uses_is_caught() -> None:
    visit = Visit(RequestId.draw(bytes(16)))
    with pytest.raises(LookupError):
        _ = visit.principal
    with pytest.raises(LookupError):
        visit.query(Nothing)


def test_handlers_are_told_apart() -> None:
    assert len({handler.opt["operation"].id for handler in HANDLERS}) == len(HANDLERS)
    assert portal.document() == portal.document()
