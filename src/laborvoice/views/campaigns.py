"""Campaigns, and what the cards say that are printed for them."""

from datetime import date
from typing import Final

import msgspec

from laborvoice.crypto.framing import unb64
from laborvoice.crypto.manifest import decode_manifest, fingerprint
from laborvoice.domain import Value
from laborvoice.domain.campaign import CampaignState
from laborvoice.domain.ids import CampaignId, PartyId, SupplierId
from laborvoice.domain.manifest import Manifest
from laborvoice.domain.party import Jurisdiction, responsible, scopes_over
from laborvoice.domain.release import Distributor
from laborvoice.errors import Conflict
from laborvoice.store.ballot import manifest
from laborvoice.store.database import Connection, Database
from laborvoice.store.registry import campaign, help_number, jurisdiction, watchdog_key
from laborvoice.store.registry.campaign import Shown
from laborvoice.store.registry.sight import Sight

_NONE: Final = "There is no signed manifest yet: cards name its key."


class Reader(Value, frozen=True):
    """A watchdog to whom messages of the supplier are sealed."""

    id: PartyId
    name: str


class CampaignView(Value, frozen=True):
    id: CampaignId
    supplier: SupplierId
    locator: str
    state: CampaignState
    periods: tuple[str, ...]
    headcount: int
    watchdogs: tuple[Reader, ...]
    distributor: Distributor
    languages: tuple[str, ...]
    enrolled: int
    created_on: date


class Imprint(Value, frozen=True):
    """What every card of a campaign says. ``fingerprint``: of the key that signs the manifest."""

    host: str
    fingerprint: bytes
    phone: str
    periods: tuple[str, ...]
    languages: tuple[str, ...]


async def page(
    database: Database, sight: Sight, after: tuple[date, CampaignId] | None, limit: int
) -> tuple[CampaignView, ...]:
    """Of the suppliers that the viewer may see, the newest first."""

    async def step(db: Connection) -> tuple[CampaignView, ...]:
        rows = await campaign.page(db, sight, after, limit)
        return await _views(db, rows, sight.today)

    return await database.run("campaigns", step)


async def one(database: Database, sight: Sight, asked: CampaignId) -> CampaignView:
    """Raises NotFound."""
    return await database.run("campaign", lambda db: known(db, sight, asked))


async def known(db: Connection, sight: Sight, asked: CampaignId) -> CampaignView:
    """In a transaction that is going on. Raises NotFound."""
    return (await _views(db, [await campaign.seen(db, sight, asked)], sight.today))[0]


async def imprint(db: Connection, sight: Sight, asked: CampaignId) -> Imprint:
    """Raises NotFound; Conflict before there is a manifest."""
    row = await campaign.seen(db, sight, asked)
    body = await manifest.current_body(db, sight.today)
    if body is None:
        raise Conflict(_NONE)
    signed = decode_manifest(body)
    numbers = [one.number for one in await help_number.all(db) if one.country == row.country]
    return Imprint(
        host=msgspec.json.decode(signed.payload, type=Manifest).origin,
        fingerprint=fingerprint(unb64(signed.sigs[0].key)),
        phone=numbers[0] if numbers else "",
        periods=row.periods,
        languages=row.languages,
    )


async def _views(db: Connection, rows: list[Shown], today: date) -> tuple[CampaignView, ...]:
    named = tuple(await jurisdiction.all(db))
    keyed = frozenset(key.party for key in await watchdog_key.valid(db, today))
    return tuple(_view(row, named, keyed) for row in rows)


def _view(row: Shown, named: tuple[Jurisdiction, ...], keyed: frozenset[PartyId]) -> CampaignView:
    _, readers = responsible(scopes_over(row.supplier, row.country, row.isic), named, keyed)
    return CampaignView(
        id=row.id,
        supplier=row.supplier,
        locator=row.locator,
        state=row.state,
        periods=row.periods,
        headcount=row.headcount,
        watchdogs=tuple(Reader(id=one.watchdog, name=one.name) for one in readers),
        distributor=row.distributor,
        languages=row.languages,
        enrolled=row.enrolled,
        created_on=row.created_on,
    )
