"""Invite: campaigns are opened and cards are printed (design, domain 5)."""

from datetime import date, datetime
from typing import Final

from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.crypto.exchange import code_hash
from laborvoice.domain import Value, card
from laborvoice.domain.audit import Act, Actor
from laborvoice.domain.campaign import LEAST_INVITES, Campaign, most_invites, to_ten
from laborvoice.domain.ids import CampaignId, PartyId, SupplierId, SupplierKey
from laborvoice.domain.party import scopes_over
from laborvoice.domain.period import Period
from laborvoice.domain.release import Distributor
from laborvoice.domain.supplier import Supplier
from laborvoice.errors import CampaignRefused, Conflict, EngagementProhibited
from laborvoice.store.access import audit
from laborvoice.store.ballot import invite
from laborvoice.store.database import Connection, Database
from laborvoice.store.registry import campaign as campaigns
from laborvoice.store.registry import help_number, jurisdiction, sight
from laborvoice.store.registry import supplier as suppliers

_ID_BYTES: Final = 16
_LOCATORS: Final = len(card.ALPHABET) ** card.LOCATOR_SIZE
_CODES: Final = len(card.ALPHABET) ** card.CODE_SIZE


class Wanted(Value, frozen=True):
    """A campaign to open.

    ``approved_by`` is the watchdog that says yes to a supplier whose engagement is restricted.
    """

    supplier: SupplierId
    periods: tuple[str, ...]
    headcount: int
    distributor: Distributor = "watchdog"
    languages: tuple[str, ...] = ("en",)
    questionnaire: str = "core"
    questionnaire_version: int = 1
    approved_by: PartyId | None = None


class Opened(Value, frozen=True):
    campaign: CampaignId
    locator: str


class Printed(Value, frozen=True):
    """A card: ``typed`` is locator, code and check character in nine groups. Its code is stored nowhere."""

    locator: str
    code: str
    typed: str


async def campaign(database: Database, clock: Clock, chance: Chance, wanted: Wanted) -> Opened:
    """Raises as ``campaign_in``."""
    return await database.run("campaign", lambda db: campaign_in(db, clock.now(), chance, None, wanted))


async def campaign_in(db: Connection, now: datetime, chance: Chance, actor: Actor | None, wanted: Wanted) -> Opened:
    """Raises EngagementProhibited, CampaignRefused (the detail says what is missing), Conflict, Malformed, NotFound."""
    today = now.date()
    _judge_periods(wanted.periods, today)
    site = await suppliers.by_id(db, wanted.supplier)
    await _judge_engagement(db, site, wanted)
    await _judge_help(db, site, today)
    await suppliers.hold(db, site.supplier_id)
    if await campaigns.in_periods(db, site.supplier_id, wanted.periods) is not None:
        raise Conflict("The supplier has a campaign in one of these periods.")
    row = _row(site.supplier_id, wanted, CampaignId.draw(chance.bytes(_ID_BYTES)), today)
    await campaigns.put(db, row)
    opened = Opened(campaign=row.id, locator=await _locator(db, chance, site.supplier_id))
    await audit.record(db, now, Act(action="campaign.opened", actor=actor, object=row.id))
    return opened


async def cards(database: Database, chance: Chance, campaign: CampaignId, count: int) -> tuple[Printed, ...]:
    """Raises as ``cards_in``."""
    return await database.run("cards", lambda db: cards_in(db, chance, campaign, count))


async def cards_in(db: Connection, chance: Chance, campaign: CampaignId, count: int) -> tuple[Printed, ...]:
    """Cards shown this once: hashes of their codes are stored, sorted, so that they tell nothing of this order.

    The codes are drawn each on its own: their order is as random as a shuffle would make it. Raises NotFound, and
    CampaignRefused where the campaign would have under 20 invites or over 1.1 a head.
    """
    codes = [card.make_code(chance.below(_CODES)) for _ in range(max(count, 0))]
    row = await campaigns.locked(db, campaign)
    printed = row.printed + len(codes)
    if row.state == "closed":
        raise CampaignRefused("The campaign is closed.")
    if not codes or not LEAST_INVITES <= printed <= most_invites(row.headcount):
        raise CampaignRefused(f"A campaign has from {LEAST_INVITES} to {most_invites(row.headcount)} invites.")
    await invite.put_many(db, row.supplier_id, [code_hash(code) for code in codes])
    await campaigns.enrol(db, campaign, printed)
    locator = await suppliers.locator(db, row.supplier_id)
    return tuple(
        Printed(locator=locator, code=code, typed=card.grouped(card.format_typed(locator, code))) for code in codes
    )


async def print_in(
    db: Connection, now: datetime, chance: Chance, actor: Actor, wanted: tuple[CampaignId, int]
) -> tuple[Printed, ...]:
    """As ``cards_in``, and written down, rounded to ten: how many cards there are is said nowhere more finely."""
    campaign, count = wanted
    made = await cards_in(db, chance, campaign, count)
    facts = {"enrolled": to_ten(count)}
    await audit.record(db, now, Act(action="invites.printed", actor=actor, object=campaign, facts=facts))
    return made


def _judge_periods(periods: tuple[str, ...], today: date) -> None:
    if not periods:
        raise CampaignRefused("A campaign needs a period.")
    for label in periods:
        try:
            over = Period.parse(label).end < today
        except ValueError as error:
            raise CampaignRefused(f"Of a campaign, {error}.") from None
        if over:
            raise CampaignRefused("A period of the campaign has ended.")


async def _judge_engagement(db: Connection, site: Supplier, wanted: Wanted) -> None:
    if site.engagement == "prohibited":
        raise EngagementProhibited
    if site.closed or site.merged_into is not None:
        raise CampaignRefused("The supplier is closed or was merged into another.")
    if site.engagement == "restricted" and (
        wanted.distributor != "watchdog"
        or wanted.approved_by is None
        or not await sight.holds(db, "watchdog", wanted.approved_by, site.supplier_id)
    ):
        raise CampaignRefused("Here a covering watchdog must approve, and watchdogs alone hand out the invites.")


async def _judge_help(db: Connection, site: Supplier, today: date) -> None:
    if not await help_number.known(db, site.country):
        raise CampaignRefused("There is no help number for the country.")
    scopes = frozenset[str]().union(*scopes_over(site.public_id, site.country, site.isic))
    if not await jurisdiction.on_duty(db, scopes, today):
        raise CampaignRefused("No watchdog with a valid key is on duty for the supplier.")


async def _locator(db: Connection, chance: Chance, supplier: SupplierKey) -> str:
    """The supplier's own, for ever; a new one is drawn until nobody has it."""
    drawn = card.make_locator(chance.below(_LOCATORS))
    while await suppliers.known_locator(db, drawn):
        drawn = card.make_locator(chance.below(_LOCATORS))
    return await suppliers.locate(db, supplier, drawn)


def _row(supplier: SupplierKey, wanted: Wanted, campaign: CampaignId, today: date) -> Campaign:
    return Campaign(
        id=campaign,
        supplier_id=supplier,
        state="open",
        periods=wanted.periods,
        headcount=wanted.headcount,
        printed=0,
        enrolled=0,
        distributor=wanted.distributor,
        languages=wanted.languages,
        questionnaire=wanted.questionnaire,
        questionnaire_version=wanted.questionnaire_version,
        created_on=today,
    )
