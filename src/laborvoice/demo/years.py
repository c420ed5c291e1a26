"""The key files of a demo's watchdog: made by its client, a year each, left in the home that is kept."""

from datetime import date
from pathlib import Path
from typing import Final

from laborvoice.chance import Chance
from laborvoice.client.watchdog import keyfile
from laborvoice.client.watchdog.keyfile import Keys
from laborvoice.demo.home import PRIVATE, KeysLeft
from laborvoice.domain import Value
from laborvoice.domain.ids import PartyId
from laborvoice.domain.period import Period

ROOM: Final = 2
"""Months of keys beyond today: a kept home can be looked at for a while."""
FOLDER: Final = "watchdog"
_AHEAD: Final = 11


class Year(Value, frozen=True):
    keys: Keys
    code: str

    def __repr__(self) -> str:
        return f"Year({self.keys!r})"


def make(party: PartyId, first: date, last: date, chance: Chance) -> tuple[Year, ...]:
    """Years that cover ``first`` to ``last``, the newest first."""
    month = Period.at(last, "month")
    for _ in range(ROOM):
        month = month.next()
    found: list[Year] = []
    while not found or first < month.next().begin:
        for _ in range(_AHEAD):
            month = month.previous()
        made = keyfile.make(party, month.begin, chance)
        found.append(Year(keys=made, code=keyfile.draw_code(chance)))
        month = month.previous()
    return tuple(found)


def leave(home: Path, years: tuple[Year, ...], chance: Chance) -> tuple[KeysLeft, ...]:
    """Each file and its code, for the owner of the home alone; as on the day they were made, with nothing zeroed."""
    folder = home / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    left: list[KeysLeft] = []
    for year in years:
        content = keyfile.write(year.keys, year.code, year.keys.months[0].until, chance)
        file = folder / keyfile.read(content).name
        for path, written in ((file, content), (file.with_suffix(".code"), f"{year.code}\n".encode())):
            path.touch(mode=PRIVATE)
            path.write_bytes(written)
        left.append(KeysLeft(file=f"{FOLDER}/{file.name}", code_file=f"{FOLDER}/{file.stem}.code"))
    return tuple(left)
