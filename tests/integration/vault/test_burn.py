"""The burn: every step may be the last of a process, and it ends burned all the same (guarantee 20)."""

import asyncio
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from laborvoice.crypto import at_rest
from laborvoice.crypto.suites import key_pair
from laborvoice.errors import KeyDestroyed, Undecryptable
from laborvoice.keyring.directory import DirectoryKeyring
from laborvoice.pipeline.burn import burn
from laborvoice.store.ballot import period_state
from laborvoice.store.database import Database
from support.known import KnownNoise
from support.phone import CHANCE
from support.poll import FIRST, World

MASTER = bytes((7,)) * 32


class Killed(BaseException):
    """The process ends here."""


class Dying(DirectoryKeyring):
    """Destroys so many keys, then the process ends, before or after the key is gone."""

    def __init__(self, root: Path, after: int) -> None:
        super().__init__(root, MASTER, CHANCE)
        self.left = after

    def destroy(self, name: str) -> None:
        if self.left == 0:
            raise Killed
        super().destroy(name)
        self.left -= 1


class Dropped:
    """A database from which the process is cut off when the named step is done so many times."""

    def __init__(self, database: Database, name: str, times: int) -> None:
        self._database = database
        self._name = name
        self._left = times

    async def run(self, name: str, step: Any) -> Any:
        done: Any = await self._database.run(name, step)
        if name == self._name:
            self._left -= 1
            if self._left == 0:
                raise Killed
        return done


async def counted(world: World) -> None:
    """Everything but the burn: the state in which a vault is killed."""
    sites = [await world.admit(cards=20) for _ in range(2)]
    await world.learn()
    for site in sites:
        await world.vote(site.cards[:2])
    await world.due(FIRST)


async def finished(world: World) -> None:
    await world.vault.close()
    assert await world.state(FIRST) == "burned"
    tables = await world.values(
        str, "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'ballot.box'::regclass"
    )
    assert len(tables) == 5  # the present, three ahead, the default one
    keyring = DirectoryKeyring(world.settings.keyring, MASTER, CHANCE)
    assert f"box/{FIRST.label}" not in keyring.names("box")
    spkis = await world.values(bytes, "SELECT token_key_id FROM ballot.token_key WHERE period = $1", FIRST.label)
    assert len(spkis) == 2
    assert not {f"token/{one.hex()}" for one in spkis} & set(keyring.names("token"))
    with pytest.raises(KeyDestroyed):
        keyring.load(f"box/{FIRST.label}")


@pytest.mark.parametrize("after", [0, 2])
async def test_killed_while_keys_are_destroyed(world: World, after: int) -> None:
    await counted(world)
    await world.execute("UPDATE ballot.period_state SET state = 'counted' WHERE period = $1", FIRST.label)
    with pytest.raises(Killed):
        await burn(world.databases["vault"], Dying(world.settings.keyring, after))
    assert await world.state(FIRST) == "burning"
    await finished(world)


@pytest.mark.parametrize(("step", "times"), [("burning", 1), ("burn boxes", 2)])
async def test_killed_between_transactions(world: World, step: str, times: int) -> None:
    await counted(world)
    await world.execute("UPDATE ballot.period_state SET state = 'counted' WHERE period = $1", FIRST.label)
    keyring = DirectoryKeyring(world.settings.keyring, MASTER, CHANCE)
    cut: Any = Dropped(world.databases["vault"], step, times)
    with pytest.raises(Killed):
        await burn(cut, keyring)
    await finished(world)


async def test_two_vaults_burn_at_once(world: World, noise: KnownNoise) -> None:
    await counted(world)
    other = await world.another(noise)
    await world.execute("UPDATE ballot.period_state SET state = 'counted' WHERE period = $1", FIRST.label)
    await asyncio.gather(world.vault.close(), other.close())
    await finished(world)


async def test_a_key_that_was_never_here_is_no_hindrance(world: World) -> None:
    """A period of another keyring, or one whose keyring was lost."""
    await counted(world)
    for path in (world.settings.keyring / "token").iterdir():
        path.unlink()
    await finished(world)


async def test_no_holder_of_what_is_left_opens_a_ballot(world: World) -> None:
    """With the box as it was before the burn, the database after it, and every key that is still there."""
    await counted(world)
    blobs = await world.values(bytes, "SELECT blob FROM ballot.box WHERE period = $1", FIRST.label)
    lots = await world.values(bytes, "SELECT DISTINCT lot FROM ballot.box WHERE period = $1", FIRST.label)
    stolen = world.settings.home / "stolen"
    shutil.copytree(world.settings.keyring, stolen)
    before = DirectoryKeyring(stolen, MASTER, CHANCE).load(f"box/{FIRST.label}").data
    assert opens(before, lots, blobs) == 4
    await finished(world)
    left = [path.read_bytes() for path in world.settings.keyring.rglob("*") if path.is_file()]
    assert all(before not in one for one in left)
    keyring = DirectoryKeyring(world.settings.keyring, MASTER, CHANCE)
    roots = [keyring.load(name).data for room in ("box", "mix", "manifest") for name in keyring.names(room)]
    assert len(roots) >= 5
    assert [opens(root, lots, blobs) for root in roots] == [0] * len(roots)
    assert all(key_pair(root, 1).kid != key_pair(before, 1).kid for root in roots)


def opens(root: bytes, lots: list[bytes], blobs: list[bytes]) -> int:
    """How many of the rows this root unwraps, whatever lot they are said to be of."""
    cipher = at_rest.row_cipher(root)
    found = 0
    for lot in lots:
        for blob in blobs:
            try:
                at_rest.unwrap(cipher, lot, blob)
            except Undecryptable:
                continue
            found += 1
    return found


async def test_a_burned_period_is_not_opened_again(world: World) -> None:
    await counted(world)
    await finished(world)
    add = partial(period_state.add, period=FIRST.label, kind="quarter")
    await world.databases["vault"].run("test", add)
    assert await world.state(FIRST) == "burned"
