"""The promises about words are broken by what they are there to catch."""

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from laborvoice.client.watchdog import keyfile
from laborvoice.client.watchdog.letter import Shut
from laborvoice.demo import helped, years
from laborvoice.demo.call import Heard
from laborvoice.demo.ledger import Ledger
from laborvoice.demo.setting import Keys, Stage
from laborvoice.demo.sites import SMALL, WHOLE
from laborvoice.demo.words import STORIES, STORY, story
from support.demo_shown import SUPPLIERS
from support.demo_told import DIGITS, PARTY, heard, letter, spoken, year
from support.registry_world import CountedChance

STAGE = Stage(
    suppliers=SUPPLIERS,
    brands=(PARTY, PARTY),
    years=(year(),),
    cards={},
    keys=Keys(operator="o", watchdog="w", colleague="c", brands=("a", "b")),
    endpoints=(),
    prohibited=(),
)


@pytest.fixture
def ledger() -> Ledger:
    written = Ledger()
    spoken(written, SMALL.call)
    return written


def broken(found: Heard, ledger: Ledger) -> list[str]:
    return [one.sentence.split()[0] for one in helped.of_words(found, ledger, SMALL, STAGE) if not one.held]


def test_a_good_one_holds(ledger: Ledger) -> None:
    assert broken(heard(), ledger) == []
    assert DIGITS not in repr(heard())
    assert list(helped.thread(heard()))[1] == "  received"


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ({"letters": heard().letters[1:]}, "Whatever"),
        ({"letters": (*heard().letters, letter("more"))}, "Whatever"),
        ({"letters": (*heard().letters, Shut(row=letter("").row, why="key"))}, "Whatever"),
        ({"replies": heard().replies[1:]}, "Her"),
        ({"replies": tuple(msgspec.structs.replace(one, w="par_other") for one in heard().replies)}, "Her"),
        ({"decoy": heard().replies}, "Her"),
        ({"alone": ""}, "A"),
        ({"shown": (True, True)}, "A"),
        ({"shown": (False, False)}, "A"),
    ],
)
def test_what_went_wrong_is_seen(ledger: Ledger, changes: dict[str, Any], first: str) -> None:
    assert broken(msgspec.structs.replace(heard(), **changes), ledger) == [first]


def test_nothing_said_is_nothing_held() -> None:
    assert broken(msgspec.structs.replace(heard(), letters=()), Ledger()) == ["Whatever"]


def test_only_words_of_the_first_watchdogs_places_are_its_own() -> None:
    ledger = Ledger()
    spoken(ledger, WHOLE.call)
    spoken(ledger, "Aurelline Stitch")
    assert helped.written(ledger, WHOLE).total() == 3
    assert (WHOLE.buyer, SMALL.buyer) == (0, 1)
    assert WHOLE.caller.country in WHOLE.watchdogs[0].scopes


def test_stories_are_in_the_language_of_the_place() -> None:
    assert story("TH") is STORIES["TH"]
    assert story("MY") is STORY


def test_key_files_cover_every_month_and_are_left_in_the_home(tmp_path: Path) -> None:
    chance = CountedChance("home")
    found = years.make(PARTY, date(2025, 12, 31), date(2026, 11, 24), chance)
    ends = sorted(month.until for one in found for month in one.keys.months)
    assert (len(ends), len(set(ends)), ends[-1]) == (24, 24, date(2027, 1, 31))
    assert ends[0] <= date(2025, 12, 31)
    assert len(years.make(PARTY, date(2026, 3, 31), date(2026, 11, 24), chance)) == 1
    assert len(years.make(PARTY, date(2026, 1, 31), date(2026, 11, 24), chance)) == 2
    left = years.leave(tmp_path, found[:1], chance)
    (one,) = left
    raw, code = (tmp_path / one.file).read_bytes(), (tmp_path / one.code_file).read_text("ascii").strip()
    assert keyfile.unlock(raw, code) == found[0].keys
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in (one.file, one.code_file)} == {0o600}
    assert code not in repr(found[0])
