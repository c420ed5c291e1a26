"""Printed cards: the code holds the card and nothing else is said."""

import re

import pytest
import segno

from laborvoice.domain import card
from laborvoice.domain.card import Card
from laborvoice.web import cards

HOST = "voice.example"
CARDS = [
    Card(locator="4QX9TN", code=card.make_code(number * 7**30 % 32**20), fingerprint=bytes(range(16)))
    for number in range(1, 18)
]


def sheets(*languages: str) -> str:
    return cards.sheets(HOST, CARDS, "+880 2 0000", ("2026-Q4", "2027-Q1"), languages).decode()


def test_the_code_holds_the_card() -> None:
    for one in CARDS:
        made = cards.printed(HOST, one)
        assert made.url == card.card_url(HOST, one)
        assert card.parse_fragment(made.url.removeprefix(f"https://{HOST}/")) == one
        assert card.parse_typed(made.typed) == (one.locator, one.code)
        again = segno.make_qr(made.url, error="M", boost_error=False)
        assert cards.code(made.url).matrix == again.matrix


def test_a_code_is_small_enough_to_be_read_from_paper() -> None:
    longest = cards.code(cards.url("x" * 21, CARDS[0]))
    assert (longest.version, longest.error) == (5, "M")


def test_sheets_of_eight() -> None:
    text = sheets("bn")
    assert [part.count("<article") for part in text.split('<section class="sheet">')[1:]] == [8, 8, 1]
    assert text.count("<svg") == len(CARDS)
    assert text.count("2026-Q4 · 2027-Q1") == len(CARDS)


def test_nothing_on_a_card_is_a_number_a_place_or_a_purpose() -> None:
    text = re.sub(r"<style>.*?</style>|<svg.*?</svg>", "", sheets("en"), flags=re.DOTALL)
    assert not re.search(r"report|complain|labour|union|abuse|survey|supplier|factory|No\.", text, re.IGNORECASE)
    assert "http" not in text
    assert "<script" not in text
    assert "style=" not in text


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        (("bn", "hi"), ["bn", "hi", "en"]),
        (("bn", "bn", "xx"), ["bn", "en"]),
        (("ar", "es", "vi", "bn"), ["ar", "es", "vi"]),
    ],
)
def test_a_sentence_in_three_languages(wanted: tuple[str, ...], shown: list[str]) -> None:
    found = cards.sentences(wanted)
    assert [one.lang for one in found][: len(shown)] == shown
    assert len(found) == 3
    assert all(one.text for one in found)
    assert {one.dir for one in cards.sentences(("ar",))} == {"ltr", "rtl"}


def test_languages_are_those_there_are_texts_for() -> None:
    assert {"en", "bn", "ar"} <= set(cards.languages())


def test_the_policy_lets_the_style_in_and_nothing_else() -> None:
    assert cards.policy().startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in cards.policy()
