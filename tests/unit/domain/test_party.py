"""Scopes of watchdogs, from one supplier to all."""

from uuid import UUID

import pytest

from laborvoice.domain.ids import SupplierId
from laborvoice.domain.party import is_scope, scopes_over, supplier_scope

SUPPLIER = SupplierId.of(UUID("6f9619ff-8b86-4011-b42d-00c04fc964ff"))


def test_scopes_go_from_the_most_specific_to_all() -> None:
    assert scopes_over(SUPPLIER, "BD", ("1410", "1312", "1420")) == (
        frozenset({"6f9619ff-8b86-4011-b42d-00c04fc964ff"}),
        frozenset({"BD-14", "BD-13"}),
        frozenset({"BD"}),
        frozenset({"all"}),
    )


def test_a_supplier_without_a_sector_has_no_division() -> None:
    assert scopes_over(SUPPLIER, "BD", ())[1] == frozenset()


@pytest.mark.parametrize("text", ["all", "BD", "BD-14", supplier_scope(SUPPLIER)])
def test_four_forms_are_scopes(text: str) -> None:
    assert is_scope(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bd",
        "B",
        "BDX",
        "BD-",
        "BD-1",
        "BD-144",
        "BD-1a",
        "BD-²²",
        "ÄÖ",
        "everything",
        supplier_scope(SUPPLIER).upper(),
    ],
)
def test_others_are_not(text: str) -> None:
    assert not is_scope(text)
