"""Views alone: the same read for pages and for systems."""

from typing import Any

import pytest

from laborvoice.domain.supplier import Filter
from laborvoice.errors import NotFound
from laborvoice.views import releases, scores, suppliers, terms
from laborvoice.views.scores import NoScore, PublishedScore, WithheldScore
from support.registry_world import World


@pytest.fixture
async def seen(world: World) -> Any:
    """A watchdog's sight of one supplier with three periods, and of another without any."""
    one, other = await world.supplier("A"), await world.supplier("B")
    for label in ("2026-Q1", "2026-Q2", "2026-Q3"):
        await world.period(label)
    await world.release(one, "2026-Q1", n=60)
    await world.release(one, "2026-Q2")
    await world.release(one, "2026-Q3", n=205)
    return world.sight("watchdog", await world.watchdog("BD")), one, other


async def test_a_score_of_each_kind(world: World, seen: Any) -> None:
    sight, one, other = seen
    published = await scores.one(world.portal, sight, one, None)
    assert isinstance(published, PublishedScore)
    assert published.answers == 200
    assert await scores.one(world.portal, sight, one, "2026-Q2") == WithheldScore(period="2026-Q2")
    assert await scores.one(world.portal, sight, other, None) == NoScore()


async def test_what_is_shown_is_rounded_outward(world: World, seen: Any) -> None:
    sight, one, _ = seen
    published = await scores.one(world.portal, sight, one, None)
    assert isinstance(published, PublishedScore)
    kept = await world.sql("SELECT ARRAY[score, low, high] FROM release.score WHERE period = '2026-Q3'")
    score, low, high = [float(number) for number in list(kept)]
    assert (published.score, published.low, published.high) == (round(score), int(low), -int(-high // 1))
    assert published.low <= low <= high <= published.high


async def test_nobody_else_finds_it(world: World, seen: Any) -> None:
    _, one, _ = seen
    stranger = world.sight("brand", await world.party("brand"))
    for read in (
        scores.one(world.portal, stranger, one, None),
        scores.history(world.portal, stranger, one, world.today, 9),
        releases.page(world.portal, stranger, one, world.today, 9),
        suppliers.one(world.portal, stranger, one),
    ):
        with pytest.raises(NotFound):
            await read
    assert await suppliers.page(world.portal, stranger, Filter(), 9) == ()
    assert await scores.by_name(world.portal, stranger, Filter(), 9) == ()
    assert await scores.by_score(world.portal, stranger, Filter(), None, 9) == ()
    assert await scores.of_suppliers(world.portal, stranger, [one], None) == ()


async def test_lists_agree_with_single_reads(world: World, seen: Any) -> None:
    sight, one, other = seen
    listed = await scores.of_suppliers(world.portal, sight, [other, one], None)
    assert [rated.supplier for rated in listed] == [other, one]
    for rated in listed:
        assert rated.score == await scores.one(world.portal, sight, rated.supplier, None)
    assert {rated for rated, _ in await scores.by_name(world.portal, sight, Filter(), 9)} == set(listed)
    ranked = await scores.by_score(world.portal, sight, Filter(), None, 9)
    assert [place[0] for _, place in ranked] == sorted((place[0] for _, place in ranked), reverse=True)
    assert ranked[-1][1] == (-1.0, other)


async def test_periods_of_months_and_quarters(world: World) -> None:
    await world.sql("INSERT INTO ballot.period_state (period, kind, state) VALUES ('2026-11', 'month', 'open')")
    await world.period("2026-Q3")
    assert [one.label for one in await terms.periods(world.portal)] == ["2026-11", "2026-Q3"]


async def test_no_policy_before_the_first_manifest(world: World) -> None:
    with pytest.raises(NotFound):
        await terms.policy(world.portal, world.today)
