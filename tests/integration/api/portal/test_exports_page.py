"""The page of exports, without a script."""

from html import unescape
from typing import Any
from urllib.parse import urlencode

from laborvoice.pipeline import export
from support.registry_world import World

HTML = {"accept": "text/html", "content-type": "application/x-www-form-urlencoded"}


async def form(client: Any, key: str, **fields: str) -> Any:
    return await client.ask("POST", "/exports", key=key, body=urlencode(fields).encode(), headers=HTML)


async def page(client: Any, key: str, target: str = "/exports") -> str:
    answer = await client.get(target, key, accept="text/html")
    assert answer.status == 200, answer.body
    return unescape(answer.body.decode())


async def test_asked_for_and_there(client: Any, parts: Any, world: World, chain: Any) -> None:
    assert "Nothing yet" in await page(client, chain.key)
    done = await form(client, chain.key, kind="E1", format="html", supplier=chain.supplier, period="2026-Q3")
    assert (done.status, done.headers["location"]) == (303, "/exports?done=export-asked")
    assert parts.exporting.is_set()
    assert "Some are being made." in await page(client, chain.key)
    assert await export.make(parts.database, parts.maker)
    shown = await page(client, chain.key)
    digest = await world.sql("SELECT files::jsonb #>> '{0,sha256}' FROM desk.export")
    assert digest in shown
    assert "/files/E1.html" in shown
    other = await world.secret(await world.party("brand"), "brand")
    assert "Nothing yet" in await page(client, other)
    assert f'value="{chain.supplier}"' in await page(client, chain.key, f"/exports?supplier={chain.supplier}")


async def test_faults_stand_beside_their_fields(client: Any, world: World, chain: Any) -> None:
    foreign = await world.supplier("Of another")
    for fields, words in (
        ({"kind": "E1"}, "A site sheet is about one supplier: name it."),
        ({"kind": "E1", "supplier": foreign}, "a supplier you may see"),
        ({"kind": "E2", "country": "bd"}, "Write two capitals"),
        ({"kind": "E10", "country": "BD"}, "This export is about no supplier."),
    ):
        refused = await form(client, chain.key, format="csv", **fields)
        assert refused.status == 422
        assert words in unescape(refused.body.decode())
    assert await world.sql("SELECT count(*) FROM desk.export") == 0


async def test_who_may_only_read_asks_for_nothing(client: Any, world: World, chain: Any) -> None:
    reader = await world.secret(chain.brand, "brand", "exports:read")
    assert "Ask for an export" not in await page(client, reader)
    assert (await form(client, reader, kind="E2", format="csv")).status == 403
