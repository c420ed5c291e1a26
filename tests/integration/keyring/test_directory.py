from collections.abc import Callable
from pathlib import Path

import pytest

from laborvoice.crypto import issuer
from laborvoice.crypto.at_rest import PKCS8, SEED, Secret
from laborvoice.errors import BadSetting, Conflict, KeyDestroyed, KeyMissing, Malformed, Undecryptable
from laborvoice.keyring import Keyring  # noqa: TC001 - a test names what it tests
from laborvoice.keyring.directory import DirectoryKeyring

Opener = Callable[..., DirectoryKeyring]
BOX = "box/2026-Q4"
SEED_A = Secret(kind=SEED, data=b"\x02" * 32)
SEED_B = Secret(kind=SEED, data=b"\x03" * 32)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def log(root: Path) -> list[str]:
    return (root / "destroyed.log").read_text().splitlines()


def test_what_is_stored_is_loaded_after_a_restart(opened: Opener, root: Path) -> None:
    ring: Keyring = opened()
    rsa = Secret(kind=PKCS8, data=issuer.generate())
    ring.store(BOX, SEED_A)
    ring.store("token/00ff", rsa)
    ring.store("mix/2026-W48", SEED_B)
    again: Keyring = opened()
    assert again.load(BOX) == SEED_A
    assert again.load("token/00ff") == rsa
    assert again.names("mix") == ("mix/2026-W48",)
    assert again.names("manifest") == ()
    raw = (root / BOX).read_bytes()
    assert raw.startswith(b"LVK1\x01")
    assert SEED_A.data not in raw


def test_nobody_else_may_read(opened: Opener, root: Path) -> None:
    opened().store(BOX, SEED_A)
    assert {mode(one) for one in (root, *(one for one in root.rglob("*") if one.is_dir()))} == {0o700}
    assert {mode(one) for one in root.rglob("*") if one.is_file()} == {0o600}
    root.chmod(0o750)
    with pytest.raises(BadSetting):
        opened()


def test_of_two_that_begin_together_one_makes_the_only_key(opened: Opener) -> None:
    """Cards carry the fingerprint of one manifest key: a second one under another name must not come to be."""
    first, second = opened(), opened()
    first.store("manifest/0a", SEED_A, alone=True)
    with pytest.raises(Conflict):
        second.store("manifest/0b", SEED_B, alone=True)
    second.store(BOX, SEED_B, alone=True)
    assert (second.names("manifest"), second.names("box")) == (("manifest/0a",), (BOX,))
    second.store("manifest/0b", SEED_B)
    assert first.names("manifest") == ("manifest/0a", "manifest/0b")


def test_a_key_that_is_not_there(opened: Opener) -> None:
    ring = opened()
    with pytest.raises(KeyMissing):
        ring.load(BOX)
    with pytest.raises(KeyMissing):
        ring.destroy(BOX)
    assert ring.destroyed() == frozenset()


@pytest.mark.parametrize(
    "name", ["", "box", "box/", "box/../x", "box/a/b", "/box/a", "other/a", "box/.new-a", "box/a\n"]
)
def test_a_name_leads_nowhere_else(opened: Opener, name: str) -> None:
    ring = opened()
    with pytest.raises(Malformed):
        ring.load(name)
    with pytest.raises(Malformed):
        ring.store(name, SEED_A)
    with pytest.raises(Malformed):
        ring.destroy(name)


def test_a_key_is_never_overwritten(opened: Opener) -> None:
    ring, other = opened(), opened()
    ring.store(BOX, SEED_A)
    with pytest.raises(Conflict):
        other.store(BOX, SEED_B)
    assert other.load(BOX) == SEED_A


def test_only_seeds_and_rsa_keys_are_stored(opened: Opener) -> None:
    ring = opened()
    for bad in (Secret(kind=SEED, data=b""), Secret(kind=PKCS8, data=bytes(64)), Secret(kind=3, data=bytes(32))):
        with pytest.raises(Malformed):
            ring.store(BOX, bad)
    assert ring.names("box") == ()


def test_another_master_key_opens_nothing(opened: Opener) -> None:
    opened().store(BOX, SEED_A)
    with pytest.raises(Undecryptable):
        opened(b"\x09" * 32).load(BOX)
    with pytest.raises(BadSetting):
        opened(b"short")


