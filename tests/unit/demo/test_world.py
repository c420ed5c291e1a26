"""The synthetic world is the table of the design, and its identifiers are right."""

from datetime import date

import pytest

from laborvoice.demo.sites import NOWHERE, SMALL, WHOLE
from laborvoice.demo.world import World, closed_quarters, demo_os_id
from laborvoice.domain.campaign import LEAST_INVITES, most_invites
from laborvoice.domain.policy import STANDARD
from laborvoice.domain.supplier import checks

WORLDS = pytest.mark.parametrize("world", [WHOLE, SMALL], ids=["whole", "small"])


def test_the_two_identifiers_that_the_design_names() -> None:
    assert (demo_os_id("BD", 1), demo_os_id("PK", 7)) == ("BD2026001DEM011", "PK2026001DEM07W")


@WORLDS
def test_every_supplier_is_marked_and_checks(world: World) -> None:
    assert all(checks("os_id", site.os_id) for site in world.sites)
    assert all(site.name.endswith("(demo)") for site in world.sites)
    assert all(party.name.endswith("(demo)") for party in (*world.brands, *world.watchdogs))
    assert len({site.os_id for site in world.sites}) == len(world.sites)


@WORLDS
def test_every_poll_can_be_opened(world: World) -> None:
    for site in world.polled:
        assert LEAST_INVITES <= site.cards <= most_invites(site.workforce)
        assert site.answers < site.cards
        assert len(site.levels) == world.quarters
        assert all(len(shares) == world.quarters for shares in site.overrides.values())


@WORLDS
def test_links_are_to_suppliers_there_are(world: World) -> None:
    known = {site.short for site in world.sites}
    for brand in world.brands:
        assert known.issuperset((*brand.links, *brand.claims))
        assert not set(brand.links) & set(brand.claims)
    assert any(brand.claims for brand in world.brands)


def test_the_whole_world_has_the_numbers_of_the_design() -> None:
    assert sum(site.answers for site in WHOLE.sites) * WHOLE.quarters == 6_424
    assert (len(WHOLE.brands), len(WHOLE.watchdogs), len(WHOLE.sites), WHOLE.quarters) == (2, 3, 14, 4)
    assert set(WHOLE.brands[0].links) & set(WHOLE.brands[1].links)
    kestrel = WHOLE.sites[10]
    assert (kestrel.workforce, kestrel.cards) == (60, 30)


def test_what_is_usual_in_bd_can_be_learnt() -> None:
    """Of the others of each supplier there, at least three have no link to one brand or the other."""
    there = [site.short for site in WHOLE.sites if site.country == "BD"]
    for own in there:
        others = set(there) - {own}
        assert len(others) >= 5
        assert all(len(others - set(brand.links)) >= 3 for brand in WHOLE.brands)


def test_the_small_world_shows_both_states_whatever_noise_is_drawn() -> None:
    for site in SMALL.polled:
        if site.short == "Kestrel Orchard":
            assert site.answers * SMALL.quarters + STANDARD.bound < STANDARD.published_from
        else:
            assert site.answers - STANDARD.bound >= STANDARD.published_from
    assert SMALL.quarters > STANDARD.carry_limit


def test_countries_are_listed_once() -> None:
    assert WHOLE.countries == ("BD", "ID", "KH", "MY", "PK", "TH", "TR", "VN", NOWHERE)


@pytest.mark.parametrize(
    ("today", "labels"),
    [
        (date(2026, 11, 24), ("2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3")),
        (date(2027, 1, 2), ("2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3")),
        (date(2027, 1, 3), ("2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4")),
        (date(2027, 1, 4), ("2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4")),
    ],
)
def test_the_last_quarter_is_the_newest_whose_box_has_closed(today: date, labels: tuple[str, ...]) -> None:
    assert tuple(one.label for one in closed_quarters(today, 4)) == labels
    assert [one.label for one in closed_quarters(today, 1)] == [labels[-1]]
