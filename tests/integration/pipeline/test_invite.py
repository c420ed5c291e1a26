"""Invite: what must hold before workers are asked, and what is left of a card once it is printed."""

import asyncio
from functools import partial
from typing import Any

import pytest

from laborvoice.crypto.exchange import code_hash
from laborvoice.domain import card
from laborvoice.domain.ids import CampaignId, SupplierId
from laborvoice.errors import CampaignRefused, Conflict, EngagementProhibited, Malformed, NotFound
from laborvoice.pipeline import invite
from laborvoice.pipeline.invite import Opened, Wanted
from laborvoice.store.registry import campaign as campaigns
from support.registry_world import World

PERIODS = ("2026-Q4", "2027-Q1")


@pytest.fixture
async def ready(world: World) -> World:
    """A world in which a campaign can open."""
    await world.help("BD")
    await world.watchdog("BD")
    return world


async def opened(world: World, supplier: SupplierId, **more: Any) -> Opened:
    fields: dict[str, Any] = {"periods": PERIODS, "headcount": 100, **more}
    return await invite.campaign(world.portal, world.clock, world.chance, Wanted(supplier=supplier, **fields))


async def test_a_campaign_opens_and_stands_in_the_manifest(ready: World) -> None:
    one = await ready.supplier(min_age=14)
    made = await opened(ready, one, distributor="mixed")
    await invite.cards(ready.portal, ready.chance, made.campaign, 24)
    for period in PERIODS:
        (row,) = await ready.vault.run("open", partial(campaigns.open_for, period=period))
        assert (row.public_id, row.locator, row.name, row.country) == (one, made.locator, "Sample Garments", "BD")
        assert (row.isic, row.min_age, row.enrolled) == (("1410",), 14, 20)
        assert (row.questionnaire, row.questionnaire_version) == ("core", 1)
    key = await ready.key_of(one)
    assert not await ready.vault.run("open", lambda db: campaigns.open_for(db, "2026-Q3"))
    who = await ready.vault.run("who", lambda db: campaigns.distributor_of(db, key, "2026-Q4"))
    assert who == "mixed"
    assert await ready.vault.run("who", lambda db: campaigns.distributor_of(db, key, "2026-Q3")) is None


async def test_cards_are_shown_once_and_only_hashes_are_kept(ready: World) -> None:
    one = await ready.supplier()
    made = await opened(ready, one)
    cards = await invite.cards(ready.portal, ready.chance, made.campaign, 57)
    assert len({one.code for one in cards}) == 57
    for printed in cards:
        assert card.parse_typed(printed.typed) == (made.locator, printed.code)
        assert printed.locator == made.locator
    rows = await ready.sql("SELECT array_agg(code_hash) FROM ballot.invite")
    assert sorted(rows) == sorted(code_hash(printed.code) for printed in cards)
    assert list(rows) == sorted(rows)
    assert await ready.sql("SELECT supplier_id FROM ballot.invite LIMIT 1") == await ready.key_of(one)
    assert await ready.sql("SELECT enrolled FROM registry.campaign") == 60


async def test_a_supplier_keeps_its_locator(ready: World) -> None:
    one = await ready.supplier()
    first = await opened(ready, one, periods=("2026-Q4",))
    later = await opened(ready, one, periods=("2027-Q1",))
    assert first.locator == later.locator
    assert first.campaign != later.campaign


async def test_a_locator_that_someone_has_is_drawn_again(ready: World) -> None:
    one, two = await ready.supplier("A"), await ready.supplier("B")

    class Twice:
        """The locator of the first supplier, then another."""

        def __init__(self) -> None:
            self.draws = [7, 7, 8]

        def bytes(self, count: int) -> bytes:
            return bytes(ready.chance.bytes(count))

        def below(self, limit: int) -> int:
            assert limit == 32**6
            return self.draws.pop(0)

    chance = Twice()
    locators = [
        (await invite.campaign(ready.portal, ready.clock, chance, Wanted(supplier=s, periods=PERIODS, headcount=50)))
        for s in (one, two)
    ]
    assert [one.locator for one in locators] == ["000007", "000008"]


@pytest.mark.parametrize("count", [0, -1, 19, 111])
async def test_from_20_invites_to_a_tenth_more_than_heads(ready: World, count: int) -> None:
    made = await opened(ready, await ready.supplier())
    with pytest.raises(CampaignRefused):
        await invite.cards(ready.portal, ready.chance, made.campaign, count)
    assert await ready.sql("SELECT count(*) FROM ballot.invite") == 0


