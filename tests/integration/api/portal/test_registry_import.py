"""Files of suppliers: a bad row is named by row and column and stops nothing, and a second sending changes nothing."""

from typing import Any

import msgspec
import pytest

from support.registry_world import World

HEAD = "country,name,address"
GOOD = "BD2026001DEM011"


@pytest.fixture
async def operator(world: World) -> str:
    return await world.secret(await world.party("operator"), "operator")


async def send(client: Any, key: str, text: str | bytes, query: str = "", again: str = "i1") -> Any:
    raw = text.encode() if isinstance(text, str) else text
    headers = {"content-type": "text/csv", "idempotency-key": again}
    return await client.ask("POST", f"/v1/suppliers/import{query}", key=key, body=raw, headers=headers)


async def suppliers(world: World) -> int:
    return int(await world.sql("SELECT count(*) FROM registry.supplier"))


def thousand(bad: int | None) -> str:
    """A thousand rows; one of them, if so wished, without a country."""
    rows = [f"{'' if row == bad else 'BD'},Site {row} Street Mills,{row} Long Road" for row in range(2, 1_002)]
    return "\n".join([HEAD, *rows])


async def test_one_bad_row_of_a_thousand_is_named_and_nothing_is_imported_until_confirmed(
    client: Any, operator: str, world: World
) -> None:
    text = thousand(bad=617)
    dry = await send(client, operator, text, "?dry_run=true")
    assert dry.status == 200
    (fault,) = dry.json()["rejected"]
    assert (fault["row"], fault["column"]) == (617, "country")
    assert fault["detail"].startswith("Write the ISO code")
    assert dry.json()["created"] == 999
    assert await suppliers(world) == 0
    done = await send(client, operator, text, again="i2")
    assert done.json() == dry.json()
    assert await suppliers(world) == 999


async def test_an_import_is_idempotent(client: Any, operator: str, world: World) -> None:
    text = thousand(bad=None)
    first = await send(client, operator, text)
    replay = await send(client, operator, text)
    assert (replay.body, replay.headers["idempotent-replayed"]) == (first.body, "true")
    other = await send(client, operator, text, again="i2")
    assert (other.json()["created"], other.json()["matched"], other.json()["review"]) == (0, 1_000, [])
    assert await suppliers(world) == 1_000
    assert (await send(client, operator, text + "\n")).json()["code"] == "idempotency-key-reused"


PLANTED = (
    (2, "country", "Atlantis,A,1 Road"),
    (3, "name", "BD,,1 Road"),
    (4, "address", "BD,A,   "),
    (5, "", "BD,A,1 Road,BD2026001DEM011,1,2,yes,300,too,many"),
    (6, "name", f"BD,{'x' * 501},1 Road"),
)
ODD = (
    (7, "os_id", "BD,Alpha Works,7 A Road,BD2026001DEM012,,,,"),
    (8, "lat", "BD,Beta Works,8 B Road,,99,10,,"),
    (9, "closed", "BD,Gamma Works,9 C Road,,,,perhaps,"),
    (10, "number_of_workers", "BD,Delta Works,10 D Road,,,,,many"),
)


async def test_planted_errors_are_named_by_row_and_column(client: Any, operator: str, world: World) -> None:
    header = f"{HEAD},os_id,lat,lng,is_closed,number_of_workers"
    text = "\n".join([header, *(row for _, _, row in (*PLANTED, *ODD))])
    told = (await send(client, operator, text)).json()
    assert [(one["row"], one["column"]) for one in told["rejected"]] == [(row, column) for row, column, _ in PLANTED]
    assert [(one["row"], one["column"]) for one in told["warnings"]] == [(row, column) for row, column, _ in ODD]
    assert all(one["detail"].endswith(".") for one in (*told["rejected"], *told["warnings"]))
    assert (told["created"], await suppliers(world)) == (len(ODD), len(ODD))
    data = (await client.get("/v1/suppliers?q=Alpha", operator)).json()["data"]
    assert data[0]["identifiers"] == [{"scheme": "os_id", "value": "BD2026001DEM012", "checked": False}]
    assert "os_id" not in data[0]


async def test_with_or_without_bom_and_with_names_of_countries(client: Any, operator: str) -> None:
    text = 'Country,Name,Address,extra\r\nViet Nam,"Công ty ""May"" Một","1 Đường,\r\nHà Nội",x\r\n\r\n'
    told = (await send(client, operator, b"\xef\xbb\xbf" + text.encode())).json()
    assert (told["created"], told["warnings"][0]["column"]) == (1, "extra")
    found = (await client.get("/v1/suppliers?country=VN", operator)).json()["data"][0]
    assert (found["name"], found["address"]) == ('Công ty "May" Một', "1 Đường, Hà Nội")
    assert (await send(client, operator, text, again="i2")).json()["matched"] == 1


async def test_letters_that_are_no_utf8_are_their_rows_fault(client: Any, operator: str) -> None:
    raw = f"{HEAD}\nBD,Good,1 Road\nBD,".encode() + "Façade".encode("latin-1") + b",2 Road\nBD,Better,3 Road\n"
    told = (await send(client, operator, raw)).json()
    assert [(one["row"], one["column"]) for one in told["rejected"]] == [(3, "name")]
    assert told["created"] == 2


