"""Candidates: what becomes of the rows of a sheet."""

from laborvoice.domain.candidate import Known, sort
from laborvoice.domain.cells import Terms
from laborvoice.domain.ids import SupplierId, SupplierKey
from laborvoice.domain.sheet import Line
from laborvoice.domain.supplier import Profile

TERMS = Terms(tier=1, role="", source="", disclosure="private", from_day=None, to_day=None)
OS_ID, OLD = "BD2026001DEM011", "PK2026001DEM07W"
GLN = "5412345000013"


def known(name: str, address: str = "Savar, Dhaka", **more: object) -> Known:
    fields = {
        "supplier_id": SupplierKey(1),
        "public_id": SupplierId.draw(bytes(16)),
        "native_name": None,
        "country": "BD",
        "os_id": None,
        "historical_os_ids": (),
        "identifiers": (),
        **more,
    }
    return Known(name=name, address=address, **fields)  # type: ignore[arg-type]  # fields of a test


def line(row: int, name: str, address: str = "Savar, Dhaka", **more: object) -> Line:
    site = Profile(name=name, address=address, country="BD", kind="factory", **more)  # type: ignore[arg-type]  # as above
    return Line(row=row, profile=site, terms=TERMS)


def test_new_matched_and_to_be_looked_at() -> None:
    rows = (line(2, "Padma Denim Ltd"), line(3, "Padma Denim", "Mirpur"), line(4, "Omega Shoes"))
    found = sort(rows, [known("Padma Denim")], ())
    assert ([one.row for one in found.new], found.matched) == ([4], 1)
    (review,) = found.review
    assert (review.row, review.name, review.candidates[0].id) == (3, "Padma Denim", SupplierId.draw(bytes(16)))


def test_rows_are_compared_with_those_before_them() -> None:
    rows = (line(2, "Padma Denim"), line(3, "Padma Denim Ltd"), line(4, "Padma Denim", "Mirpur"))
    found = sort(rows, [], ())
    assert ([one.row for one in found.new], found.matched) == ([2], 1)
    (candidate,) = found.review[0].candidates
    assert (candidate.row, candidate.id) == (2, None)


def test_what_is_looked_at_can_be_made_and_what_is_known_cannot() -> None:
    rows = (line(2, "Padma Denim"), line(3, "Padma Denim", "Mirpur"))
    found = sort(rows, [known("Padma Denim")], {2, 3})
    assert ([one.row for one in found.new], found.matched, found.review) == ([3], 1, ())


def test_by_numbers_old_ones_too() -> None:
    here = [known("A", os_id=OS_ID, historical_os_ids=(OLD,), identifiers=(f"gln:{GLN}", "lei:WRONG", "os_id:BAD"))]
    for identifiers in ({"os_id": OS_ID}, {"os_id": OLD}, {"gln": GLN}):
        assert sort((line(2, "B", "Else", identifiers=identifiers),), here, ()).matched == 1
    for identifiers in ({"lei": "WRONG"}, {"os_id": "BAD"}):
        assert sort((line(2, "B", "Else", identifiers=identifiers),), here, ()).matched == 0
