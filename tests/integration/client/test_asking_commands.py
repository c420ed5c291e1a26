"""`laborvoice export` and `laborvoice invites` through the portal's socket."""

import asyncio
from pathlib import Path
from typing import Any, get_args

from click.testing import CliRunner, Result

from laborvoice.cli import asking, commands
from laborvoice.client.brand import PortalRefused
from laborvoice.crypto.manifest import encode_manifest, sign_manifest
from laborvoice.domain.export import ExportFormat, ExportKind
from laborvoice.errors import BadSetting
from laborvoice.keyring.hold import Held
from laborvoice.pipeline import invite
from support.drafted import draft
from support.registry_world import World
from support.served_portal import served


def invoked(*words: str, typed: str = "", **environ: str) -> Result:
    return CliRunner().invoke(commands, words, input=typed, env=environ)


async def told(*words: str, **more: str) -> Result:
    return await asyncio.to_thread(invoked, *words, **more)


async def test_an_export_and_its_manifest_lie_in_a_folder(world: World, plug: Any, tmp_path: Path) -> None:
    brand, supplier = await world.party("brand"), await world.supplier("Site")
    await world.period("2026-Q3")
    await world.linked(brand, supplier)
    await world.release(supplier, "2026-Q3", n=210)
    key = await world.secret(brand, "brand")
    async with served(world, plug.dsn, tmp_path) as url:
        words = ("export", "E1", "--into", str(tmp_path / "out"), "--url", url, "--key-file", "-")
        done = await told(*words, "--only", f"supplier={supplier}", typed=key)
        assert done.exit_code == 0, done.output
        assert (tmp_path / "out" / "manifest.json").is_file()
        assert (await told("verify-export", str(tmp_path / "out"))).exit_code == 0
        wrong = await told(*words, "--only", "supplier", typed=key)
        assert isinstance(wrong.exception, BadSetting)
        assert isinstance((await told(*words, typed=key)).exception, PortalRefused)


async def test_cards_are_printed_into_a_private_file_once(world: World, plug: Any, tmp_path: Path) -> None:
    operator, supplier = await world.party("operator"), await world.supplier("Site")
    await world.watchdog("BD")
    await world.help("BD")
    wanted = invite.Wanted(supplier=supplier, periods=("2026-Q4",), headcount=100)
    opened = await invite.campaign(world.portal, world.clock, world.chance, wanted)
    await world.sql(
        "INSERT INTO ballot.manifest VALUES (1, '2026-01-01', '2026-12-31', $1, $2)",
        draft().payload,
        encode_manifest(sign_manifest(draft().payload, (bytes(32),))),
    )
    key, file = await world.secret(operator, "operator"), tmp_path / "cards.html"
    async with served(world, plug.dsn, tmp_path) as url:
        words = ("invites", "print", str(opened.campaign), str(file), "--count", "24", "--url", url, "--key-file", "-")
        done = await told(*words, typed=key)
        assert done.exit_code == 0, (done.output, done.exception)
        assert file.read_text().count("<svg") == 24
        assert file.stat().st_mode & 0o777 == 0o600
        assert isinstance((await told(*words, typed=key)).exception, BadSetting)


def test_what_a_restore_holds_is_let_go_by_a_typed_yes(tmp_path: Path) -> None:
    words, keyring = ("invites", "resume", "--home", str(tmp_path)), tmp_path / "keyring"
    keyring.mkdir()
    assert invoked(*words).output == "Nothing is held.\n"
    Held(keyring).hold(frozenset({"2026-Q4"}))
    Held(keyring).hold(frozenset({"2027-Q1"}))
    assert invoked(*words, typed="n\n").exit_code == 1
    assert Held(keyring).periods() == {"2026-Q4", "2027-Q1"}
    done = invoked(*words, typed="y\n")
    assert (done.exit_code, "2026-Q4, 2027-Q1" in done.output) == (0, True)
    assert Held(keyring).periods() == frozenset()


def test_every_kind_of_export_can_be_asked_for() -> None:
    assert get_args(ExportKind) == asking.KINDS
    assert get_args(ExportFormat) == asking.FORMATS
