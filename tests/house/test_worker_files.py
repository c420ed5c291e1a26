"""What phones get: made from its sources, and without a word that a phone of 2020 does not know (design, web 2)."""

import re
from collections.abc import Iterator
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import pytest

from laborvoice.web import i18n, worker, write

STATIC = Path(str(files("laborvoice.web").joinpath("static")))

# By the version of Chrome that brought it; ours begins at 81.
NEWER_JS = {
    "logical assignment, 85": r"(\?\?|\|\||&&)=",
    "replaceAll, 85": r"\breplaceAll\b",
    "Promise.any, 85": r"\bPromise\.any\b",
    "replaceChildren, 86": r"\breplaceChildren\b",
    "top-level await, 89": r"^(?:(?:export )?(?:const|let|var) [^=;]*= )?await\b",
    "at, 92": r"\.at\(",
    "randomUUID, 92": r"\brandomUUID\b",
    "hasOwn, 93": r"\bObject\.hasOwn\b",
    "static blocks, 94": r"\bstatic \{",
    "findLast, 97": r"\bfindLast(Index)?\b",
    "structuredClone, 98": r"\bstructuredClone\b",
    "deflate-raw, 103": r"deflate-raw",
    "AbortSignal.timeout, 124": r"\bAbortSignal\.(timeout|any)\b",
    "private methods, 84": r"^\s+(?:async |static )*#\w+\(",
}
AFTER_2018 = {
    "optional chaining": r"\?\.[^\d]",
    "nullish": r"\?\?",
    "catch without a name": r"\bcatch \{",
    "big numbers": r"\b\d+n\b",
    "of the module": r"\bimport\.meta\b",
    "fields of classes": r"^\s+(?:static )?#?\w+ = ",
    "numbers with gaps": r"\d_\d",
}
"""Syntax, not names: what a browser cannot read at all, it cannot even refuse."""
FLEX = r"display:\s*(?:inline-)?flex"
GAP = r"(?:row-|column-)?gap\s*:"
NEWER_CSS = {
    "focus-visible, 86": r":focus-visible",
    "inset, 87": r"\binset(-\w+)*\s*:",
    "margin-inline, padding-block, 87": r"\b(margin|padding)-(inline|block)\s*:",
    "is, where, 88": r":(is|where)\(",
    "aspect-ratio, 88": r"\baspect-ratio\s*:",
    "accent-color, 93": r"\baccent-color\s*:",
    "has, 105": r":has\(",
    "dir, 120": r":dir\(",
    "gap of flex, 84": rf"\{{[^}}]*{FLEX}[^}}]*[\s;]{GAP}|\{{[^}}]*[\s;]{GAP}[^}}]*{FLEX}",
}
COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", re.DOTALL)


def sources(*kinds: str) -> Iterator[tuple[str, str]]:
    """As they are written, without comments."""
    for path in (*(STATIC / "worker").rglob("*.*"), *(STATIC / "phone").glob("*.*")):
        if path.suffix[1:] in kinds:
            yield path.relative_to(STATIC).as_posix(), COMMENT.sub("", path.read_text(encoding="utf-8"))


def newer(words: dict[str, str], *kinds: str) -> list[tuple[str, str]]:
    return [
        (path, name)
        for path, text in sources(*kinds)
        for name, pattern in words.items()
        if re.search(pattern, text, re.MULTILINE)
    ]


def test_no_script_is_newer_than_the_oldest_phone() -> None:
    assert newer(NEWER_JS, "mjs", "js") == []


def test_what_is_read_first_is_read_by_every_browser_that_knows_modules() -> None:
    """It still has to say to an older one that the number on the card is to be called."""
    first = [(path, text) for path, text in sources("mjs") if path.startswith("worker/first/")]
    assert len(first) > 1
    assert [(path, why) for path, text in first for why, one in AFTER_2018.items() if re.search(one, text)] == []


def test_no_style_is_newer_than_the_oldest_phone() -> None:
    assert newer(NEWER_CSS, "css") == []


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (NEWER_JS, "a ??= 1;"),
        (NEWER_JS, "list.at(-1)"),
        (NEWER_JS, "const a = await b;"),
        (NEWER_JS, "await b;"),
        (NEWER_CSS, "a { display: flex; gap: 1px }"),
        (NEWER_CSS, "a { gap: 1px; display: flex }"),
        (NEWER_CSS, "a { margin-inline: 1px }"),
    ],
)
def test_what_is_newer_is_seen(words: dict[str, str], text: str) -> None:
    assert any(re.search(pattern, text, re.MULTILINE) for pattern in words.values())


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (NEWER_JS, "  const a = await b;"),
        (NEWER_CSS, "a { display: grid; gap: 1px } b { display: flex }"),
        (NEWER_CSS, "a { margin-inline-start: 1px }"),
    ],
)
def test_what_is_old_enough_passes(words: dict[str, str], text: str) -> None:
    assert not any(re.search(pattern, text, re.MULTILINE) for pattern in words.values())


def test_the_page_and_the_packs_are_what_their_sources_make() -> None:
    """Else: make web."""
    assert {path: (STATIC / path).read_bytes() for path in i18n.packs()} == i18n.packs()
    assert worker.page() == write.page()


def test_what_phones_run_was_built_from_these_sources() -> None:
    """Else: make vendor, then make web."""
    worker_folder = STATIC / "worker"
    paths = sorted(path for path in worker_folder.rglob("*.*") if path.suffix in {".mjs", ".css", ".js", ".svg"})
    sums = [
        f"{sha256(path.read_bytes()).hexdigest()}  {path.relative_to(worker_folder).as_posix()}\n" for path in paths
    ]
    assert (STATIC / "phone" / "SOURCES.txt").read_text(encoding="utf-8") == "".join(sums)


def test_phones_are_served_three_files_of_modules() -> None:
    """What is asked for first asks for none of the others before its time."""
    modules = {path: body for path, body in worker.plain().items() if path.endswith(".mjs")}
    assert set(modules) == {"phone/first.mjs", "phone/rest.mjs", "phone/mail.mjs"}
    assert not re.search(rb'\bfrom ?"', modules["phone/first.mjs"])


def test_writing_again_writes_the_same(tmp_path: Path) -> None:
    write.write(tmp_path)
    assert (tmp_path / worker.PAGE).read_text(encoding="utf-8") == worker.page()


def test_no_module_reaches_out_or_makes_markup() -> None:
    """One host; no sink of markup, no storage but the token's, no code from text."""
    sinks = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|localStorage|document\.cookie"
        r"|https?://(?!www\.w3\.org/)"
    )
    stores = re.compile(r"\bsessionStorage\b")
    ours = [(path, text) for path, text in sources("mjs", "js") if path.startswith("worker/")]
    assert [path for path, text in ours if sinks.search(text)] == []
    assert {path for path, text in ours if stores.search(text)} <= {"worker/rest/token.mjs", "worker/first/flow.mjs"}
