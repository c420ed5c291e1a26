"""Tables as files: CSV, JSON and printable HTML, written row by row, so that none is ever whole in memory.

Our CSV is UTF-8 after RFC 4180. A cell that a spreadsheet would take for a formula gets an apostrophe before it.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from html import escape
from typing import Final, Protocol

import msgspec

from laborvoice.domain import ids
from laborvoice.domain.export import Cells, ExportFormat, Table

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_STYLE: Final = (
    "@page{size:A4 landscape;margin:12mm}body{font:10pt/1.4 system-ui,sans-serif;margin:1rem}"
    "table{border-collapse:collapse;width:100%}th,td{border:.5pt solid #777;padding:2pt 4pt;text-align:start;"
    "vertical-align:top;overflow-wrap:anywhere}thead{display:table-header-group}tr{break-inside:avoid}"
)


class Writer(Protocol):
    """``together``: all tables of an export are one file, between ``begin`` and ``end``."""

    together: bool

    def begin(self, title: str) -> str: ...

    def head(self, table: Table) -> str: ...

    def rows(self, table: Table, rows: Sequence[Cells]) -> str: ...

    def foot(self, notes: Sequence[str]) -> str: ...

    def end(self, notes: Sequence[str]) -> str: ...


def writer(form: ExportFormat) -> Writer:
    """A new one for each export: it remembers where in a file it is."""
    writers: dict[ExportFormat, type[Writer]] = {"csv": _Csv, "json": _Json, "html": _Html}
    return writers[form]()


class _Csv:
    together = False

    def begin(self, title: str) -> str:
        del title
        return ""

    def head(self, table: Table) -> str:
        return _lines([table.columns])

    def rows(self, table: Table, rows: Sequence[Cells]) -> str:
        del table
        return _lines(tuple(inert(cell) for cell in row) for row in rows)

    def foot(self, notes: Sequence[str]) -> str:
        del notes
        return ""

    end = foot


class _Json:
    together = False

    def __init__(self) -> None:
        self._between = ""

    def begin(self, title: str) -> str:
        del title
        return ""

    def head(self, table: Table) -> str:
        del table
        self._between = "\n"
        return "["

    def rows(self, table: Table, rows: Sequence[Cells]) -> str:
        said: list[str] = []
        for row in rows:
            named = dict(zip(table.columns, row, strict=True))
            said += self._between, msgspec.json.encode(named, enc_hook=ids.encode).decode()
            self._between = ",\n"
        return "".join(said)

    def foot(self, notes: Sequence[str]) -> str:
        del notes
        return "\n]\n"

    def end(self, notes: Sequence[str]) -> str:
        del notes
        return ""


class _Html:
    together = True

    def begin(self, title: str) -> str:
        told = escape(title)
        return (
            f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{told}</title>\n'
            f"<style>{_STYLE}</style>\n<h1>{told}</h1>\n"
        )

    def head(self, table: Table) -> str:
        names = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.columns)
        return f"<h2>{escape(table.title)}</h2>\n<table>\n<thead><tr>{names}</tr></thead>\n<tbody>\n"

    def rows(self, table: Table, rows: Sequence[Cells]) -> str:
        del table
        return "".join(f"<tr>{''.join(f'<td>{_shown(cell)}</td>' for cell in row)}</tr>\n" for row in rows)

    def foot(self, notes: Sequence[str]) -> str:
        del notes
        return "</tbody>\n</table>\n"

    def end(self, notes: Sequence[str]) -> str:
        return "".join(f"<p>{escape(note)}</p>\n" for note in notes) + "</html>\n"


def _lines(rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def inert(cell: object) -> object:
    """What no spreadsheet takes for a formula. A number is one, also a negative one."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _shown(cell: object) -> str:
    return "" if cell is None else escape(str(cell))
