"""Identifiers with their check digits, and the workforce (design, domain 5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from laborvoice.domain.supplier import (
    OS_ID_ALPHABET,
    Identifier,
    Scheme,
    checks,
    identifiers,
    normal,
    spelled,
    workforce,
)

VALID: dict[Scheme, tuple[str, ...]] = {
    "os_id": ("IN2021079TDH72D", "CN2021250D1DTN7", "UA2019096H785YM", "BD2026001DEM011", "PK2026001DEM07W"),
    "lei": ("213800KUD8LAJWSQ9D15", "529900T8BM49AURSDO55"),
    "gln": ("5412345000013", "0614141000012"),
    "imo": ("9074729",),
}
INVALID: dict[Scheme, tuple[str, ...]] = {
    "os_id": ("CN2021250B1GHZ8", "US2019161ABC123", "IN2019067X1K87E", "CN2021250D1DTU7"),
    "lei": ("213800KUD8LXJWSQ9D15", "2UZHAXXGYP0WQQCV9X72"),
    "gln": ("5412345000014",),
    "imo": ("9074728",),
}


def pairs(table: dict[Scheme, tuple[str, ...]]) -> list[tuple[Scheme, str]]:
    return [(scheme, value) for scheme, values in table.items() for value in values]


@pytest.mark.parametrize(("scheme", "value"), pairs(VALID))
def test_a_valid_identifier_checks(scheme: Scheme, value: str) -> None:
    assert checks(scheme, value)


@pytest.mark.parametrize(("scheme", "value"), pairs(INVALID))
def test_an_invalid_one_does_not(scheme: Scheme, value: str) -> None:
    assert not checks(scheme, value)


@pytest.mark.parametrize("scheme", VALID)
@pytest.mark.parametrize("value", ["", "1", "É" * 15, "\uff12" * 13, "²" * 7, "A" * 20, "-" * 20, "12" * 10])
def test_what_is_no_identifier_is_wrong_and_no_error(scheme: Scheme, value: str) -> None:
    assert not checks(scheme, value)


@given(st.text(max_size=24), st.sampled_from(sorted(VALID)))
def test_no_text_raises(value: str, scheme: Scheme) -> None:
    assert checks(scheme, normal(value)) in {True, False}


def test_every_wrong_digit_of_a_gln_is_caught() -> None:
    for value in VALID["gln"]:
        for at, digit in enumerate(value):
            others = (f"{value[:at]}{other}{value[at + 1 :]}" for other in "0123456789" if other != digit)
            assert not any(checks("gln", other) for other in others)


def test_every_wrong_last_character_of_an_os_id_is_caught() -> None:
    for value in VALID["os_id"]:
        assert [letter for letter in OS_ID_ALPHABET if checks("os_id", value[:-1] + letter)] == [value[-1]]


def test_an_os_id_has_its_letters_and_digits_in_their_places() -> None:
    assert not checks("os_id", "1N2021079TDH72D")
    assert not checks("os_id", "IN202107XTDH72D")


def test_spaces_and_hyphens_do_not_matter() -> None:
    assert normal("in 2021-079 tdh72d") == "IN2021079TDH72D"


def test_identifiers_are_stored_and_read_back() -> None:
    stored = spelled({"lei": "2138 00KU-D8LAJWSQ9D15", "imo": "9074728", "os_id": "BD2026001DEM011"})
    assert stored == ("imo:9074728", "lei:213800KUD8LAJWSQ9D15")
    assert identifiers("BD2026001DEM011", (*stored, "unheard:of")) == (
        Identifier(scheme="os_id", value="BD2026001DEM011", checked=True),
        Identifier(scheme="imo", value="9074728", checked=False),
        Identifier(scheme="lei", value="213800KUD8LAJWSQ9D15", checked=True),
    )
    assert identifiers(None, ()) == ()


@pytest.mark.parametrize(
    ("least", "most", "middle"), [(100, 301, 200), (None, 50, 50), (70, None, 70), (None, None, None)]
)
def test_the_workforce_is_the_midpoint(least: int | None, most: int | None, middle: int | None) -> None:
    assert workforce(least, most) == middle
