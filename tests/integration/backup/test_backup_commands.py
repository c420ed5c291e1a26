"""`laborvoice backup` and `laborvoice restore` on a database that is named; of a home: tests/faults."""

import asyncio
from pathlib import Path

from click.testing import CliRunner, Result

from laborvoice.cli import commands
from laborvoice.errors import BadSetting, Conflict
from support.kept import Kept
from support.poll import FIRST


async def test_saved_and_brought_back_by_commands(kept: Kept, tmp_path: Path) -> None:
    private, public, file = (str(tmp_path / name) for name in ("private", "public", "saved"))

    async def told(dsn: str, *words: str) -> Result:
        ours = {"LABORVOICE_DATABASE_URL": dsn, "LABORVOICE_KEYRING": str(kept.world.settings.keyring)}
        return await asyncio.to_thread(CliRunner().invoke, commands, words, env=ours)

    assert (await told(kept.first, "keys", "backup-key", private, public)).exit_code == 0
    saved = await told(kept.first, "backup", file, "--to", public)
    assert saved.exit_code == 0, saved.exception
    assert isinstance((await told(kept.first, "backup", file, "--to", public)).exception, BadSetting)
    used = await told(kept.first, "restore", file, "--key", private, "--replace")
    assert isinstance(used.exception, Conflict)
    done = await told(kept.other, "restore", file, "--key", private)
    assert done.exit_code == 0, (done.output, done.exception)
    assert "whole and unaltered" in done.output
    assert f"nothing is signed for {FIRST.label} until you say so" in done.output
