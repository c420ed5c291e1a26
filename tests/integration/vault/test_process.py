"""The vault as a process has it: its parts, its beats, its metrics; keys in memory are those of living boxes."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from laborvoice import loop, metrics
from laborvoice.bootstrap.vault import BEATS, code_hash, open_vault
from laborvoice.bootstrap.vault_keys import Signers, VaultKeys
from laborvoice.errors import BadSetting, ManifestRefused
from laborvoice.keyring.directory import DirectoryKeyring
from laborvoice.settings import Secret
from support.known import KnownNoise, QuickClock
from support.phone import CHANCE, HOST
from support.poll import FIRST, World, playing

MASTER = bytes((7,)) * 32


async def test_all_beats_of_an_opened_vault(world: World) -> None:
    """Its pool has room for a count on every core beside what must not wait for it."""
    settings = msgspec.structs.replace(world.settings, vault_workers=1, db_pool=1, mix_seconds=1)
    async with open_vault(settings, world.clock, CHANCE) as parts:
        assert parts.fingerprint == world.fingerprint
        names = ["issue", "ring", "mix", "rotate", "close", "free the way", "upkeep"]
        assert [beat.name for beat in parts.beats] == names
        assert len(names) == BEATS
        assert await parts.ready()
        assert await parts.ready()
        assert b"laborvoice_mix_age" not in metrics.render("vault", await parts.samples())
        stop = asyncio.Event()
        beating = asyncio.create_task(loop.run(parts.beats, world.clock, stop))
        while b"laborvoice_mix_age" not in metrics.render("vault", await parts.samples()):  # noqa: ASYNC110 - a vault rings for intake alone
            await asyncio.sleep(0.02)
        stop.set()
        await beating


async def test_metrics_are_the_same_with_and_without_envelopes(database: Any, tmp_path: Path) -> None:
    """Operations 6: nothing moves with an envelope."""

    class Still(QuickClock):
        def monotonic(self) -> float:
            return 0.0

    async with playing(database.dsn, tmp_path, noise=KnownNoise(), serves=False) as world:
        site = await world.admit(cards=20)
        await world.learn()
        world.clock = Still(world.clock.now())
        world.vault = await world.another(KnownNoise())
        await world.vault.mix()
        before = metrics.render("vault", world.vault.samples())
        await world.vote(site.cards[:9])
        await world.vault.mix()
        assert metrics.render("vault", world.vault.samples()) == before


async def test_a_master_key_that_is_none_is_refused(world: World) -> None:
    settings = msgspec.structs.replace(world.settings, master_key=Secret("no key"))
    with pytest.raises(BadSetting):
        async with open_vault(settings, world.clock, CHANCE):
            pass


async def test_no_key_of_a_burned_period_stays_in_memory(world: World) -> None:
    """Nor in that of a vault which did not burn it, from its next turn on."""
    await world.admit(cards=20)
    await world.learn()
    keyring = DirectoryKeyring(world.settings.keyring, MASTER, CHANCE)
    keys = VaultKeys(world.databases["vault"], keyring, HOST)
    await keys.refresh(world.today)
    [key_id] = keys.issuing.signers
    assert keys.issuing.signers[key_id].key_id == key_id
    root = keys.box(FIRST.label)
    await world.due(FIRST)
    await keys.refresh(world.today)
    assert (keys.mixing.boxes[FIRST.label], set(keys.issuing.boxes)) == (root, {FIRST.label, FIRST.next().label})
    assert key_id not in keys.issuing.grants
    assert key_id in keys.mixing.voices
    await world.vault.close()
    await keys.refresh(world.today + timedelta(days=1))
    assert set(keys.mixing.boxes) == set(keys.issuing.boxes) == {FIRST.next().label}
    assert key_id not in keys.mixing.voices
    assert key_id not in keys.issuing.signers


def nothing(_: object, __: str) -> tuple[str, ...]:
    return ()


async def test_keys_go_even_where_the_rest_of_a_refresh_fails(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    keyring = DirectoryKeyring(world.settings.keyring, MASTER, CHANCE)
    keys = VaultKeys(world.databases["vault"], keyring, HOST)
    await keys.refresh(world.today)
    await world.close(FIRST)
    monkeypatch.setattr(DirectoryKeyring, "names", nothing)
    with pytest.raises(ManifestRefused):
        await keys.refresh(world.today)
    assert (keys.mixing.boxes, keys.issuing.boxes) == ({}, {})


def test_signers_are_loaded_when_first_used() -> None:
    signers = Signers(keyring=None, key_ids=frozenset({b"a"}))  # type: ignore[arg-type]  # never asked here
    assert (list(signers), len(signers), b"a" in signers, b"b" in signers) == ([b"a"], 1, True, False)
    with pytest.raises(KeyError):
        signers[b"b"]


def test_the_program_that_draws_has_a_name() -> None:
    assert len(bytes.fromhex(code_hash())) == 32
