"""A brand's client on releases, events and exports, and the commands that use it, over a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from laborvoice.cli import commands
from laborvoice.client.brand import Brand, PortalRefused, Release, WithheldRelease
from laborvoice.errors import BadSetting
from support.registry_world import World
from support.served_portal import served


@pytest.fixture
async def portal(world: World, plug: Any, tmp_path: Path) -> AsyncIterator[str]:
    async with served(world, plug.dsn, tmp_path) as url:
        yield url


@pytest.fixture
async def chain(world: World) -> Any:
    brand, one = await world.party("brand"), await world.supplier("=Site (demo)")
    for label in ("2026-Q2", "2026-Q3"):
        await world.period(label)
    await world.linked(brand, one)
    await world.release(one, "2026-Q2")
    await world.release(one, "2026-Q3", n=210)
    return await world.secret(brand, "brand"), one


async def ready(brand: Brand, export: str) -> Any:
    async with asyncio.timeout(30):
        while (found := await asyncio.to_thread(brand.export, export)).state != "ready":  # noqa: ASYNC110 - behind the socket
            await asyncio.sleep(0.1)
    return found


def verified(*words: str) -> Result:
    return CliRunner().invoke(commands, ["verify-export", *words])


async def test_releases_and_events(portal: str, chain: Any) -> None:
    key, supplier = chain
    brand = Brand(portal, key)
    newest, older = await asyncio.to_thread(brand.releases, supplier)
    assert isinstance(newest, Release)
    assert (newest.period, newest.totals.n, len(newest.totals.conditions or ())) == ("2026-Q3", 210, 16)
    assert isinstance(older, WithheldRelease)
    began = await asyncio.to_thread(lambda: brand.events("now", types=["export.ready"]))
    assert (began.data, began.has_more) == ((), False)
    again = await asyncio.to_thread(brand.events, began.next_cursor)
    assert again.data == ()
    with pytest.raises(PortalRefused):
        await asyncio.to_thread(brand.events, "nonsense")


async def test_an_export_is_fetched_and_a_changed_byte_is_named(portal: str, chain: Any, tmp_path: Path) -> None:
    key, supplier = chain
    brand = Brand(portal, key)
    wanted = {"kind": "E1", "format": "csv", "filter": {"supplier": str(supplier)}}
    asked = await asyncio.to_thread(brand.ask_export, wanted, "once")
    assert asked == await asyncio.to_thread(brand.ask_export, wanted, "once")
    found = await ready(brand, asked.id)
    for one in found.files:
        (tmp_path / one.name).write_bytes(await asyncio.to_thread(brand.export_file, asked.id, one.name))
    assert b",'=Site (demo)," in (tmp_path / "E1-site.csv").read_bytes()
    good = await asyncio.to_thread(verified, str(tmp_path))
    assert (good.exit_code, good.output.splitlines()[0]) == (0, "E1 of 2026-11-12: every file is as it was made.")
    signer = json.loads((tmp_path / "manifest.json").read_bytes())["key"]
    assert verified(str(tmp_path), "--key", signer).exit_code == 0
    other = verified(str(tmp_path / "manifest.json"), "--key", "other")
    assert (other.exit_code, "another key" in other.output) == (1, True)
    for name in ("E1-conditions.csv", "manifest.json"):
        path = tmp_path / name
        raw = path.read_bytes()
        path.write_bytes(bytes([raw[0] ^ 1]) + raw[1:])
        bad = verified(str(tmp_path))
        assert (bad.exit_code, bad.output.startswith(f"laborvoice: {name}")) == (1, True)
        path.write_bytes(raw)
    assert verified(str(tmp_path / "E1-site.csv")).exit_code == 0
    (tmp_path / "E1-site.csv").unlink()
    assert verified(str(tmp_path)).output == "laborvoice: E1-site.csv is missing.\n"
    (tmp_path / "stray.csv").write_bytes(b"")
    assert verified(str(tmp_path / "stray.csv")).output == "laborvoice: stray.csv is no file of this export.\n"
    (tmp_path / "manifest.json").unlink()
    assert verified(str(tmp_path)).output == "laborvoice: manifest.json is missing.\n"


async def test_scores_on_the_command_line(portal: str, chain: Any, tmp_path: Path) -> None:
    key, supplier = chain
    file = tmp_path / "key"
    file.write_text(key)
    words = ["scores", "--url", portal, "--key-file", str(file)]
    table = await asyncio.to_thread(CliRunner().invoke, commands, words)
    assert (table.exit_code, "2026-Q3" in table.output) == (0, True)
    lines = await asyncio.to_thread(CliRunner().invoke, commands, [*words, "--json"])
    (line,) = lines.output.splitlines()
    told = json.loads(line)
    assert (told["supplier"], told["score"]["state"], told["score"]["answers"]) == (supplier, "published", 210)
    both = await asyncio.to_thread(CliRunner().invoke, commands, [*words, "--json", "--recompute"])
    assert isinstance(both.exception, BadSetting)
