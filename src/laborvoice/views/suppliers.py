"""Suppliers as a viewer finds them, each with the viewer's own links."""

from collections.abc import Iterable
from datetime import date

import msgspec
from msgspec import UNSET, UnsetType

from laborvoice.domain import Value
from laborvoice.domain.ids import LinkId, SupplierId
from laborvoice.domain.link import Disclosure, Link, LinkState
from laborvoice.domain.supplier import Engagement, Filter, Identifier, Supplier, SupplierKind, identifiers
from laborvoice.store.database import Connection, Database
from laborvoice.store.registry import link as links
from laborvoice.store.registry import supplier as suppliers
from laborvoice.store.registry.sight import Sight
from laborvoice.views import given, scores


class LinkView(Value, frozen=True):
    id: LinkId
    tier: int
    role: str
    since: date = msgspec.field(name="from")
    state: LinkState
    disclosure: Disclosure
    created_on: date
    to: date | UnsetType = UNSET


class SupplierView(Value, frozen=True):
    """``synthetic``: made up, for demonstrations."""

    id: SupplierId
    name: str
    address: str
    country: str
    kind: SupplierKind
    isic: tuple[str, ...]
    products: tuple[str, ...]
    identifiers: tuple[Identifier, ...]
    engagement: Engagement
    closed: bool
    synthetic: bool
    links: tuple[LinkView, ...]
    created_on: date
    os_id: str | UnsetType = UNSET
    native_name: str | UnsetType = UNSET
    lat: float | UnsetType = UNSET
    lng: float | UnsetType = UNSET
    workers_min: int | UnsetType = UNSET
    workers_max: int | UnsetType = UNSET
    parent: str | UnsetType = UNSET
    min_age: int | UnsetType = UNSET


async def one(database: Database, sight: Sight, supplier: SupplierId) -> SupplierView:
    """The survivor where the supplier was merged. Raises NotFound."""

    async def step(db: Connection) -> SupplierView:
        return await known(db, sight, supplier)

    return await database.run("supplier", step)


async def known(db: Connection, sight: Sight, supplier: SupplierId) -> SupplierView:
    """In a transaction that is going on. Raises NotFound."""
    found = await suppliers.seen(db, sight, supplier)
    return (await _with_links(db, sight, [found]))[0]


async def page(database: Database, sight: Sight, narrow: Filter, limit: int) -> tuple[SupplierView, ...]:
    """By name and id, from ``narrow.after`` on."""

    async def step(db: Connection) -> tuple[SupplierView, ...]:
        seen = await scores.as_seen(db, sight, narrow)
        return await _with_links(db, sight, await suppliers.page(db, sight, seen, limit))

    return await database.run("suppliers", step)


async def _with_links(db: Connection, sight: Sight, found: Iterable[Supplier]) -> tuple[SupplierView, ...]:
    rows = tuple(found)
    own = await links.of_party(db, [row.supplier_id for row in rows], sight.party)
    return tuple(_supplier(row, own.get(row.supplier_id, ())) for row in rows)


def _supplier(row: Supplier, own: Iterable[Link]) -> SupplierView:
    return SupplierView(
        id=row.public_id,
        name=row.name,
        address=row.address,
        country=row.country,
        kind=row.kind,
        isic=row.isic,
        products=row.products,
        identifiers=identifiers(row.os_id, row.identifiers),
        engagement=row.engagement,
        closed=row.closed,
        synthetic=row.synthetic,
        links=tuple(_link(link) for link in own),
        created_on=row.created_on,
        os_id=given(row.os_id),
        native_name=given(row.native_name),
        lat=given(row.lat),
        lng=given(row.lng),
        workers_min=given(row.workers_min),
        workers_max=given(row.workers_max),
        parent=given(row.parent),
        min_age=given(row.min_age),
    )


def _link(row: Link) -> LinkView:
    return LinkView(
        id=row.id,
        tier=row.tier,
        role=row.role,
        since=row.from_day,
        state=row.state,
        disclosure=row.disclosure,
        created_on=row.created_on,
        to=given(row.to_day),
    )