def test_a_file_under_another_name_does_not_open(opened: Opener, root: Path) -> None:
    ring = opened()
    ring.store(BOX, SEED_A)
    (root / BOX).rename(root / "box" / "2027-Q1")
    with pytest.raises(Undecryptable):
        ring.load("box/2027-Q1")


def test_a_destroyed_key_is_gone_for_ever(opened: Opener, root: Path) -> None:
    ring, other = opened(), opened()
    ring.store(BOX, SEED_A)
    copy = (root / BOX).read_bytes()
    ring.destroy(BOX)
    assert not (root / BOX).exists()
    assert log(root) == [f"destroying {BOX}", f"destroyed {BOX}"]
    ring.destroy(BOX)
    assert len(log(root)) == 2
    (root / BOX).write_bytes(copy)
    for one in (ring, other, opened()):
        with pytest.raises(KeyDestroyed):
            one.load(BOX)
        with pytest.raises(KeyDestroyed):
            one.store(BOX, SEED_A)
        assert one.names("box") == ()
        assert one.destroyed() == frozenset({BOX})


def test_the_bytes_are_overwritten_before_they_are_unlinked(opened: Opener, root: Path) -> None:
    ring = opened()
    ring.store(BOX, SEED_A)
    (root / "kept").hardlink_to(root / BOX)
    before = (root / "kept").read_bytes()
    (root / "box" / ".new-2026-Q4").write_bytes(before)
    ring.destroy(BOX)
    assert list((root / "box").iterdir()) == []
    after = (root / "kept").read_bytes()
    assert len(after) == len(before)
    assert after[:4] != b"LVK1"


@pytest.mark.parametrize("left", ["whole", "overwritten", "unlinked"])
def test_a_start_finishes_what_was_being_destroyed(opened: Opener, root: Path, left: str) -> None:
    opened().store(BOX, SEED_A)
    with (root / "destroyed.log").open("a") as file:
        file.write(f"destroying {BOX}\n")
    if left == "overwritten":
        (root / BOX).write_bytes(b"\x07" * 65)
    if left == "unlinked":
        (root / BOX).unlink()
    ring = opened()
    assert not (root / BOX).exists()
    assert log(root) == [f"destroying {BOX}", f"destroyed {BOX}"]
    with pytest.raises(KeyDestroyed):
        ring.load(BOX)


def test_what_another_process_left_half_destroyed_can_be_destroyed(opened: Opener, root: Path) -> None:
    ring = opened()
    ring.store(BOX, SEED_A)
    with (root / "destroyed.log").open("a") as file:
        file.write(f"destroying {BOX}\n")
    with pytest.raises(KeyDestroyed):
        ring.load(BOX)
    ring.destroy(BOX)
    assert not (root / BOX).exists()
    assert log(root)[-1] == f"destroyed {BOX}"


def test_a_torn_line_destroys_nothing(opened: Opener, root: Path) -> None:
    """It was never on disk whole, so nothing was overwritten; and ``box/2026`` is another key."""
    ring = opened()
    ring.store(BOX, SEED_A)
    ring.store("box/2026", SEED_B)
    with (root / "destroyed.log").open("a") as file:
        file.write("destroying box/2026")
    again = opened()
    assert again.load(BOX) == SEED_A
    assert again.load("box/2026") == SEED_B
    again.destroy(BOX)
    assert log(root) == [f"destroying {BOX}", f"destroyed {BOX}"]


def test_a_temporary_file_is_no_key_and_goes_at_the_next_start(opened: Opener, root: Path) -> None:
    opened().store(BOX, SEED_A)
    left = root / "box" / ".new-2027-Q1"
    left.write_bytes((root / BOX).read_bytes())
    (root / "kept").hardlink_to(left)
    ring = opened()
    assert not left.exists()
    assert (root / "kept").read_bytes()[:4] != b"LVK1"
    assert ring.names("box") == (BOX,)
    ring.store("box/2027-Q1", SEED_B)
    assert opened().load("box/2027-Q1") == SEED_B


def test_the_master_key_is_changed_step_by_step(opened: Opener) -> None:
    old, new = b"\x01" * 32, b"\x04" * 32
    opened(old).store(BOX, SEED_A)
    ring = opened(new, old)
    ring.store("mix/2026-W48", SEED_B)
    assert ring.load(BOX) == SEED_A
    assert ring.load("mix/2026-W48") == SEED_B
    assert ring.reseal() == 1
    assert ring.reseal() == 0
    assert opened(new).load(BOX) == SEED_A
    with pytest.raises(Undecryptable):
        opened(old).load(BOX)
