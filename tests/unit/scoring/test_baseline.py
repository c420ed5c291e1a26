"""What is usual (design, domain 4.3)."""

from collections.abc import Callable, Collection
from typing import Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laborvoice.domain.release import Statistics
from laborvoice.scoring.baseline import ASSUMED, UsualSource, per_million, sums, usual

Row = Callable[..., Statistics]
VECTOR: Final = (90000, 120000, -10000, 60000, 150000, 80000)
"""u of a country's suppliers; the first five are of one division."""


def source(
    supplier: str,
    u: int,
    *,
    brands: Collection[str] = (),
    division: str | None = "14",
    composite: int = 2_000_000,
    counts: bool = True,
) -> UsualSource:
    return UsualSource(
        supplier=supplier,
        brands=frozenset(brands),
        country="BD",
        division=division,
        composite=composite,
        conditions=(u,) * 16 if counts else None,
    )


def country(linked: int = 0) -> list[UsualSource]:
    return [
        source(f"s{i}", u, division="14" if i < 5 else "10", brands=["b"] if i < linked else [])
        for i, u in enumerate(VECTOR)
    ]


def test_vector_of_the_design() -> None:
    found = usual(sums(country()), supplier="new", country="BD", division="14")
    assert found.conditions[0] == 0.078
    assert (found.suppliers, found.level) == (5, "sector")
    assert (found.condition_suppliers, found.condition_level) == (5, "sector")
    assert found.composite == pytest.approx((4 * (4 * 1.6 + 12) / 10 + 10) / 9, abs=1e-6)


def test_brand_linked_to_three_of_five_closes_the_division() -> None:
    found = usual(sums(country(linked=3)), supplier="new", country="BD", division="14")
    assert found.conditions[0] == 0.073
    assert (found.suppliers, found.level) == (6, "country")


def test_brand_linked_to_four_of_six_closes_the_country() -> None:
    assert usual(sums(country(linked=4)), supplier="new", country="BD", division="14") == ASSUMED


@pytest.mark.parametrize("place", [("PK", "14"), ("PK", None)])
def test_nothing_known_of_a_place(place: tuple[str, str | None]) -> None:
    assert usual(sums(country()), supplier="new", country=place[0], division=place[1]) == ASSUMED


def test_supplier_without_division_has_its_country() -> None:
    rows = [*country(), source("odd", 80000, division=None)]
    found = usual(sums(rows), supplier="new", country="BD", division=None)
    assert (found.suppliers, found.level) == (7, "country")
    assert usual(sums(rows), supplier="odd", country="BD", division=None).suppliers == 6


def test_own_release_stays_out() -> None:
    rows = country()
    without = usual(sums(row for row in rows if row.supplier != "s0"), supplier="s0", country="BD", division="14")
    assert usual(sums(rows), supplier="s0", country="BD", division="14") == without
    assert (without.suppliers, without.level) == (5, "country")


def test_own_links_stay_out_too() -> None:
    # Three of seven are linked to b; without s0, which is one of them, two of six are.
    rows = [*country(linked=3), source("s6", 50000)]
    assert usual(sums(rows), supplier="s0", country="BD", division="14").level == "sector"
    # Without an unlinked one three of five are.
    assert usual(sums(rows), supplier="s4", country="BD", division="14").level == "country"


def test_own_release_elsewhere_is_not_subtracted() -> None:
    found = usual(sums(country()), supplier="s5", country="BD", division="14")
    assert (found.suppliers, found.level) == (5, "sector")


def test_conditions_are_fed_by_counts_alone() -> None:
    rows = [*country(), *(source(f"t{i}", 0, counts=False) for i in range(4))]
    found = usual(sums(rows), supplier="t0", country="BD", division="14")
    assert (found.suppliers, found.condition_suppliers) == (8, 5)
    assert found.conditions[0] == 0.078
    few = [source(f"t{i}", 0, counts=i < 4) for i in range(9)]
    found = usual(sums(few), supplier="new", country="BD", division="14")
    assert (found.level, found.condition_level, found.condition_suppliers) == ("sector", "assumed", 0)
    assert found.conditions == ASSUMED.conditions


def test_links_are_judged_within_what_feeds() -> None:
    rows = [source(f"s{i}", 90000, brands=["b"] if i < 4 else [], counts=i < 6) for i in range(9)]
    found = usual(sums(rows), supplier="new", country="BD", division="14")
    assert (found.level, found.condition_level) == ("sector", "assumed")


def test_clipped_at_the_end_only() -> None:
    low = [source(f"s{i}", -30000, composite=-2_000_000) for i in range(20)]
    found = usual(sums(low), supplier="new", country="BD", division="14")
    assert (found.composite, found.conditions[0]) == (0.2, 0.005)
    high = [source(f"s{i}", 2_000_000, composite=20_000_000) for i in range(20)]
    found = usual(sums(high), supplier="new", country="BD", division="14")
    assert (found.composite, found.conditions[0]) == (9.0, 0.9)
    # The country lies below the bound, and its division is shrunk towards it unclipped.
    mixed = [*low, *(source(f"t{i}", 60000, division="10") for i in range(5))]
    parent = (4 * 0.06 - 20 * 0.03 + 5 * 0.06) / 29
    assert usual(sums(mixed), supplier="new", country="BD", division="10").conditions[0] == pytest.approx(
        (4 * parent + 0.3) / 9, abs=1e-6
    )


def test_per_million_floors_and_does_not_clip(row: Row) -> None:
    composite, shares = per_million(row("2026-09-30", 300, -1, [-1, 310, *[1] * 14]))
    assert composite == -3334
    assert shares is not None
    assert shares[:3] == (-3334, 1033333, 3333)
    assert per_million(row("2026-09-30", 90, 180)) == (2_000_000, None)


def test_kept_sources_give_the_same() -> None:
    kept = msgspec.json.encode(country(linked=2))
    again = msgspec.json.decode(kept, type=tuple[UsualSource, ...])
    assert usual(sums(again), supplier="s0", country="BD", division="14") == usual(
        sums(country(linked=2)), supplier="s0", country="BD", division="14"
    )


@given(order=st.permutations(range(6)), linked=st.integers(0, 6), supplier=st.sampled_from(["s0", "s5", "new"]))
def test_order_of_suppliers_changes_nothing(order: list[int], linked: int, supplier: str) -> None:
    rows = country(linked)
    shuffled = [rows[i] for i in order]
    assert usual(sums(shuffled), supplier=supplier, country="BD", division="14") == usual(
        sums(rows), supplier=supplier, country="BD", division="14"
    )


@given(j=st.integers(1, 12), linked=st.integers(0, 12), own=st.booleans())
def test_level_counts_from_five_and_with_three_unlinked(j: int, linked: int, *, own: bool) -> None:
    rows = [source(f"s{i}", 90000, brands=["b"] if i < linked else ["c"] if i == linked else []) for i in range(j)]
    rows += [source("own", 500000, brands=["b", "d"])] if own else []
    found = usual(sums(rows), supplier="own", country="BD", division="14")
    counts = j >= 5 and j - linked >= 3
    assert found.level == ("sector" if counts else "assumed")
    assert found.suppliers == (j if counts else 0)
