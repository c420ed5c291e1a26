"""A manifest key that no server has: the vault lays out a draft, it is read and signed elsewhere, and put."""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from laborvoice import cli
from laborvoice.bootstrap import custody
from laborvoice.bootstrap.vault import Vault
from laborvoice.crypto import numbered, signing
from laborvoice.domain.manifest_words import changes
from laborvoice.errors import BadSetting, Conflict, ManifestRefused
from laborvoice.settings import Secret, VaultSettings
from laborvoice.store.database import Database
from laborvoice.views import manifest
from laborvoice.workers import Workers
from support.known import KnownNoise, QuickClock
from support.phone import BITS, CHANCE
from support.poll import ORIGIN
from support.watchdog import register


@dataclass
class Apart:
    """A vault whose manifest key is in ``folder``, which plays the other machine."""

    vault: Vault
    settings: VaultSettings
    database: Database
    folder: Path

    def sign(self, number: int, typed: str) -> Result:
        words = ["manifest", "sign", str(self.draft), str(self.signed(number)), "--key", str(self.folder / "private")]
        before = ("--before", str(self.signed(number - 1))) if number > 1 else ()
        return CliRunner().invoke(cli.commands, [*words, *before], input=typed)

    @property
    def draft(self) -> Path:
        return custody.draft(self.settings.keyring)

    def signed(self, number: int) -> Path:
        return self.folder / f"signed-{number}"

    def typing(self, number: int) -> str:
        """What an honest signer types, who has asked the watchdogs."""
        before = None if number == 1 else numbered.said(numbered.decode(self.signed(number - 1).read_bytes()))
        asked = changes(before, numbered.said(numbered.decode(self.draft.read_bytes())))
        return "".join(f"{one.typed}\n" for one in asked if one.typed)

    async def put(self, number: int) -> int:
        return await custody.arrive(self.settings, self.signed(number).read_bytes())


@pytest.fixture
async def apart(database: Any, tmp_path: Path) -> AsyncIterator[Apart]:
    folder, keyring, master = tmp_path / "away", tmp_path / "keyring", tmp_path / "master"
    folder.mkdir()
    made = CliRunner().invoke(cli.commands, ["manifest", "key", str(folder / "private"), str(folder / "public")])
    assert made.exit_code == 0
    master.write_text("07" * 32)
    named = custody.make_offline(keyring, master, CHANCE, bytes.fromhex((folder / "public").read_text()))
    assert named.hex() in made.output
    settings = VaultSettings(
        home=tmp_path,
        database_url=Secret(database.dsn("vault")),
        master_key=Secret("07" * 32),
        keyring=keyring,
        intake_origin=ORIGIN,
        pow_bits=BITS,
    )
    clock = QuickClock(datetime(2026, 1, 15, 12, tzinfo=UTC))
    async with Database.open(database.dsn("vault")) as opened, Database.open(database.dsn("portal")) as portal:
        await register(portal, clock)
        with ThreadPoolExecutor(2) as threads:
            vault = Vault(opened, settings, Workers(threads, 2), clock, CHANCE, KnownNoise())
            assert await vault.begin() == named
            yield Apart(vault, settings, opened, folder)


async def test_signed_elsewhere_and_put(apart: Apart) -> None:
    today = datetime(2026, 1, 15, tzinfo=UTC).date()
    assert not await manifest.is_fresh(apart.database, today)
    assert not list((apart.settings.keyring / "manifest").iterdir())
    done = apart.sign(1, apart.typing(1) + "y\n")
    assert done.exit_code == 0, done.output
    assert "Number 1, good from 2026-01-15" in done.output
    assert await apart.put(1) == 1
    assert not apart.draft.exists()
    assert await manifest.is_fresh(apart.database, today)
    await apart.vault.rotate()
    assert not apart.draft.exists()
    with pytest.raises(ManifestRefused, match="come next"):
        await apart.put(1)


async def test_what_the_signer_does_not_know_is_not_signed(apart: Apart) -> None:
    right = apart.typing(1)
    for typed in ("0000000000000000\n" + right, right + "n\n", right.replace("\n", "1\n", 1) + "y\n"):
        assert apart.sign(1, typed).exit_code == 1
        assert not apart.signed(1).exists()


