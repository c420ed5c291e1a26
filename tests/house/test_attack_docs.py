"""The table of attacks: each that we know of is there with tests that exist, and each attack we test is in a table."""

import ast
import re
from pathlib import Path

PAGE = "docs/attacks.md"
ROW = re.compile(r"^\| ([A-Za-z][^|]+) \| ([^|]+) \| (`tests/[^|]+`) \| ([^|]*) ?\|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
STATISTICAL = ("differencing", "existence", "arrival order", "error, size and timing oracles")
KNOWN = (
    "differencing",
    "time slicing",
    "averaging",
    "existence",
    "ballot stuffing",
    "replay",
    "context swap",
    "double-spend race",
    "malformed and hostile envelopes",
    "error, size and timing oracles",
    "pending counts on every surface",
    "cache validators",
    "arrival order",
    "address at rest",
    "role break-out",
    "a split view of the keys",
    "mailbox enumeration",
    "mailbox forgery",
    "log injection",
    "tenant crossing",
    "baseline differencing between brands",
    "session attacks",
    "CSRF",
    "formula injection",
    "path traversal",
    "request smuggling",
)


def rows(root: Path) -> dict[str, tuple[list[tuple[str, str]], str]]:
    """Tests and false alarm of each attack."""
    text = (root / PAGE).read_text(encoding="utf-8")
    return {name: (TEST.findall(tests), alarm) for name, _, tests, alarm in ROW.findall(text)}


def functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.exists() else ast.Module(body=[], type_ignores=[])
    return {one.name for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_attack_we_know_of_is_tried(root: Path) -> None:
    found = rows(root)
    assert [name for name in KNOWN if not found.get(name, ([], ""))[0]] == []
    lines = [line for line in (root / PAGE).read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert len(found) == len(lines) - 1, "a row of the table is not of its form"


def test_every_test_it_names_exists(root: Path) -> None:
    missing = [
        f"{name}: {file}::{test}"
        for name, (tests, _) in rows(root).items()
        for file, test in tests
        if test not in functions(root / file)
    ]
    assert missing == []


def test_what_is_named_is_a_test_and_nothing_else(root: Path) -> None:
    text = (root / PAGE).read_text(encoding="utf-8")
    assert text.count("::") == len(TEST.findall(text))


def test_tests_that_draw_say_how_often_they_are_wrong(root: Path) -> None:
    assert [name for name in STATISTICAL if not rows(root)[name][1].strip()] == []


def test_every_attack_that_is_tested_is_in_a_table(root: Path) -> None:
    """Here, or among the guarantees; what tests a test needs no row."""
    text = (root / PAGE).read_text(encoding="utf-8") + (root / "docs/guarantees.md").read_text(encoding="utf-8")
    files = {path.relative_to(root).as_posix() for path in (root / "tests/attack").glob("test_*.py")}
    assert sorted(file for file in files if file not in text) == []
