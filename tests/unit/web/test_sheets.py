"""Tables as files: what a spreadsheet would compute is text, what is a number stays one."""

import csv
import io
import json
from typing import Any

import pytest

from laborvoice.domain.export import ExportFormat, Table
from laborvoice.web import sheets

TABLE = Table(name="t", title="A <table>", columns=("name", "number"))


def written(form: ExportFormat, rows: Any) -> str:
    writer = sheets.writer(form)
    parts = [writer.begin("Title & more"), writer.head(TABLE), *(writer.rows(TABLE, [row]) for row in rows)]
    return "".join([*parts, writer.foot(["A <note>."]), writer.end(["A <note>."])])


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(first: str) -> None:
    text = written("csv", [(f"{first}cmd|' /C calc'!A0", -0.5)])
    _, (cell, number) = csv.reader(io.StringIO(text, newline=""))
    assert cell == f"'{first}cmd|' /C calc'!A0"
    assert number == "-0.5"


def test_csv_is_that_of_the_rfc() -> None:
    assert written("csv", [('a "b", c\n', 1), (None, None)]) == 'name,number\r\n"a ""b"", c\n",1\r\n,\r\n'


@pytest.mark.parametrize("rows", [[], [("a", 1)], [("=a", None), ("ü", -2.5)]])
def test_json_is_whole(rows: Any) -> None:
    assert json.loads(written("json", rows)) == [{"name": name, "number": number} for name, number in rows]


def test_html_escapes_and_carries_its_limits() -> None:
    text = written("html", [("<script>", None)])
    assert "<td>&lt;script&gt;</td><td></td>" in text
    assert "<title>Title &amp; more</title>" in text
    assert "<p>A &lt;note&gt;.</p>" in text
    assert "@page{size:A4" in text
    assert sheets.writer("html").together