async def test_a_draft_that_was_bent_is_not_signed_and_a_strangers_is_not_put(apart: Apart) -> None:
    one = numbered.decode(apart.draft.read_bytes())
    apart.draft.write_bytes(numbered.encode(msgspec.structs.replace(one, parts=one.parts * 2)))
    done = apart.sign(1, "y\n" * 9)
    assert isinstance(done.exception, ManifestRefused)
    apart.signed(1).write_bytes(numbered.encode(numbered.sign(one, (b"\x01" * signing.SEED_SIZE,))))
    with pytest.raises(ManifestRefused):
        await apart.put(1)


async def test_a_keyring_has_one_kind_of_key(apart: Apart, tmp_path: Path) -> None:
    master, other = tmp_path / "master", tmp_path / "other"
    with pytest.raises(Conflict, match="elsewhere"):
        custody.make(apart.settings.keyring, master, CHANCE)
    named = custody.make(other, master, CHANCE)
    assert custody.make(other, master, CHANCE) == named
    [seed] = custody.seeds(other, master, CHANCE)
    assert custody.make(tmp_path / "third", master, CHANCE, seed) == named
    assert custody.make(tmp_path / "third", master, CHANCE, seed) == named
    with pytest.raises(Conflict, match="another manifest key"):
        custody.make(other, master, CHANCE, bytes(32))
    with pytest.raises(Conflict, match="of its own"):
        custody.make_offline(other, master, CHANCE, bytes(32))
    settings = msgspec.structs.replace(apart.settings, keyring=other)
    with pytest.raises(BadSetting, match="names no manifest key"):
        await custody.arrive(settings, b"")


def test_another_master_key_and_what_is_listed(tmp_path: Path) -> None:
    ring, master = tmp_path / "ring", tmp_path / "master"
    named = custody.make(ring, master, CHANCE)
    first = master.read_text()
    assert custody.listed(ring)["manifest"] == (named.hex(),)
    # As a kill leaves it that came between the new key's file and the first key sealed under it.
    (tmp_path / "master.new").write_text("05" * 32)
    assert custody.renew(ring, master, CHANCE) == 1
    assert master.read_text() == "05" * 32 != first
    assert custody.make(ring, master, CHANCE) == named
    assert custody.destroyed(ring) == ()
    with pytest.raises(BadSetting, match="no keyring"):
        custody.destroyed(tmp_path)
    with pytest.raises(BadSetting, match="no master key"):
        custody.master(tmp_path / "nowhere")


def test_the_keys_that_may_be_saved_come_back_and_no_other(tmp_path: Path) -> None:
    home, out = tmp_path / "home", tmp_path / "out"
    private, public, file = (str(tmp_path / name) for name in ("private", "public", "file"))

    def told(*words: str) -> str:
        done = CliRunner().invoke(cli.commands, ["keys", *words])
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    named = told("init", "--home", str(home)).strip()
    (home / "secrets" / "session_key").write_text("of sessions")
    told("backup-key", private, public)
    assert "1 of the manifest, session_key" in told("backup", file, "--to", public, "--home", str(home))
    told("recover", file, "--key", private, "--into", str(out))
    assert {path.name for path in out.iterdir()} == {f"manifest-{named}", "session_key"}
    assert (out / "session_key").read_text() == "of sessions"
    saved = str(out / f"manifest-{named}")
    assert told("init", "--manifest", saved, "--home", str(tmp_path / "anew")).strip() == named
    assert told("list", "--home", str(home)) == f"manifest/{named}\n"
    assert told("destroyed", "--home", str(home)) == ""
    assert "1 keys are sealed" in told("rotate", "--home", str(home))
    for words, said in (
        (("recover", file, "--key", public, "--into", str(out)), "can be read by others"),
        (("backup", file, "--to", private, "--home", str(home)), "no file of the kind"),
        (("backup-key", private, public), "is there already"),
    ):
        done = CliRunner().invoke(cli.commands, ["keys", *words])
        assert isinstance(done.exception, BadSetting)
        assert said in str(done.exception)
