"""The registry's pages, without a script: claims, files, what operators do with them, help numbers, campaigns."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest

from laborvoice.bootstrap.portal import PortalParts
from laborvoice.crypto.manifest import encode_manifest, sign_manifest
from laborvoice.store.ballot import manifest
from support.registry_world import World
from support.signing import Browser, person

HEAD = "country,name,address"
CLAIM = {"os_id": "BD2026001DEM011", "tier": "2", "role": "sewing", "from": "2026-01-01", "source": "own records"}


@pytest.fixture
async def operator(world: World) -> str:
    return await world.secret(await world.party("operator"), "operator")


@pytest.fixture
async def brand(world: World) -> str:
    return await world.secret(await world.party("brand", "Buyer"), "brand")


async def page(client: Any, target: str, key: str) -> str:
    answer = await client.get(target, key, accept="text/html")
    assert answer.status == 200, answer.body
    return unescape(answer.body.decode())


async def form(client: Any, target: str, key: str, fields: dict[str, str] | list[tuple[str, str]]) -> Any:
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "text/html"}
    return await client.ask("POST", target, key=key, body=urlencode(fields).encode(), headers=headers)


async def upload(client: Any, target: str, key: str, raw: bytes) -> Any:
    head = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n'
    headers = {"content-type": "multipart/form-data; boundary=x", "accept": "text/html"}
    body = head.encode() + raw + b"\r\n--x--\r\n"
    return await client.ask("POST", target, key=key, body=body, headers=headers)


def hidden(answer: Any, name: str = "file") -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.body.decode())
    assert found is not None
    return found[1]


async def test_a_brand_claims_and_ends(client: Any, brand: str) -> None:
    assert "Add the first supplier" in await page(client, "/links", brand)
    done = await form(client, "/links", brand, CLAIM)
    assert (done.status, done.headers["location"]) == (303, "/links?done=claim-sent")
    shown = await page(client, "/links?done=claim-sent", brand)
    assert "Sent to review." in shown
    assert "BD2026001DEM011" in shown
    assert "sup_" not in shown
    link = re.search(r"/links/(lnk_\w+)/end", shown)
    assert link is not None
    ended = await form(client, f"/links/{link[1]}/end", brand, {"reason": "moved"})
    assert ended.headers["location"] == "/links?done=link-ended"
    assert "ended: moved" in await page(client, "/links", brand)
    assert (await form(client, f"/links/{link[1]}/end", brand, {"reason": "moved"})).status == 409


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ({"os_id": "BD2026001DEM012"}, "The check digit does not fit"),
        ({"os_id": ""}, "A claim names the supplier"),
        ({"to": "2025-01-01"}, "It is before `from`."),
        ({"country": "Bangladesh"}, "Write two capitals"),
        ({"role": ""}, "Say what it does for you."),
    ],
)
async def test_what_is_wrong_stands_by_its_field(client: Any, brand: str, fault: dict[str, str], text: str) -> None:
    answer = await form(client, "/links", brand, {**CLAIM, **fault})
    assert answer.status == 422
    assert text in unescape(answer.body.decode())
    assert 'value="own records"' in answer.body.decode()


async def test_a_file_is_looked_at_then_imported_once(client: Any, operator: str, world: World) -> None:
    path = "/admin/suppliers/import"
    assert "Choose a file" in await page(client, path, operator)
    raw = f"{HEAD}\nBD,Padma Denim,Savar\nAtlantis,=Cell,Here\nBD,,There\n".encode()
    dry = await upload(client, path, operator, raw)
    assert dry.status == 200
    text = unescape(dry.body.decode())
    for said in ("Atlantis", "Write the ISO code of two letters", "Fill in this cell.", "(empty)"):
        assert said in text
    assert await world.sql("SELECT count(*) FROM registry.supplier") == 0
    file = {"file": hidden(dry)}
    first = await form(client, f"{path}/done", operator, file)
    assert '<b><bdi dir="ltr">1</bdi></b> new' in first.body.decode()
    again = await form(client, f"{path}/done", operator, file)
    assert again.body.decode().count("<b><bdi") == first.body.decode().count("<b><bdi")
    assert await world.sql("SELECT count(*) FROM registry.supplier") == 1
    table = await form(client, f"{path}/rejected", operator, file)
    assert table.headers["content-type"].startswith("text/csv")
    assert table.body.decode().splitlines()[1].startswith("3,country,Atlantis,")


async def test_rows_that_may_be_known_are_chosen(client: Any, operator: str, world: World) -> None:
    await world.supplier("Mohammadi Garments", address="Plot 45, Savar, Dhaka")
    raw = f"{HEAD}\nBD,Muhammadi Garments Ltd,12 Station Rd Dhaka\n".encode()
    dry = await upload(client, "/admin/suppliers/import", operator, raw)
    assert "May be known" in dry.body.decode()
    assert "Plot 45, Savar, Dhaka" in unescape(dry.body.decode())
    chosen = [("file", hidden(dry)), ("new", "2")]
    await form(client, "/admin/suppliers/import/done", operator, chosen)
    assert await world.sql("SELECT count(*) FROM registry.supplier") == 2
    for new in ("x", "9" * 5000):
        bad = await form(client, "/admin/suppliers/import/done", operator, [("file", hidden(dry)), ("new", new)])
        assert bad.status == 422
    assert (await form(client, "/admin/suppliers/import/done", operator, {"file": "!"})).status == 422


async def test_a_file_that_is_none_is_said_by_the_field(client: Any, operator: str) -> None:
    answer = await upload(client, "/admin/suppliers/import", operator, b"a;b")
    assert answer.status == 422
    assert "Columns are separated by semicolons" in answer.body.decode()
    nothing = await upload(client, "/admin/suppliers/import", operator, b"")
    assert nothing.status == 422


async def test_a_brands_file_becomes_claims(client: Any, brand: str, world: World) -> None:
    await world.supplier("Padma Denim", address="Savar")
    assert "becomes claims" in await page(client, "/links/import", brand)
    dry = await upload(client, "/links/import", brand, f"{HEAD},tier\nBD,Padma Denim,Savar,3\n".encode())
    assert "claims, sent to review" in dry.body.decode()
    assert "sup_" not in dry.body.decode()
    for _ in range(2):
        done = await form(client, "/links/import/done", brand, {"file": hidden(dry)})
        assert done.status == 200
    assert await world.sql("SELECT count(*) FROM registry.link") == 1
    assert (await client.get("/admin/suppliers/import", brand, accept="text/html")).status == 403


async def test_operators_confirm_refuse_and_merge(client: Any, operator: str, brand: str, world: World) -> None:
    one = await world.supplier("Padma Denim", address="Savar, Dhaka")
    assert "Nothing waits" in await page(client, "/admin/links", operator)
    plain = {"tier": "1", "role": "sewing", "from": "2026-01-01", "source": "list", "country": "BD"}
    for name in ("Padma Denim Ltd", "Unheard Of", "Third"):
        await form(client, "/links", brand, {**plain, "name": name, "address": "Savar"})
    shown = await page(client, "/admin/links", operator)
    assert f'name="supplier" value="{one}"' in shown
    assert "Nothing we know is alike." in shown
    padma = re.search(rf'(lnk_\w+)/confirm"><input[^>]*><input type="hidden" name="supplier" value="{one}"', shown)
    assert padma is not None
    done = await form(client, f"/admin/links/{padma[1]}/confirm", operator, {"supplier": one})
    assert done.headers["location"] == "/admin/links?done=link-confirmed"
    assert one in await page(client, "/links", brand)
    wrong = await form(client, f"/admin/links/{padma[1]}/confirm", operator, {"supplier": "x"})
    assert (wrong.status, "Write the id of a supplier" in wrong.body.decode()) == (422, True)
    gone = await form(client, "/admin/links/lnk_00000000000000000000000000/confirm", operator, {"supplier": one})
    assert (gone.status, "There is no such claim or supplier." in gone.body.decode()) == (422, True)
    other = next(found for found in re.findall(r"/admin/links/(lnk_\w+)/end", shown) if found != padma[1])
    refused = await form(client, f"/admin/links/{other}/end", operator, {"reason": "no proof"})
    assert refused.headers["location"] == "/admin/links?done=link-ended"


async def test_a_claim_by_id_has_one_candidate(client: Any, operator: str, brand: str, world: World) -> None:
    one = await world.supplier("Padma Denim", identifiers={"os_id": CLAIM["os_id"]})
    await form(client, "/links", brand, CLAIM)
    shown = await page(client, "/admin/links", operator)
    assert shown.count(f'name="supplier" value="{one}"') == 1
    assert "Nothing we know is alike." not in shown
    assert (await form(client, "/links", operator, CLAIM)).status == 403
    link = re.search(r"/admin/links/(lnk_\w+)/end", shown)
    assert link is not None
    assert (await form(client, f"/admin/links/{link[1]}/end", operator, {"reason": ""})).status == 422
    watchdog = await world.secret(await world.watchdog("BD"), "watchdog")
    assert "Buyer" in await page(client, "/links", watchdog)


async def test_operators_merge(client: Any, operator: str, world: World) -> None:
    one, two = await world.supplier("A"), await world.supplier("B")
    pairs: tuple[tuple[dict[str, str], str], ...] = (
        ({"one": one, "into": one}, "A supplier is not merged into itself."),
        ({"one": one, "into": "sup_00000000000000000000000000"}, "One of the two does not exist."),
        ({"one": "a", "into": two}, "Write the id of a supplier"),
    )
    for pair, text in pairs:
        refused = await form(client, "/admin/links", operator, pair)
        assert (refused.status, text in unescape(refused.body.decode())) == (422, True)
    done = await form(client, "/admin/links", operator, {"one": one, "into": two})
    assert done.headers["location"] == "/admin/links?done=suppliers-merged"


async def test_help_numbers(client: Any, operator: str) -> None:
    assert "None yet" in await page(client, "/admin/help-numbers", operator)
    target = "/admin/help-numbers?country=BD"
    row = {"name0": "Help", "number0": "+880 2 1", "hours0": "24 h", "languages0": "bn en", "checked_on0": "2026-11-01"}
    wrong = await form(client, target, operator, {**row, "number0": "call", "hours0": ""})
    assert wrong.status == 422
    assert 'value="bn en"' in wrong.body.decode()
    done = await form(client, target, operator, {**row, "number1": ""})
    assert done.headers["location"] == f"{target}&done=help-saved"
    shown = await page(client, target, operator)
    assert shown.count('value="+880 2 1"') == 1
    assert "<td>bn, en</td>" in shown
    assert (await form(client, "/admin/help-numbers?country=XX", operator, row)).status == 422
    asked = await client.get("/admin/help-numbers?country=UK", operator, accept="text/html")
    assert asked.status == 422


async def test_a_campaign_and_its_cards(client: Any, operator: str, world: World) -> None:
    one = await world.supplier()
    path = "/admin/campaigns"
    assert "No campaign yet" in await page(client, path, operator)
    wanted = {"supplier": one, "first": "2026-Q4", "periods": "2", "headcount": "100", "languages": "bn, en"}
    refused = await form(client, path, operator, wanted)
    assert (refused.status, "There is no help number" in refused.body.decode()) == (422, True)
    await world.help("BD")
    await world.watchdog("BD")
    for fault, text in (({"headcount": "10"}, "under 20 invites"), ({"supplier": "x"}, "Write the id")):
        answer = await form(client, path, operator, {**wanted, **fault})
        assert (answer.status, text in answer.body.decode()) == (422, True)
    assert (await form(client, path, operator, {**wanted, "supplier": "sup_00000000000000000000000000"})).status == 422
    assert (await form(client, path, operator, wanted)).headers["location"] == f"{path}?done=campaign-opened"
    shown = await page(client, path, operator)
    assert "2026-Q4, 2027-Q1" in shown
    assert "A watchdog" in shown
    campaign = re.search(r"/admin/campaigns/(cmp_\w+)/cards", shown)
    token = re.search(r'name="form" value="(\w+)"', shown)
    assert campaign is not None
    assert token is not None
    asked = {"count": "24", "form": token[1], "language": "bn"}
    await published(world)
    sheet = await form(client, f"{path}/{campaign[1]}/cards", operator, asked)
    assert (sheet.status, sheet.body.decode().count("<article")) == (200, 24)
    again = await form(client, f"{path}/{campaign[1]}/cards", operator, asked)
    assert again.status == 409
    assert await world.sql("SELECT printed FROM registry.campaign") == 24
    assert (await form(client, f"{path}/{campaign[1]}/cards", operator, {**asked, "count": "x"})).status == 422


async def published(world: World) -> None:
    payload = (
        '{"v":1,"origin":"voice.example","seq":1,"prev":"","not_before":"2026-11-01","not_after":"2026-11-15","box":[],'
        '"mix":[],"watchdogs":[],"parts":{"count":0,"size":4096,"root":""},"pow_bits":4,"mailbox":{},'
        '"policy":{"name":"standard","epsilon":"2","delta":"1e-4","k":10},"files":{}}'
    )
    body = encode_manifest(sign_manifest(payload, (bytes(32),)))
    stored = manifest.Stored(seq=1, not_before=world.today, not_after=world.today, payload=payload)
    await world.vault.run("test", lambda db: manifest.put(db, stored, body))


async def test_a_person_uploads_with_the_token_of_her_session(client: Any, world: World, parts: PortalParts) -> None:
    """A file comes in another kind of form: its token is read there too."""
    party = await world.party("operator")
    browser = Browser(client)
    await browser.sign_in(await person(world, parts.signing_in, party, "operator_admin", "Olga"))
    path = "/admin/suppliers/import"
    assert "Help numbers" in unescape((await browser.get(path)).body.decode())
    headers = {**browser.headers, "cookie": browser.cookie, "content-type": "multipart/form-data; boundary=x"}
    file = f'name="file"; filename="a.csv"\r\n\r\n{HEAD}\nBD,Padma Denim,Savar'
    answer: Any = None
    for token, status in (("", 403), ("wrong", 403), (browser.csrf, 200)):
        parts_of_form = (f'name="csrf"\r\n\r\n{token}', file)
        body = "".join(f"--x\r\nContent-Disposition: form-data; {one}\r\n" for one in parts_of_form) + "--x--\r\n"
        answer = await client.ask("POST", path, body=body.encode(), headers=headers)
        assert answer.status == status, token
    done = await browser.post(f"{path}/done", file=hidden(answer))
    assert done.status == 200
    assert await world.sql("SELECT count(*) FROM registry.supplier") == 1
