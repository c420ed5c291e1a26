import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laborvoice.domain import card
from laborvoice.errors import Malformed

LOCATORS = st.integers(0, 32**6 - 1).map(card.make_locator)
CODES = st.integers(0, 32**20 - 1).map(card.make_code)


@pytest.fixture(scope="module")
def vectors() -> dict[str, Any]:
    path = Path(__file__).parents[2] / "vectors" / "envelope.json"
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def test_the_card_of_the_design(vectors: dict[str, Any]) -> None:
    invite = vectors["invite"]
    fingerprint = bytes.fromhex(vectors["manifest"]["fingerprint"])
    printed = card.Card(locator=invite["locator"], code=invite["code"], fingerprint=fingerprint)
    assert card.card_url(vectors["origin"], printed) == invite["card"]
    assert card.parse_fragment(invite["card"].partition("#")[2]) == printed
    assert card.format_typed(invite["locator"], invite["code"]) == invite["typed"]
    assert card.parse_typed(invite["typed"]) == (invite["locator"], invite["code"])


@given(LOCATORS, CODES, st.binary(min_size=16, max_size=16))
@settings(deadline=None)
def test_a_card_reads_back(locator: str, code: str, fingerprint: bytes) -> None:
    printed = card.Card(locator=locator, code=code, fingerprint=fingerprint)
    url = card.card_url("voice.example", printed)
    assert len(url.partition("#")[2]) == 53
    assert card.parse_fragment("#" + url.partition("#")[2]) == printed


@given(LOCATORS, CODES)
@settings(deadline=None)
def test_a_typed_code_reads_back_however_it_is_typed(locator: str, code: str) -> None:
    typed = card.format_typed(locator, code)
    assert len(typed) == 27
    groups = card.grouped(typed)
    assert [len(one) for one in groups.split()] == [3] * 9
    for text in (typed, groups, groups.replace(" ", "-"), typed.lower(), typed.replace("0", "O").replace("1", "l")):
        assert card.parse_typed(text) == (locator, code)


@given(LOCATORS, CODES)
@settings(deadline=None, max_examples=5)
def test_every_wrong_character_and_every_swap_is_caught(locator: str, code: str) -> None:
    typed = card.format_typed(locator, code)
    for at in range(27):
        for other in card.ALPHABET:
            wrong = typed[:at] + other + typed[at + 1 :]
            if wrong != typed:
                with pytest.raises(Malformed):
                    card.parse_typed(wrong)
    for at in range(26):
        swapped = typed[:at] + typed[at + 1] + typed[at] + typed[at + 2 :]
        if swapped != typed:
            with pytest.raises(Malformed):
                card.parse_typed(swapped)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The code has 27 characters, this has 0."),
        ("4QX9TN7K3M9PQRT2V4W6X8YZ0A", "The code has 27 characters, this has 26."),
        (
            "4QX9TN7K3M9PQRT2V4W6X8YZ0AU",
            "One character is wrong: the code has digits and letters, but no I, L, O or U.",
        ),
        ("4QX9TN7K3M9PQRT2V4W6X8YZ0AF", "One character is wrong."),
    ],
)
def test_what_is_wrong_is_said(text: str, sentence: str) -> None:
    with pytest.raises(Malformed) as caught:
        card.parse_typed(text)
    assert str(caught.value) == sentence


@given(st.text())
@settings(deadline=None)
def test_any_text_is_a_code_a_link_or_malformed(text: str) -> None:
    for parse in (card.parse_typed, card.parse_fragment):
        with pytest.raises(Malformed):
            parse(text)


def test_a_link_is_read_strictly(vectors: dict[str, Any]) -> None:
    good = str(vectors["invite"]["card"]).partition("#")[2]
    for bad in ("2" + good[1:], good[:-1] + "1", good + "0", good.lower()):
        with pytest.raises(Malformed):
            card.parse_fragment(bad)
