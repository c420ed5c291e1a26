"""Who may read which rows of the audit log, and that what is read can be checked without the server."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from click.testing import CliRunner

from laborvoice.cli import commands
from laborvoice.domain.audit import FIRST, Act, Actor, Row, verify
from laborvoice.domain.ids import MessageId, PartyId
from laborvoice.store.access import audit
from laborvoice.store.database import Connection
from support.portal_answers import is_problem
from support.registry_world import World

if TYPE_CHECKING:
    from laborvoice.domain.party import PartyKind

KINDS: "dict[str, PartyKind]" = {
    "brand": "brand",
    "watchdog": "watchdog",
    "operator": "operator",
    "other": "watchdog",
}
LINES = {"accept": "application/x-ndjson"}


@pytest.fixture
async def parties(world: World) -> dict[str, PartyId]:
    """Of each kind one that logged in three times, and another watchdog; both watchdogs read a message."""
    found = {name: await world.party(kind) for name, kind in KINDS.items()}

    async def step(db: Connection) -> None:
        for _ in range(3):
            for party in found.values():
                await audit.record(db, world.clock.now(), Act(action="login", actor=Actor(party=party)))
        for party in (found["watchdog"], found["other"]):
            act = Act(action="message.read", actor=Actor(party=party), object=MessageId.draw(b"m" * 16))
            await audit.record(db, world.clock.now(), act)

    await world.portal.run("test", step)
    return found


@pytest.fixture
async def keys(world: World, parties: dict[str, PartyId]) -> dict[str, str]:
    return {name: await world.secret(parties[name], kind, "audit:read") for name, kind in KINDS.items()}


async def test_each_reads_its_own_acts_and_operators_all(
    client: Any, keys: dict[str, str], parties: dict[str, PartyId]
) -> None:
    for name, count in (("brand", 3), ("watchdog", 3), ("operator", 12)):
        rows = (await client.get("/v1/audit?chain=acts", keys[name])).json()["data"]
        assert len(rows) == count
        assert name == "operator" or {row["actor"] for row in rows} == {parties[name]}
        assert {row["at"] for row in rows} == {"2026-11-12T09:30Z"}


async def test_a_chain_of_messages_is_its_watchdogs_alone(
    client: Any, keys: dict[str, str], parties: dict[str, PartyId]
) -> None:
    for name in ("watchdog", "other"):
        (row,) = (await client.get("/v1/audit?chain=inbox", keys[name])).json()["data"]
        assert (row["actor"], row["at"]) == (parties[name], "2026-W46")
        head = (await client.get("/v1/audit/head?chain=inbox", keys[name])).json()
        assert head == {"seq": 1, "hash": row["hash"]}
    for name in ("brand", "operator"):
        for path in ("/v1/audit", "/v1/audit/head"):
            is_problem(await client.get(f"{path}?chain=inbox", keys[name]), 403, "forbidden")


async def test_heads(client: Any, world: World, keys: dict[str, str]) -> None:
    last = (await client.get("/v1/audit?chain=acts&after=11", keys["operator"])).json()["data"][0]
    for name in ("watchdog", "operator"):
        head = (await client.get("/v1/audit/head?chain=acts", keys[name])).json()
        assert head == {"seq": 12, "hash": last["hash"]}
    is_problem(await client.get("/v1/audit/head?chain=acts", keys["brand"]), 403, "forbidden")
    new = await world.secret(await world.party("watchdog"), "watchdog")
    assert (await client.get("/v1/audit/head?chain=inbox", new)).json() == {"seq": 0, "hash": FIRST}


@pytest.mark.parametrize("path", ["/v1/audit", "/v1/audit/head"])
async def test_strictness(path: str, client: Any, world: World, chain: Any, keys: dict[str, str]) -> None:
    is_problem(await client.get(path, keys["operator"]), 400, "invalid-parameter")
    is_problem(await client.get(f"{path}?chain=others", keys["operator"]), 400, "invalid-parameter")
    is_problem(await client.get(f"{path}?chain=acts&party=x", keys["operator"]), 400, "unknown-parameter")
    is_problem(await client.get(f"{path}?chain=acts"), 401, "unauthenticated")
    blind = await world.secret(chain.brand, "brand", "scores:read")
    is_problem(await client.get(f"{path}?chain=acts", blind), 403, "insufficient-scope")


async def test_pages(client: Any, keys: dict[str, str]) -> None:
    rows: list[Any] = []
    target = "/v1/audit?chain=acts&limit=5&after=1"
    while target:
        answer = await client.get(target, keys["operator"])
        page = answer.json()
        rows += page["data"]
        assert ("link" in answer.headers) == page["has_more"]
        target = f"/v1/audit?chain=acts&limit=5&after=1&cursor={page['next_cursor']}" if page["has_more"] else ""
    assert [row["seq"] for row in rows] == [*range(2, 13)]
    assert verify(msgspec.convert(rows, list[Row]), None) is None
    lines = await client.get("/v1/audit?chain=acts&limit=5", keys["operator"], **LINES)
    more = await client.get(
        f"/v1/audit?chain=acts&limit=9&cursor={lines.headers['next-cursor']}", keys["operator"], **LINES
    )
    assert "next-cursor" not in more.headers
    decoded = [msgspec.json.decode(line, type=Row) for line in (lines.body + more.body).splitlines()]
    assert [row.seq for row in decoded] == [*range(1, 13)]
    is_problem(
        await client.get(f"/v1/audit?chain=acts&after=2&cursor={lines.headers['next-cursor']}", keys["operator"]),
        400,
        "invalid-cursor",
    )


@pytest.fixture
async def lines(client: Any, keys: dict[str, str]) -> list[bytes]:
    answer = await client.get("/v1/audit?chain=acts", keys["operator"], **LINES)
    return [*answer.body.splitlines(keepends=True)]


def verified(tmp_path: Path, lines: list[bytes], *options: str) -> tuple[int, str]:
    (tmp_path / "rows").write_bytes(b"".join(lines))
    result = CliRunner().invoke(commands, ["verify-audit", str(tmp_path / "rows"), *options])
    return result.exit_code, result.output.strip()


async def test_an_auditor_checks_the_lines_alone(lines: list[bytes], tmp_path: Path) -> None:
    good = (0, "Every row is as it was written.")
    last = msgspec.json.decode(lines[-1], type=Row)
    head = f"--head={last.seq}:{last.hash}"
    assert verified(tmp_path, lines, head) == good
    assert verified(tmp_path, [*lines, b"\n"]) == good
    assert verified(tmp_path, lines[4:], "--part") == good
    assert verified(tmp_path, lines[:-1], head) == (1, "laborvoice: Row 12 is missing.")
    assert verified(tmp_path, lines[1:]) == (1, "laborvoice: Row 1 is missing.")
    assert verified(tmp_path, [*lines[:3], lines[4], lines[3], *lines[5:]]) == (1, "laborvoice: Row 4 is missing.")
    changed = lines[3].replace(b"09:30Z", b"09:31Z")
    assert verified(tmp_path, [*lines[:3], changed, *lines[4:]]) == (1, "laborvoice: Row 4 is changed.")
    assert verified(tmp_path, lines, f"--head=3:{FIRST}") == (1, "laborvoice: Row 3 is not as anchored.")


async def test_what_is_no_row_is_said(lines: list[bytes], tmp_path: Path) -> None:
    for wrong in (b"{}\n", b"nothing\n"):
        assert verified(tmp_path, [wrong])[0] == 1
    assert verified(tmp_path, lines, "--head=x:y")[0] == 1
