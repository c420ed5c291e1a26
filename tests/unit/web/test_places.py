"""Codes have names where we know them, and stay what they are where we do not."""

import pytest

from laborvoice.web import places


@pytest.mark.parametrize(("code", "name"), [("BD", "Bangladesh"), ("TR", "Türkiye"), ("XX", "XX")])
def test_countries(code: str, name: str) -> None:
    assert places.country(code) == name


@pytest.mark.parametrize(
    ("code", "name"), [("1410", "Garments (14)"), ("78", "Recruitment and labour supply (78)"), ("99", "99")]
)
def test_industries(code: str, name: str) -> None:
    assert places.industry(code) == name
