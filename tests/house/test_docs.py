"""What the documents say exists: files, tests, commands, links, records, words; and each promise has its test."""

import ast
import hashlib
import importlib.util
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from laborvoice.cli import commands

PAGES = ("*.md", "docs/*.md", "docs/adr/*.md")
RECORDS = 12
"""Those the design began with."""
HEADINGS = ["Context", "Decision", "Consequences", "Refused", "Kept by"]
GUARANTEES = range(1, 27)

# As published by the Free Software Foundation and the Apache Software Foundation.
LICENCES = {
    "LICENSE": "0d96a4ff68ad6d4b6f1f30f713b18d5184912ba8dd389f86aa7710db079abcb0",
    "LICENSES/Apache-2.0.txt": "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30",
}

OUR_FILE = re.compile(r"`((?:src|tests|docs|alembic|deploy|benchmarks|frontend)/[\w./*-]*[\w/]|\.ci/run|[a-z]+\.toml)`")
LINK = re.compile(r"\[[^\]]+\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")
COMMAND = re.compile(r"\blaborvoice ((?!/)[a-z]+(?:[ -][a-z]+)*)")
TARGET = re.compile(r"\bmake ([a-z]+(?:-[a-z]+)?)")
MODULE = re.compile(r"`(?:laborvoice\.)?((?:store|pipeline|views|api|crypto|domain|anonymize|scoring)[./][a-z_./]+)`")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def pages(root: Path) -> list[Path]:
    return sorted(path for pattern in PAGES for path in root.glob(pattern))


def texts(root: Path) -> Iterator[tuple[str, str]]:
    for path in pages(root):
        yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")


def test_files_that_are_named_exist(root: Path) -> None:
    missing = [
        f"{page}: {name}"
        for page, text in texts(root)
        for name in OUR_FILE.findall(text)
        if not list(root.glob(name)) and "<" not in name
    ]
    assert missing == []


def test_links_lead_somewhere(root: Path) -> None:
    broken = [
        f"{page}: {target}"
        for page, text in texts(root)
        for target in LINK.findall(text)
        if not (root / page).parent.joinpath(target).exists()
    ]
    assert broken == []


def test_modules_that_are_named_exist(root: Path) -> None:
    missing = [
        f"{page}: {name}"
        for page, text in texts(root)
        for name in MODULE.findall(text)
        if not (root / "src/laborvoice" / name.rstrip("/")).exists()
        if importlib.util.find_spec("laborvoice." + name.rstrip("/").replace("/", ".").removesuffix(".py")) is None
    ]
    assert missing == []


def known() -> set[str]:
    found: set[str] = set()
    for name, command in commands.commands.items():
        found.add(name)
        if isinstance(command, click.Group):
            found |= {f"{name} {inner}" for inner in command.commands}
    return found


def test_commands_that_are_named_exist(root: Path) -> None:
    unknown = [
        f"{page}: laborvoice {words}"
        for page, text in texts(root)
        for code in re.findall(r"`([^`\n]+)`|^    (.+)$", text, re.MULTILINE)
        for words in COMMAND.findall(" ".join(code))
        if not any(words == one or words.startswith(f"{one} ") for one in known())
    ]
    assert unknown == []


def test_every_command_is_in_the_handbook(root: Path) -> None:
    text = (root / "docs/operations.md").read_text(encoding="utf-8") + (root / "README.md").read_text(encoding="utf-8")
    hidden = {name for name, command in commands.commands.items() if command.hidden}
    assert {name for name in known() - hidden if f"laborvoice {name}" not in text} == set()


def test_targets_that_are_named_exist_and_are_all_there(root: Path) -> None:
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {
        target
        for _, text in texts(root)
        for code in re.findall(r"`([^`\n]+)`|^    (.+)$", text, re.MULTILINE)
        for target in TARGET.findall(" ".join(code))
    }
    assert named <= targets
    assert targets == set(re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[0].split())


def test_records_are_complete(root: Path) -> None:
    folder = root / "docs/adr"
    index = (folder / "README.md").read_text(encoding="utf-8")
    files = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert len(files) >= RECORDS
    assert [int(name[:4]) for name in files] == list(range(1, len(files) + 1))
    for number, name in enumerate(files, 1):
        text = (folder / name).read_text(encoding="utf-8")
        title = text.splitlines()[0].removeprefix(f"# {number}. ")
        assert f"{number}. [{title}]({name})\n" in index
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
        assert re.search(r"^## Decision\n\n\*\*.+\.\*\*$", text, re.MULTILINE), name


def test_each_promise_has_its_test(root: Path) -> None:
    text = (root / "docs/guarantees.md").read_text(encoding="utf-8")
    rows = [(int(number), row) for number, row in re.findall(r"^\| (\d+) \|(.*)\|$", text, re.MULTILINE)]
    assert [number for number, _ in rows] == list(GUARANTEES)
    for number, row in rows:
        assert TEST.search(row), number


def test_tests_that_are_named_exist(root: Path) -> None:
    missing = [
        f"{page}: {file}::{name}"
        for page, text in texts(root)
        for file, name in TEST.findall(text)
        if name not in functions(root / file)
    ]
    assert missing == []


def functions(path: Path) -> set[str]:
    if not path.exists():
        return set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_the_glossary_is_in_order_and_says_each_word_once(root: Path) -> None:
    words = re.findall(r"^\| ([a-z ]+) \| ", (root / "docs/glossary.md").read_text(encoding="utf-8"), re.MULTILINE)
    words.remove("word")
    assert words == sorted(set(words))


@pytest.mark.parametrize("name", LICENCES)
def test_licences_are_the_published_texts(name: str, root: Path) -> None:
    assert hashlib.sha256((root / name).read_bytes()).hexdigest() == LICENCES[name]


def test_the_lock_holds_what_is_asked_for(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["embedded"],
        *project["dependency-groups"]["dev"],
    ]
    lock = (root / "requirements.lock").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([a-z0-9-]+)(?:\[[a-z0-9,-]+\])?==", lock, re.MULTILINE))
    assert {re.split(r"[\[<>=]", one)[0].lower() for one in asked} <= locked
    entries = re.split(r"^(?=[a-z0-9-]+==)", lock, flags=re.MULTILINE)[1:]
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
