"""How the code is written: what no linter knows of this house."""

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

LONGEST_FILE = 300
MEDIAN_FILE = 90
MEDIAN_FUNCTION = 8
NINE_IN_TEN = 25

IGNORE = re.compile(r"noqa(: [A-Z]+\d+(, [A-Z]+\d+)*)?|(type|pyright): ignore(\[[\w-]+(, ?[\w-]+)*\])?")
REASON = re.compile(r"[A-Za-z]{3}")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
SKIPPED = re.compile(r"pragma: no (cover|branch)|mark\.skip\b|mark\.xfail|pytest\.skip\(|mock\.patch|import mock\b")

# Places of one machine; written apart, so that this file does not find itself.
OF_A_MACHINE = re.compile("|".join(("/wo" + "rk/", "/ro" + r"ot\b", "/ho" + r"me/(?!someone\b)\w", "/Us" + "ers/")))
NOT_OURS = frozenset({"LICENSE", "Apache-2.0.txt", "requirements.lock", "questions.json"})
MADE = frozenset({"__pycache__", "vectors"})

# Doors speak in HTTP numbers. These speak to other people's doors, or are a door's own frame.
SPEAK_HTTP = ("laborvoice.api", "laborvoice.client", "laborvoice.demo", "laborvoice.serve", "laborvoice.webhooks")
HTTP_WORDS = re.compile(r"HTTPStatus|[Rr]etry-[Aa]fter|[Ss]et-[Cc]ookie|\bETag\b|If-None-Match|status_code")

# The spooler's flusher waits for envelopes; the noise is redrawn until it is within its bound.
FOREVER = frozenset({"laborvoice.loop", "laborvoice.spooler", "laborvoice.anonymize.noise"})

CATCH_ALL = frozenset({"laborvoice.loop", "laborvoice.api.problems"})


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_every_module_says_what_it_is_for(package: Any) -> None:
    silent = [one.name for one in package if not ast.get_docstring(one.tree)]
    assert silent == []


def test_files_are_short(every_source: Any, package: Any) -> None:
    long = [one.name for one in every_source if len(one.text.splitlines()) > LONGEST_FILE]
    assert long == []
    assert statistics.median(len(one.text.splitlines()) for one in package) <= MEDIAN_FILE


def test_functions_are_short(package: Any) -> None:
    lengths = sorted((one.end_lineno or 0) - one.lineno + 1 for source in package for one in functions(source.tree))
    assert statistics.median(lengths) <= MEDIAN_FUNCTION
    assert lengths[len(lengths) * 9 // 10] <= NINE_IN_TEN


def test_an_ignore_has_its_reason_on_the_line(every_source: Any) -> None:
    bare = [
        f"{one.name}:{number}"
        for one in every_source
        for number, line in enumerate(one.text.splitlines(), 1)
        for comment in [line.partition("  # ")[2]]
        if IGNORE.search(comment) and not REASON.search(IGNORE.sub("", comment))
    ]
    assert bare == []


@pytest.mark.parametrize("pattern", [UNFINISHED, SKIPPED], ids=["unfinished", "skipped"])
def test_nothing_is_left_for_later(pattern: re.Pattern[str], every_source: Any) -> None:
    here = Path(__file__).name
    found = [one.name for one in every_source if pattern.search(one.text) and not one.name.endswith(here)]
    assert found == []


def texts(root: Path) -> Iterator[Path]:
    """What is written by hand."""
    for folder in ("src", "alembic", "tests", "docs", ".ci"):
        yield from (path for path in (root / folder).rglob("*") if path.is_file() and not MADE & set(path.parts))
    yield from (path for path in root.iterdir() if path.is_file() and not path.name.startswith(".coverage"))


def test_no_file_names_a_place_of_one_machine(root: Path) -> None:
    found = [
        f"{path.relative_to(root)}: {match[0]}"
        for path in texts(root)
        if path.name not in NOT_OURS
        if (match := OF_A_MACHINE.search(path.read_text(encoding="utf-8", errors="replace")))
    ]
    assert found == []


def test_text_is_plain(root: Path) -> None:
    """LF, no tab in Python, no blank at a line's end, one newline at the file's."""
    for path in texts(root):
        text = path.read_bytes()
        if path.suffix in {".py", ".md", ".toml", ".yaml", ""} and path.name not in NOT_OURS:
            assert b"\r" not in text, path
            assert not re.search(rb"[ \t]\n", text), path
            assert re.search(rb"[^\n]\n\Z", text), path


def test_http_is_spoken_at_the_doors(package: Any) -> None:
    found = [one.name for one in package if HTTP_WORDS.search(one.text) and not one.module.startswith(SPEAK_HTTP)]
    assert found == []


def test_only_the_loop_and_the_doors_catch_everything(package: Any) -> None:
    """An ``except BaseException`` that raises again cleans up, and is no catch."""
    found: set[str] = set()
    for one in package:
        for node in ast.walk(one.tree):
            if isinstance(node, ast.ExceptHandler):
                kind = ast.unparse(node.type) if node.type else ""
                again = any(isinstance(inner, ast.Raise) and inner.exc is None for inner in ast.walk(node))
                if kind in {"", "Exception"} or (kind == "BaseException" and not again):
                    found.add(one.module)
    assert found <= CATCH_ALL


def test_only_the_loop_goes_on_for_ever(package: Any) -> None:
    found = [
        one.module
        for one in package
        for node in ast.walk(one.tree)
        if isinstance(node, ast.While) and isinstance(node.test, ast.Constant)
    ]
    assert set(found) <= FOREVER
