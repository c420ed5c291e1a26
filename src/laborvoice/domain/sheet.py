"""Sheets: suppliers in a file of comma-separated values, read row by row: a bad row never stops the others.

Columns have the names that Open Supply Hub gives them, or ours. A row is refused where the site cannot be told from it;
what else is wrong is left out, or kept as it is, with a warning. Each remark names row, column, and what to do.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.cells import COLUMNS, Cells, Remark, Terms, profile, terms
from laborvoice.domain.supplier import Profile
from laborvoice.errors import Malformed

ROWS_MAX: Final = 10_000
HEADER_ROW: Final = 1
REQUIRED: Final = ("country", "name", "address")
_BOM: Final = b"\xef\xbb\xbf"
_SAID: Final = 40


class Line(Value, frozen=True):
    """A row that can be used: ``row`` as a spreadsheet numbers it, the header being 1."""

    row: int
    profile: Profile
    terms: Terms


class Sheet(Value, frozen=True):
    lines: tuple[Line, ...]
    rejected: tuple[Remark, ...]
    warnings: tuple[Remark, ...]


def read(raw: bytes, countries: Mapping[str, str]) -> Sheet:
    """``countries``: small letters to code. Raises Malformed where it is no such file, or too long."""
    text = raw.removeprefix(_BOM).decode("utf-8", errors="surrogateescape")
    rows, torn = _rows(text)
    header: list[str] = next(rows, list[str]())
    names = _columns(header)
    lines: list[Line] = []
    rejected: list[Remark] = []
    warnings = list(_unread(header, names))
    for number, cells in enumerate(rows, HEADER_ROW + 1):
        if number - HEADER_ROW > ROWS_MAX:
            raise Malformed(f"A file has at most {ROWS_MAX:,} rows. Split it.")
        if any(cell.strip() for cell in cells):
            _one(number, names, cells, countries, (lines, rejected, warnings))
    return Sheet(lines=tuple(lines), rejected=(*rejected, *torn), warnings=tuple(warnings))


def _rows(text: str) -> tuple[Iterator[list[str]], list[Remark]]:
    """What can be read, and, once that is done, where it broke off."""
    torn: list[Remark] = []

    def rows() -> Iterator[list[str]]:
        reader, row = csv.reader(io.StringIO(text, newline="")), 0
        try:
            for row, cells in enumerate(reader, HEADER_ROW):  # noqa: B007 - told below
                yield cells
        except csv.Error:
            detail = "From here on nothing could be read. Look for a quotation mark that is never closed."
            torn.append(Remark(row=row + 1, column="", detail=detail))

    return rows(), torn


def _columns(header: list[str]) -> tuple[str, ...]:
    """Our name of each column, empty for those that are not read. Raises Malformed."""
    names = tuple(COLUMNS.get(cell.strip().casefold().replace(" ", "_"), "") for cell in header)
    if len(header) == 1 and ";" in header[0]:
        raise Malformed("Columns are separated by semicolons. Save the file with commas between columns.")
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise Malformed(f"The first row must name the columns; missing: {', '.join(missing)}.")
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise Malformed(f"These columns are there twice: {', '.join(twice)}. Keep one of each.")
    return names


def _unread(header: list[str], names: tuple[str, ...]) -> Iterator[Remark]:
    for cell, name in zip(header, names, strict=True):
        if cell.strip() and not name:
            yield Remark(row=HEADER_ROW, column=_said(cell), detail="This column is not read.")


def _said(text: str) -> str:
    """Of what somebody wrote, what can be shown."""
    return text.encode("utf-8", errors="replace").decode("utf-8").strip()[:_SAID]


def _one(
    row: int,
    names: tuple[str, ...],
    cells: list[str],
    countries: Mapping[str, str],
    found: tuple[list[Line], list[Remark], list[Remark]],
) -> None:
    lines, rejected, warnings = found
    if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
        detail = "There are more cells than columns. Put text that holds a comma in quotation marks."
        rejected.append(Remark(row=row, column="", value=_said(cells[len(names)]), detail=detail))
        return
    given = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name}
    read_row = Cells(row, given)
    site, deal = profile(read_row, countries), terms(read_row)
    rejected += read_row.refused
    if site is not None:
        warnings += read_row.warned
        lines.append(Line(row=row, profile=site, terms=deal))
