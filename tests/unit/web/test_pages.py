"""Templates, forms, the sheet and the files: what no page may do is not in them."""

import re
from importlib.resources import files as resources
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from laborvoice.domain import Value
from laborvoice.web import files, pages
from laborvoice.web.forms import Form
from laborvoice.web.pages import Frame, Item

HERE = Path(str(resources("laborvoice.web")))
TEMPLATES = sorted((HERE / "templates").glob("*.html"))
SHEET = (HERE / "static" / "portal.css").read_text("utf-8")
DRAWN_HERE = frozenset({"cards.html"})
"""These print what segno drew as it is."""
OUR_SCRIPT = re.compile(r"""<script type="module" src="\{\{ (?:asset|module)\('[a-z/]+\.mjs'\) \}\}">""")

PHYSICAL = re.compile(
    r"(?:^|[;{\s])(?:(?:margin|padding|border)-(?:left|right|top|bottom)|left|right|top|bottom|width|height|(?:min|max)-(?:width|height)|float|text-align:\s*(?:left|right))\s*:"
)


class Thing(Value, frozen=True, tag_field="state", tag="published"):
    name: str


def test_what_is_written_is_escaped() -> None:
    frame = Frame(path="/x", viewer="<b>Mallory</b>", menu=(Item(href="/x", label="A & B"),), flash="Saved.")
    html = pages.render("base.html", frame=frame).decode()
    assert "<b>Mallory</b>" not in html
    assert "A &amp; B" in html
    assert 'aria-current="page"' in html
    assert 'role="status">Saved.' in html


def test_what_is_missing_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        pages.render("problem.html", frame=Frame(path="/"))


def test_a_union_says_which_it_is() -> None:
    assert pages.state(Thing(name="x")) == "published"
    assert pages.sentence("improving since 2026-Q2") == "Improving since 2026-Q2"
    assert pages.sentence("") == ""


def test_a_form_keeps_what_was_typed_and_says_what_is_wrong() -> None:
    form = Form(values={"name": 'A "B"'}, faults={"name": "Say a name."})
    assert (form.value("name"), form.value("else", "x")) == ('A "B"', "x")
    assert (form.fault("name"), form.fault("else")) == ("Say a name.", "")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_styles_scripts_or_calls_elsewhere(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:|https?://|autoescape", text)
    assert [line for line in text.splitlines() if "|safe" in line and path.name not in DRAWN_HERE] == []
    assert all(OUR_SCRIPT.fullmatch(tag) for tag in re.findall(r"<script[^>]*>", text))
    assert re.findall(r"<form[^>]*method=\"post\"(?![^\n]*csrf)", text) == []


@pytest.mark.parametrize("path", [one for one in TEMPLATES if one.name != "score.html"], ids=lambda path: path.name)
def test_no_page_prints_a_bare_score(path: Path) -> None:
    """A score goes through the macros of score.html, or stands among the steps that make it."""
    printed = re.findall(r"\{\{[^}]*\.score\.(?:score|low|high|band)[^}]*\}\}", path.read_text("utf-8"))
    assert printed == [] or path.name == "method.html"


def test_the_sheet_serves_both_directions() -> None:
    rules = SHEET.replace("@media (min-width", "")
    assert [line for line in rules.splitlines() if PHYSICAL.search(line)] == []


def test_nothing_is_green() -> None:
    """Low is a signal, never safety: of each colour green is not the strongest part."""
    for red, green, blue in re.findall(r"#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})\b", SHEET):
        assert int(green, 16) <= max(int(red, 16), int(blue, 16))
    assert "✓" not in "".join(path.read_text("utf-8") for path in TEMPLATES)


def test_files_are_named_by_what_they_hold() -> None:
    for name, one in files.by_name().items():
        assert one.name == name
        assert re.fullmatch(r"[a-z]+\.[0-9a-f]{16}\.(css|mjs|svg)", name)
    assert files.url("portal.css").startswith("/static/portal.")
    assert len(next(one.body for one in files.by_name().values() if one.name.endswith(".mjs"))) < 3000
