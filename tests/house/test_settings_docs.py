"""Every setting has a heading in docs/settings.md, and every heading there is a setting."""

import re
from pathlib import Path

from laborvoice import settings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def sections() -> dict[str, str]:
    parts = re.split(r"^### `(LABORVOICE_\w+)`$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    headings, texts = parts[1::2], parts[2::2]
    assert len(set(headings)) == len(headings)
    return dict(zip(headings, texts, strict=True))


def test_settings_and_headings_are_the_same() -> None:
    assert set(sections()) == settings.names()


def test_exactly_the_secrets_are_marked() -> None:
    marked = {name for name, text in sections().items() if text.strip().startswith("**Secret")}
    assert marked == {f"LABORVOICE_{name.upper()}" for name in settings.secrets()}


def test_what_is_required_says_so() -> None:
    for name, text in sections().items():
        field = name.removeprefix("LABORVOICE_").lower()
        assert ("Required" in text) == (field in settings.required()), name
