"""What is typed on a phone: digits of every script, codes of cards, dates as texts."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laborvoice.crypto import receipt, work
from laborvoice.domain import card
from laborvoice.domain.period import Period
from support.node import Node, Thrown

# Where each run of ten begins, as the design lists them.
RUNS = """
    0030 0660 06F0 07C0 0966 09E6 0A66 0AE6 0B66 0BE6 0C66 0CE6 0D66 0E50 0ED0 0F20 1040 1090 17E0 1810 FF10
"""


@pytest.mark.parametrize("run", RUNS.split())
def test_digits_of_every_script(js: Node, run: str) -> None:
    typed = "".join(chr(int(run, 16) + digit) for digit in range(10))
    assert js("codes", "latin", f"a {typed[:5]}-{typed[5:]}\u200f.") == "0123456789"
    before, after = chr(int(run, 16) - 1), chr(int(run, 16) + 10)
    assert js("codes", "latin", before + after) == ""


def test_the_letter_that_stands_for_a_burmese_zero(js: Node) -> None:
    assert js("codes", "latin", "၁ဝ၂") == "102"
    assert js("codes", "latin", "x²Ⅷ½") == ""


def test_receipts_are_the_servers(js: Node) -> None:
    made = [js("codes", "makeDigits") for _ in range(200)]
    assert len(set(made)) == len(made)
    assert [receipt.parse_digits(one) for one in made] == made
    for place in range(26):
        assert len({one[place] for one in made}) == 10
    bengali = made[0].translate({ord(str(digit)): chr(0x09E6 + digit) for digit in range(10)})
    assert js("codes", "parseDigits", js("codes", "grouped", bengali)) == made[0]


@given(st.integers(0, receipt.NUMBERS - 1), st.integers(0, 27), st.integers(1, 9))
@settings(deadline=None, max_examples=40)
def test_a_wrong_digit_is_noticed(js: Node, number: int, at: int, more: int) -> None:
    digits = receipt.make_digits(number)
    wrong = digits[:at] + str((int(digits[at]) + more) % 10) + digits[at + 1 :]
    with pytest.raises(Thrown, match="check"):
        js("codes", "parseDigits", wrong)
    with pytest.raises(Thrown, match="length"):
        js("codes", "parseDigits", digits[1:])


@given(st.integers(0, 32**26 - 1))
@settings(deadline=None, max_examples=20)
def test_every_wrong_character_of_a_card_is_noticed(js: Node, number: int) -> None:
    whole = card.encode(number, 26)
    typed = card.format_typed(whole[:6], whole[6:])
    assert js("codes", "readTyped", typed) == {"locator": whole[:6], "code": whole[6:]}
    for at in range(27):
        wrong = typed[:at] + card.ALPHABET[(card.ALPHABET.index(typed[at]) + 1 + number % 31) % 32] + typed[at + 1 :]
        swapped = typed[:at] + typed[at + 1 : at + 2] + typed[at] + typed[at + 2 :]
        for one in {wrong, swapped} - {typed}:
            with pytest.raises(Thrown, match="check"):
                js("codes", "readTyped", one)


@pytest.mark.parametrize(("typed", "why"), [("", "length"), ("0" * 26, "length"), ("U" * 27, "letters")])
def test_what_is_no_code(js: Node, typed: str, why: str) -> None:
    with pytest.raises(Thrown, match=why):
        js("codes", "readTyped", typed)


def test_what_is_no_link(js: Node, vectors: dict[str, Any]) -> None:
    fragment: str = vectors["invite"]["card"].partition("#")[2]
    for wrong in (fragment[1:], "2" + fragment[1:], fragment[:-1] + "1", fragment.lower()):
        with pytest.raises(Thrown, match="Malformed"):
            js("codes", "readLink", wrong)


@given(st.dates(date(2020, 1, 1), date(2060, 12, 31)))
@settings(deadline=None, max_examples=60)
def test_days_are_the_calendars(js: Node, day: date) -> None:
    year, week, _ = day.isocalendar()
    assert js("bytes", "monday", f"{year}-W{week:02d}") == date.fromisocalendar(year, week, 1).isoformat()
    for kind in ("quarter", "month"):
        period = Period.at(day, kind)
        assert js("bytes", "begin", period.label) == period.begin.isoformat()
    assert js("bytes", "plus", day.isoformat(), 2) == (day + timedelta(days=2)).isoformat()
    assert js("bytes", "plus", day.isoformat(), -2) == (day - timedelta(days=2)).isoformat()


@pytest.mark.parametrize(
    ("name", "text"),
    [("day", "2026-02-30"), ("day", "2026-1-1"), ("begin", "2026-Q5"), ("begin", "2026-13"), ("monday", "2026-W54")],
)
def test_what_is_no_day(js: Node, name: str, text: str) -> None:
    with pytest.raises(Thrown, match="Malformed"):
        js("bytes", name, text)


@pytest.mark.parametrize("text", ["05", "20", "60", "", "7", "x1", "\uff11\uff15"])
def test_the_work_wanted_is_never_less_than_the_floor_nor_more_than_22(js: Node, text: str) -> None:
    wanted = {"20": 20, "60": 22}.get(text, 15)
    assert js("proofs", "workBits", text, 15) == wanted


@pytest.mark.parametrize("bits", [0, 1, 8, 12])
def test_work_is_found_as_the_server_judges_it(js: Node, bits: int) -> None:
    digest = bytes(range(32))
    assert js("proofs", "find", digest, bits) == work.find(digest, bits)