@pytest.mark.parametrize(
    "text", ["", "country,name\nBD,A", "country;name;address\nBD;A;B", "name,name,country,address\n", "\n".join]
)
async def test_what_is_no_such_file_is_refused(client: Any, operator: str, text: Any) -> None:
    raw = text if isinstance(text, str) else text([HEAD, *["BD,A,B"] * 10_001])
    refused = await send(client, operator, raw)
    assert (refused.status, refused.json()["code"]) == (422, "invalid-body")
    assert len(refused.json()["detail"]) > 20


async def test_a_quotation_mark_that_is_never_closed(client: Any, operator: str) -> None:
    rows = "\n".join(f"BD,Far {row},{row} Road" for row in range(9_000))
    told = (await send(client, operator, f'{HEAD}\nBD,Near,1 Road\nBD,"Open,2 Road\n{rows}')).json()
    assert (told["created"], [(one["row"], one["column"]) for one in told["rejected"]]) == (1, [(3, "")])


async def test_what_may_be_known_is_looked_at_by_somebody(client: Any, operator: str, world: World) -> None:
    one = await world.supplier("Mohammadi Garments", address="Plot 45, Savar, Dhaka")
    text = f"{HEAD}\nBD,Muhammadi Garments Ltd,12 Station Rd Dhaka\nBD,Muhammadi Gmts,Plot 45 Savar Dacca"
    told = (await send(client, operator, text)).json()
    assert (told["created"], told["matched"]) == (0, 1)
    (review,) = told["review"]
    assert (review["row"], review["candidates"][0]["id"]) == (2, one)
    assert 0.5 <= review["candidates"][0]["match"] <= 0.8
    watchdog = await world.secret(await world.watchdog("BD"), "watchdog")
    assert (await send(client, watchdog, text)).json()["review"] == [{"row": 2, "candidates": []}]
    assert (await send(client, watchdog, text, "?as_new=2", "i2")).status == 403
    made = (await send(client, operator, text, "?as_new=2,3", "i2")).json()
    assert (made["created"], made["matched"], made["review"]) == (1, 1, [])


async def test_a_watchdog_imports_only_what_it_covers(client: Any, world: World) -> None:
    watchdog = await world.secret(await world.watchdog("BD"), "watchdog")
    outside = await send(client, watchdog, f"{HEAD}\nBD,Near,1 Road\nVN,Far,2 Road")
    assert (outside.status, await suppliers(world)) == (403, 0)
    assert (await send(client, watchdog, f"{HEAD}\nBD,Near,1 Road", again="i2")).json()["created"] == 1


async def test_a_brands_file_makes_claims_and_tells_of_no_supplier(client: Any, world: World, chain: Any) -> None:
    good = f"BD,New,2 Road,2,{GOOD},2026-02-01"
    rows = ("BD,Sample Garments,1 Example Road,1,,", good, "BD,,3 Road,1,,", "BD,X,Y,9,,")
    text = "\n".join([f"{HEAD},tier,os_id,from", *rows])
    dry = (await send(client, chain.key, text, "?dry_run=true")).json()
    assert await world.sql("SELECT count(*) FROM registry.link") == 1
    told = (await send(client, chain.key, text, again="i2")).json()
    assert told == dry
    assert set(told) == {"claimed", "warnings", "rejected"}
    assert (told["claimed"], told["rejected"][0]["row"], told["warnings"][0]["column"]) == (3, 4, "tier")
    listed = (await client.get("/v1/links?state=claimed", chain.key)).json()["data"]
    assert {row["typed"]["name"]: (row["tier"], row["from"]) for row in listed} == {
        "Sample Garments": (1, "2026-11-12"),
        "New": (2, "2026-02-01"),
        "X": (1, "2026-11-12"),
    }
    assert await suppliers(world) == 1
    empty = await send(client, chain.key, f"{HEAD}\n", again="i3")
    assert empty.json() == {"claimed": 0, "warnings": [], "rejected": []}


async def test_the_door_takes_files_and_nothing_else(client: Any, operator: str) -> None:
    path = "/v1/suppliers/import"
    wrong = await client.ask("POST", path, key=operator, body=b"{}", headers={"idempotency-key": "a"})
    assert (wrong.status, wrong.headers["accept-post"]) == (415, "text/csv")
    headers = {"content-type": "text/csv", "content-length": str((8 << 20) + 1)}
    assert (await client.ask("POST", path, key=operator, body=b"", headers=headers)).status == 413
    bare = await client.ask("POST", path, key=operator, body=b"a", headers={"content-type": "text/csv"})
    assert bare.status in {400, 422}
    assert (await send(client, operator, HEAD, "?as_new=a")).status == 400


async def test_ten_thousand_rows(client: Any, operator: str) -> None:
    words = [f"{first}{second}{third}" for first in "bdfgk" for second in "aeiou" for third in ("lto", "mra", "nzi")]
    rows = [
        f"BD,{words[row % 75]} {words[row // 75 % 75]} Garments {row},{row % 900} {words[row % 61]} Road Dhaka"
        for row in range(10_000)
    ]
    told = msgspec.json.decode((await send(client, operator, "\n".join([HEAD, *rows]))).body)
    assert told["created"] + told["matched"] + len(told["review"]) == 10_000
    assert told["created"] > 9_000
