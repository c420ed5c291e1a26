"""A published statistic has one value: whatever the release, over API, pages, charts, exports and events together.

The doors are walked, not named: one that is added to HANDLERS or PAGES is in this test.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator
from html import unescape
from typing import Any, cast

import msgspec
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from laborvoice.bootstrap.portal import PortalParts
from laborvoice.domain.condition import CONDITIONS
from laborvoice.web import words
from support import surfaces
from support.registry_world import World
from support.signing import person

Value = tuple[object, ...]
Found = Iterator[tuple[str, Value]]

FIGURES = re.compile(r"(\d+) (?:of 100, 90 % range (\d+)(?:\N{EN DASH}| to )(\d+)|\((\d+)\N{EN DASH}(\d+)\))")
SHARES = re.compile(r"(\d+) % \((\d+)\N{EN DASH}(\d+)(?: %)?\)")
BAND = re.compile(r'class="b b-(\w+)"| to \d+, (\w+)\.')
ABOUT = re.compile(r"about (\d+)\b(?! %)")


def of_row(row: dict[str, Any]) -> Found:
    """Of an object of JSON or a row of a table, by the names of its fields."""
    if row.get("condition") and _told(row, "share"):
        share, low, high = (float(row[name]) for name in ("share", "low", "high"))
        yield f"share {row['condition']}", (words.percent(share), words.low_percent(low), words.high_percent(high))
    elif _told(row, "score") and _told(row, "low"):
        yield "score", tuple(int(row[name]) for name in ("score", "low", "high"))
        yield "band", (row["band"],)
    if _told(row, "answers"):
        yield "answers", (int(row["answers"]),)


def _told(row: dict[str, Any], name: str) -> bool:
    return isinstance(row.get(name), int | float | str) and row[name] != ""


def of_json(value: object) -> Found:
    if isinstance(value, dict):
        row = cast("dict[str, Any]", value)
        yield from of_row(row)
        for inner in row.values():
            yield from of_json(inner)
    elif isinstance(value, list):
        for inner in cast("list[object]", value):
            yield from of_json(inner)


def of_text(text: str) -> Found:
    """Of what a person reads: figures with their range, shares with theirs, the band, and how many answered."""
    for one in BAND.findall(text):
        yield "band", (one[0] or one[1],)
    bare = unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text.replace("</text>", " "))))
    for one in FIGURES.findall(bare):
        yield "score", tuple(int(part) for part in one if part)
    for one in SHARES.findall(bare):
        yield "shares", tuple(map(int, one))
    for one in ABOUT.findall(bare):
        yield "answers", (int(one),)


def told(asked: str, answer: bytes) -> Found:
    """By the type of what was answered."""
    body = answer.partition(b"\n\n")[2] if asked.startswith("GET ") else answer
    if asked.endswith(("html", "svg+xml")):
        yield from of_text(body.decode())
    elif asked.endswith("csv"):
        for row in csv.DictReader(io.StringIO(body.decode(), newline="")):
            yield from of_row(row)
    elif asked.endswith("json") and body:
        for line in body.splitlines() if asked.endswith("ndjson") else (body,):
            yield from of_json(msgspec.json.decode(line))


# A failing example is told as it is: to make it smaller would walk all doors a hundred times.
@settings(
    max_examples=3,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    n=st.integers(26, 900),
    gravity=st.integers(0, 40),
    counts=st.lists(st.integers(-6, 60), min_size=len(CONDITIONS), max_size=len(CONDITIONS)),
)
async def test_each_figure_has_one_value(
    world: World, client: Any, parts: PortalParts, n: int, gravity: int, counts: list[int]
) -> None:
    brand, one = await world.party("brand"), await world.supplier()
    await world.period("2026-Q3")
    await world.linked(brand, one)
    wide = {"conditions": tuple(count * n // 100 for count in counts)} if n >= 100 else {}
    release = await world.release(one, "2026-Q3", n=n, severity_sum=gravity * n // 10, **wide)
    officer = await person(world, parts.signing_in, brand, "brand_admin", f"Ana {one}")
    values = {"supplier": (one,), "s": (one,), "release": (release,), "chart": ("trend.svg", "gauge.svg")}
    reader = await surfaces.reader(client, parts, officer, **values)
    world.clock.ticks += 3600
    found: defaultdict[str, dict[Value, str]] = defaultdict(dict)
    saying: set[str] = set()
    for asked, answer in (await reader.everything(own=False) | await reader.exported()).items():
        for name, value in told(asked, answer):
            found[name].setdefault(value, asked)
            saying.add(asked.rpartition("/")[2].rpartition(".")[2])
    shares = found.pop("shares", {})
    assert shares.keys() <= {value for name, of in found.items() if name.startswith("share ") for value in of}
    assert {name: of for name, of in found.items() if len(of) > 1} == {}
    assert {"score", "band", "answers"} <= found.keys()
    assert len(found) == 3 + (len(CONDITIONS) if wide else 0)
    assert saying >= {"json", "csv", "x-ndjson", "html", "svg+xml"}
