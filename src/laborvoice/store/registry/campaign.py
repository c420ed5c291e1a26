"""Campaigns."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.campaign import Campaign, CampaignState, Enlisted, to_ten
from laborvoice.domain.ids import CampaignId, SupplierId, SupplierKey
from laborvoice.domain.release import Distributor
from laborvoice.errors import NotFound
from laborvoice.store.database import Connection
from laborvoice.store.registry.sight import Sight

_PUT: Final = """-- registry.campaign.put
-- roles: portal
INSERT INTO registry.campaign (id, supplier_id, state, periods, headcount, printed, enrolled, distributor, languages,
    questionnaire, questionnaire_version, created_on)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"""


async def put(db: Connection, one: Campaign) -> None:
    how = (one.headcount, one.printed, one.enrolled, one.distributor, one.languages)
    asked = (one.questionnaire, one.questionnaire_version)
    await db.execute(_PUT, one.id, one.supplier_id, one.state, one.periods, *how, *asked, one.created_on)


_LOCKED: Final = """-- registry.campaign.locked
-- roles: portal
SELECT id, supplier_id, state, periods, headcount, printed, enrolled, distributor, languages, questionnaire,
    questionnaire_version, created_on
FROM registry.campaign WHERE id = $1 FOR UPDATE"""


async def locked(db: Connection, campaign: CampaignId) -> Campaign:
    """The row, held until the transaction ends: of two prints one waits for the other. Raises NotFound."""
    return await db.one(Campaign, _LOCKED, campaign)


_ENROL: Final = """-- registry.campaign.enrol
-- roles: portal
UPDATE registry.campaign SET printed = $2, enrolled = $3 WHERE id = $1"""


async def enrol(db: Connection, campaign: CampaignId, printed: int) -> None:
    await db.execute(_ENROL, campaign, printed, to_ten(printed))


_IN_PERIODS: Final = """-- registry.campaign.in_periods
-- roles: vault, portal
SELECT id FROM registry.campaign WHERE supplier_id = $1 AND periods && $2::text[] AND state <> 'closed' LIMIT 1"""


async def in_periods(db: Connection, supplier: SupplierKey, periods: Sequence[str]) -> CampaignId | None:
    """A campaign of the supplier that runs in one of ``periods``."""
    return await db.value(CampaignId, _IN_PERIODS, supplier, periods)


_DISTRIBUTOR: Final = """-- registry.campaign.distributor_of
-- roles: vault, portal
SELECT distributor FROM registry.campaign WHERE supplier_id = $1 AND $2 = ANY (periods)
ORDER BY created_on DESC, id LIMIT 1"""


async def distributor_of(db: Connection, supplier: SupplierKey, period: str) -> Distributor | None:
    """Who handed out the invites of a supplier and period; None where there was no campaign."""
    found = await db.value(str, _DISTRIBUTOR, supplier, period)
    return None if found is None else _DISTRIBUTORS[found]


_DISTRIBUTORS: Final[dict[str, Distributor]] = {"watchdog": "watchdog", "supplier": "supplier", "mixed": "mixed"}

_OPEN_FOR: Final = """-- registry.campaign.open_for
-- roles: vault, portal
SELECT c.supplier_id, s.public_id, s.locator, s.name, s.country, s.isic, s.min_age, c.enrolled, c.questionnaire,
    c.questionnaire_version
FROM registry.campaign c JOIN registry.supplier s ON s.supplier_id = c.supplier_id
WHERE $1 = ANY (c.periods) AND c.state <> 'closed' AND s.engagement <> 'prohibited' AND s.locator IS NOT NULL
ORDER BY s.locator"""


async def open_for(db: Connection, period: str) -> list[Enlisted]:
    """The suppliers with a campaign in ``period``, in the order of their parts. Campaigns do not overlap."""
    return await db.fetch(Enlisted, _OPEN_FOR, period)


class Shown(Value, frozen=True):
    """A campaign with what is known of its supplier."""

    id: CampaignId
    supplier: SupplierId
    locator: str
    country: str
    isic: tuple[str, ...]
    state: CampaignState
    periods: tuple[str, ...]
    headcount: int
    enrolled: int
    distributor: Distributor
    languages: tuple[str, ...]
    created_on: date


_PAGE: Final = """-- registry.campaign.page
-- roles: portal
SELECT c.id, s.public_id AS supplier, s.locator, s.country, s.isic, c.state, c.periods, c.headcount, c.enrolled,
    c.distributor, c.languages, c.created_on
FROM registry.campaign c JOIN registry.supplier s ON s.supplier_id = c.supplier_id
WHERE s.supplier_id IN (SELECT v.supplier_id FROM registry.sight($1, $2, $3) v) AND ($4::uuid IS NULL OR c.id = $4)
    AND ($5::date IS NULL OR (c.created_on, c.id) < ($5, $6::uuid))
ORDER BY c.created_on DESC, c.id DESC LIMIT $7"""


async def page(
    db: Connection,
    sight: Sight,
    after: tuple[date, CampaignId] | None,
    limit: int,
    only: CampaignId | None = None,
) -> list[Shown]:
    """Of the suppliers that the viewer may see, the newest first."""
    day, campaign = after or (None, None)
    return await db.fetch(Shown, _PAGE, sight.kind, sight.party, sight.today, only, day, campaign, limit)


async def seen(db: Connection, sight: Sight, campaign: CampaignId) -> Shown:
    """Raises NotFound."""
    found = await page(db, sight, None, 1, campaign)
    if not found:
        raise NotFound
    return found[0]