async def test_spare_cards_count_too(ready: World) -> None:
    made = await opened(ready, await ready.supplier())
    await invite.cards(ready.portal, ready.chance, made.campaign, 104)
    for _ in range(6):
        await invite.cards(ready.portal, ready.chance, made.campaign, 1)
    with pytest.raises(CampaignRefused):
        await invite.cards(ready.portal, ready.chance, made.campaign, 1)
    assert await ready.sql("SELECT printed FROM registry.campaign") == 110


async def test_two_prints_at_once_pass_no_limit(ready: World) -> None:
    made = await opened(ready, await ready.supplier())
    prints = (invite.cards(ready.portal, ready.chance, made.campaign, 60) for _ in range(3))
    done = await asyncio.gather(*prints, return_exceptions=True)
    assert sum(isinstance(one, tuple) for one in done) == 1
    assert sum(isinstance(one, CampaignRefused) for one in done) == 2
    assert await ready.sql("SELECT count(*) FROM ballot.invite") == 60


async def test_of_many_campaigns_at_once_one_opens(ready: World) -> None:
    one = await ready.supplier()
    done = await asyncio.gather(*(opened(ready, one) for _ in range(6)), return_exceptions=True)
    assert sum(isinstance(made, Opened) for made in done) == 1
    assert sum(isinstance(made, Conflict) for made in done) == 5


async def test_a_closed_campaign_prints_nothing(ready: World) -> None:
    made = await opened(ready, await ready.supplier())
    await ready.sql("UPDATE registry.campaign SET state = 'closed'")
    with pytest.raises(CampaignRefused):
        await invite.cards(ready.portal, ready.chance, made.campaign, 50)
    with pytest.raises(NotFound):
        await invite.cards(ready.portal, ready.chance, CampaignId.draw(bytes(16)), 50)


async def test_contact_that_endangers_is_refused(ready: World) -> None:
    one = await ready.supplier(engagement="prohibited")
    with pytest.raises(EngagementProhibited):
        await opened(ready, one)


async def test_a_prohibited_supplier_leaves_the_manifest(ready: World) -> None:
    await opened(ready, await ready.supplier())
    await ready.sql("UPDATE registry.supplier SET engagement = 'prohibited'")
    assert not await ready.vault.run("open", lambda db: campaigns.open_for(db, "2026-Q4"))


async def test_a_restricted_supplier_needs_a_covering_watchdog(ready: World) -> None:
    one = await ready.supplier(engagement="restricted")
    near, far = await ready.watchdog("BD-14"), await ready.watchdog("VN")
    for refused in ({}, {"approved_by": far}, {"approved_by": near, "distributor": "supplier"}):
        with pytest.raises(CampaignRefused, match="watchdog"):
            await opened(ready, one, **refused)
    await opened(ready, one, approved_by=near)


async def test_closed_and_merged_suppliers_have_no_campaign(ready: World) -> None:
    one, other = await ready.supplier("A", closed=True), await ready.supplier("B")
    with pytest.raises(CampaignRefused):
        await opened(ready, one)
    await ready.sql(
        "UPDATE registry.supplier SET merged_into = $1 WHERE supplier_id = $2",
        await ready.key_of(one),
        await ready.key_of(other),
    )
    with pytest.raises(CampaignRefused):
        await opened(ready, other)


async def test_without_help_numbers_nobody_is_asked(world: World) -> None:
    await world.watchdog("BD")
    await world.help("VN")
    with pytest.raises(CampaignRefused, match="help number"):
        await opened(world, await world.supplier())


@pytest.mark.parametrize("duty", [True, False])
async def test_without_a_watchdog_on_duty_nobody_is_asked(world: World, *, duty: bool) -> None:
    await world.help("BD")
    await world.watchdog("VN", "BD-13")
    if not duty:
        await world.watchdog("BD", duty=False)
    with pytest.raises(CampaignRefused, match="on duty"):
        await opened(world, await world.supplier())


async def test_a_watchdog_whose_keys_have_ended_is_not_on_duty(ready: World) -> None:
    one = await ready.supplier()
    ready.clock.skip(days=19)
    with pytest.raises(CampaignRefused, match="on duty"):
        await opened(ready, one)


async def test_periods(ready: World) -> None:
    one = await ready.supplier()
    for wrong in ((), ("2026-Q3",), ("2026",)):
        with pytest.raises((CampaignRefused, Malformed)):
            await opened(ready, one, periods=wrong)
    await opened(ready, one, periods=("2027-Q1",))
    with pytest.raises(Conflict):
        await opened(ready, one)
