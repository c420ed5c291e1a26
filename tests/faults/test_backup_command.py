"""`laborvoice backup` of a home that is in use, `laborvoice restore` of the same home a quarter later."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.faulty_home import staged
from support.faulty_phones import Phones
from support.faulty_season import CARDS, season, seeded
from support.faulty_setting import FIRST
from support.faulty_truth import Truth

QUIET_SECONDS = 8.0
RELEASES = "SELECT row_to_json(r)::text FROM release.release r ORDER BY supplier_id, period"


def command(*words: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LABORVOICE_")}  # noqa: TID251 - a command's own
    return subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-m", "laborvoice", *words], capture_output=True, text=True, check=False, env=environment
    )


async def told(*words: str) -> str:
    done = await asyncio.to_thread(command, *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.timeout(300)
async def test_backup_close_restore(short_home: Path, tmp_path: Path) -> None:
    private, public, file = (str(tmp_path / name) for name in ("private", "public", "backup"))
    home = ("--home", str(short_home))
    await told("keys", "backup-key", private, public)
    async with season(short_home, tmp_path, seeded(4)) as running:
        await running.phones.cast(await running.redeem(), running.draw)
        await running.truth.pending(FIRST.label)
        await told("backup", file, "--to", public, *home)
        in_use = await asyncio.to_thread(command, "restore", file, "--key", private, "--replace", *home)
        assert (in_use.returncode, "in use by process" in in_use.stderr) == (3, True)
        await running.close([])
        first = await running.stage.rows(RELEASES)
        written = (running.stage.keyring / "journal").read_bytes()
        assert len(first) == len(CARDS)
    refused = await asyncio.to_thread(command, "restore", file, "--key", private, *home)
    assert (refused.returncode, "--replace" in refused.stderr) == (1, True)
    said = await told("restore", file, "--key", private, "--replace", *home)
    assert f"Burned periods, whose boxes stay gone: {FIRST.label}." in said
    assert f"{len(CARDS)} put again" in said
    assert "could be exchanged a second time" not in said
    async with staged(short_home, tmp_path, running.stage.clock.now()) as stage:
        await asyncio.sleep(QUIET_SECONDS)
        truth = Truth(stage, Phones(stage, running.phones.sites, running.phones.ballots))
        assert (await truth.states())[FIRST.label] == "burned"
        assert await stage.rows(RELEASES) == first
        assert (stage.keyring / "journal").read_bytes() == written
        assert await stage.rows(f"SELECT FROM ballot.box WHERE period = '{FIRST.label}'") == []
