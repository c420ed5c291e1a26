"""Two vaults on one keyring and one database, from the first key on: they share the work and repeat none of it."""

import subprocess
import sys
from pathlib import Path

import pytest

from support.faulty_blows import Blow, kill
from support.faulty_season import season, seeded

OPENERS = 8
ROUNDS = 5
OPEN = """
import sys
from pathlib import Path
from laborvoice.chance import SystemChance
from laborvoice.keyring.directory import DirectoryKeyring
from laborvoice.pipeline import rotate

print("ready", flush=True)
sys.stdin.readline()
ring = DirectoryKeyring(Path(sys.argv[1]), b"\\x07" * 32, SystemChance())
print(rotate.prepare(ring, SystemChance()).hex())
"""


def together(started: list["subprocess.Popen[str]"]) -> set[str]:
    """What they say, all told to go when all have loaded their modules."""
    for one in started:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in started:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    return {one.communicate()[0].strip() for one in started}


def test_vaults_that_begin_together_agree_on_the_key_that_cards_carry(tmp_path: Path) -> None:
    for number in range(ROUNDS):
        root = tmp_path / str(number)
        words = [sys.executable, "-c", OPEN, str(root)]
        started = [
            subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ours
            for _ in range(OPENERS)
        ]
        said = together(started)
        assert all(one.returncode == 0 for one in started)
        assert len(said) == 1, "cards of one vault would be refused by phones that trust the other"


@pytest.mark.timeout(300)
async def test_a_quarter_with_two_vaults_of_which_one_or_the_other_dies(short_home: Path, tmp_path: Path) -> None:
    async with season(short_home, tmp_path, seeded(5)) as running, running.stage.second_vault():
        voices = await running.redeem(Blow("vault killed", kill("vault", 2)))
        await running.cast(voices[::2], Blow("vault killed", kill("vault", 2)))
        await running.cast(voices[1::2], Blow("vault killed", kill("vault", 2)))
        await running.close([Blow("vault killed", kill("vault", 5))])
        await running.phones.cast(await running.redeem(), running.draw)
        await running.close([])
