"""Who may hear of what: read from the columns of the registry that the courier may see."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.ids import PartyId, SupplierId, SupplierKey
from laborvoice.domain.party import PartyKind
from laborvoice.store.database import Connection


class Place(Value, frozen=True):
    """What decides which watchdogs cover a supplier."""

    supplier_id: int
    public_id: SupplierId
    country: str
    isic: tuple[str, ...]


_PLACES: Final = """-- outbox.audience.places
-- roles: vault, portal, courier
SELECT supplier_id, public_id, country, isic FROM registry.supplier WHERE public_id = ANY ($1)"""


async def places(db: Connection, suppliers: Sequence[SupplierId]) -> list[Place]:
    return await db.fetch(Place, _PLACES, [supplier.uuid for supplier in suppliers])


class Buyer(Value, frozen=True):
    """A brand with a confirmed link, and the days on which it is active."""

    supplier_id: int
    party_id: PartyId
    from_day: date
    to_day: date | None


_BUYERS: Final = """-- outbox.audience.buyers
-- roles: vault, portal, courier
SELECT l.supplier_id, l.party_id, l.from_day, l.to_day FROM registry.link l JOIN registry.party p ON p.id = l.party_id
WHERE l.supplier_id = ANY ($1) AND l.state = 'confirmed' AND p.kind = 'brand'"""


async def buyers(db: Connection, suppliers: Sequence[SupplierKey]) -> list[Buyer]:
    return await db.fetch(Buyer, _BUYERS, suppliers)


class Cover(Value, frozen=True):
    watchdog_id: PartyId
    scope: str


_COVERS: Final = """-- outbox.audience.covers
-- roles: vault, portal, courier
SELECT j.watchdog_id, j.scope FROM registry.jurisdiction j JOIN registry.party p ON p.id = j.watchdog_id
WHERE j.scope = ANY ($1) AND p.kind = 'watchdog'"""


async def covers(db: Connection, scopes: Sequence[str]) -> list[Cover]:
    return await db.fetch(Cover, _COVERS, scopes)


_HOLD: Final = """-- outbox.audience.hold
-- roles: portal
SELECT kind FROM registry.party WHERE id = $1 FOR NO KEY UPDATE"""


async def hold(db: Connection, party: PartyId) -> PartyKind:
    """Until the transaction ends nobody else changes what this party is sent. Its kind. Raises NotFound."""
    return (await db.one(_Held, _HOLD, party)).kind


class _Held(Value, frozen=True):
    kind: PartyKind
