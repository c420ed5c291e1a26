"""Sheets: cells as people fill them in."""

from datetime import date

import pytest

from laborvoice.domain.cells import Remark
from laborvoice.domain.sheet import Sheet, read
from laborvoice.domain.supplier import Profile
from laborvoice.errors import Malformed

COUNTRIES = {"bd": "BD", "bangladesh": "BD", "vn": "VN"}
HEAD = "country,name,address"


def row(column: str, cell: str) -> Sheet:
    return read(f'{HEAD},{column}\nBD,A,1 Road,"{cell}"'.encode(), COUNTRIES)


def site(column: str, cell: str) -> Profile:
    (line,) = row(column, cell).lines
    return line.profile


@pytest.mark.parametrize(
    ("cell", "least", "most"),
    [
        ("1,200", 1200, 1200),
        ("100-200", 100, 200),
        ("100 \u2013 200", 100, 200),
        ("1.001 to 5.000", 1001, 5000),
        ("10000+", 10000, None),
        ("0", 0, 0),
    ],
)
def test_numbers_of_workers(cell: str, least: int, most: int | None) -> None:
    found = site("number_of_workers", cell)
    assert (found.workers_min, found.workers_max) == (least, most)


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("number_of_workers", "many"),
        ("number_of_workers", "1-99999999999"),
        ("number_of_workers", "99999999999"),
        ("number_of_workers", "9-5"),
        ("workers_max", "-5"),
        ("lat", "north"),
        ("lat", "91"),
        ("lng", "181"),
        ("lng", "nan"),
        ("kind", "office"),
        ("isic", "textiles"),
        ("products", "shirts"),
        ("native_language_name", "x" * 501),
        ("native_name", "a\x07b"),
        ("parent_company", "\x00"),
        ("is_closed", "perhaps"),
        ("os_id", "BD-?-1"),
        ("lei", "Ä" * 20),
        ("gln", "1" * 41),
        ("imo", "9074728"),
        ("tier", "5"),
        ("disclosure", "secret"),
        ("from", "01.02.2026"),
    ],
)
def test_what_is_odd_is_warned_of_and_the_row_stays(column: str, cell: str) -> None:
    found = row(column, cell)
    assert len(found.lines) == 1
    (warned,) = found.warnings
    assert (warned.row, warned.detail[-1]) == (2, ".")
    assert len(warned.value) <= 40


def test_what_is_read() -> None:
    head = "Country_Code,Facility Name,ADDRESS,lat,lng,kind,isic_4,hs,is_closed,gln,workers_min,workers_max"
    cells = "bangladesh, A   B ,1 Road,23.5,90.25,Farm,1410|0111|1410,610910;620342,Yes,5412345000013,10,20"
    (line,) = read(f"{head}\n{cells}".encode(), COUNTRIES).lines
    assert line.profile == Profile(
        name="A B",
        address="1 Road",
        country="BD",
        kind="farm",
        lat=23.5,
        lng=90.25,
        isic=("1410", "0111"),
        products=("610910", "620342"),
        closed=True,
        workers_min=10,
        workers_max=20,
        identifiers={"gln": "5412345000013"},
    )


def test_half_a_place_is_none() -> None:
    assert site("lat", "10").lat is None


def test_what_a_brand_says_of_its_purchases() -> None:
    head = f"{HEAD},tier,role,source,disclosure,from,to"
    text = f"{head}\nBD,A,B,3,dyeing,audit,Public,2026-01-01,2026-05-01\nBD,A,B,,,,,2026-05-01,2026-01-01"
    one, two = read(text.encode(), COUNTRIES).lines
    assert (one.terms.tier, one.terms.role, one.terms.source, one.terms.disclosure) == (3, "dyeing", "audit", "public")
    assert (one.terms.from_day, one.terms.to_day) == (date(2026, 1, 1), date(2026, 5, 1))
    assert (two.terms.tier, two.terms.disclosure, two.terms.to_day) == (1, "private", None)


def test_a_remark_shows_what_stood_there() -> None:
    found = read(f"{HEAD}\nAtlantis,A,B".encode(), COUNTRIES)
    (remark,) = found.rejected
    assert (remark.value, remark.column) == ("Atlantis", "country")
    assert found.lines == ()


def test_empty_rows_are_counted_and_left_out() -> None:
    found = read(f"{HEAD}\n,,\n\nBD,A,B\n".encode(), COUNTRIES)
    assert [line.row for line in found.lines] == [4]


def test_columns_that_are_not_read_are_named() -> None:
    found = read(f"{HEAD},sector,,{'y' * 99}\nBD,A,B,x,,\n".encode(), COUNTRIES)
    assert [(one.row, one.column) for one in found.warnings] == [(1, "sector"), (1, "y" * 40)]
    assert found.lines[0].row == 2


def test_cells_beyond_the_columns_may_be_empty() -> None:
    assert len(read(f"{HEAD}\nBD,A,B,,,".encode(), COUNTRIES).lines) == 1


@pytest.mark.parametrize("raw", [b"", b"\n", b"a,b", b"country;name;address", b"country,name,address,Name\n"])
def test_what_is_no_such_file(raw: bytes) -> None:
    with pytest.raises(Malformed):
        read(raw, COUNTRIES)


def test_where_the_file_breaks_off() -> None:
    text = f'{HEAD}\nBD,A,B\nBD,"' + "x" * 200_000
    found = read(text.encode(), COUNTRIES)
    assert [line.row for line in found.lines] == [2]
    assert isinstance(found.rejected[0], Remark)
    assert found.rejected[0].row == 3
