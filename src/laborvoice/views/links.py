"""Links as each party may see them: a brand reads of its claims what it typed itself, and nothing of ours."""

from datetime import date

import msgspec
from msgspec import UNSET, UnsetType

from laborvoice.domain import Value, ids
from laborvoice.domain.candidate import Candidate, Sites, face_of, likely, sites
from laborvoice.domain.ids import LinkId, PartyId, SupplierId
from laborvoice.domain.link import Disclosure, LinkState, Typed
from laborvoice.domain.party import PartyKind
from laborvoice.store.database import Connection, Database
from laborvoice.store.registry import admission
from laborvoice.store.registry import claim as claims
from laborvoice.store.registry.claim import Claimed
from laborvoice.store.registry.sight import Sight
from laborvoice.views import given


class Buyer(Value, frozen=True):
    id: PartyId
    name: str


class TypedView(Value, frozen=True):
    """What the brand said of the supplier, as it said it."""

    supplier: SupplierId | UnsetType = UNSET
    os_id: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    native_name: str | UnsetType = UNSET
    address: str | UnsetType = UNSET
    country: str | UnsetType = UNSET


class LinkDetail(Value, frozen=True):
    """``party`` is for those who judge it. ``supplier``: of a brand's own, once it was confirmed to it."""

    id: LinkId
    state: LinkState
    typed: TypedView
    tier: int
    role: str
    since: date = msgspec.field(name="from")
    source: str
    disclosure: Disclosure
    created_on: date
    to: date | UnsetType = UNSET
    supplier: SupplierId | UnsetType = UNSET
    name: str | UnsetType = UNSET
    party: Buyer | UnsetType = UNSET
    reason: str | UnsetType = UNSET


class Considered(Value, frozen=True):
    """A claim and, likeliest first, what it may mean: for operators alone."""

    link: LinkDetail
    candidates: tuple[Candidate, ...]


async def page(
    database: Database, sight: Sight, state: LinkState | None, after: tuple[date, LinkId] | None, limit: int
) -> tuple[LinkDetail, ...]:
    """The newest first."""

    async def step(db: Connection) -> tuple[LinkDetail, ...]:
        return tuple(_detail(row, sight.kind) for row in await claims.page(db, sight, state, after, limit))

    return await database.run("links", step)


async def one(database: Database, sight: Sight, link: LinkId) -> LinkDetail:
    """Raises NotFound."""
    return await database.run("link", lambda db: known(db, sight, link))


async def known(db: Connection, sight: Sight, link: LinkId) -> LinkDetail:
    """In a transaction that is going on. Raises NotFound."""
    return _detail(await claims.one(db, sight, link), sight.kind)


async def considered(
    database: Database, sight: Sight, after: tuple[date, LinkId] | None, limit: int
) -> tuple[Considered, ...]:
    """What waits to be confirmed."""

    async def step(db: Connection) -> tuple[Considered, ...]:
        rows = await claims.page(db, sight, "claimed", after, limit)
        typed = [_typed(row).profile for row in rows if row.supplier is None]
        index = sites(await admission.known(db, [site for site in typed if site is not None]))
        return tuple([await _considered(db, row, sight.kind, index) for row in rows])

    return await database.run("claims", step)


async def _considered(db: Connection, row: Claimed, kind: PartyKind, index: Sites) -> Considered:
    """``index``: of all sites that the page's claims may mean."""
    if row.supplier is not None:
        named = await admission.named(db, row.supplier)
        return Considered(link=_detail(row, kind), candidates=(named,))
    site = _typed(row).profile
    found = () if site is None else likely(index, face_of(site))
    return Considered(link=_detail(row, kind), candidates=found)


def _typed(row: Claimed) -> Typed:
    return msgspec.json.decode(row.typed, type=Typed, dec_hook=ids.decode)


def _detail(row: Claimed, kind: PartyKind) -> LinkDetail:
    judging = kind != "brand"
    shown = judging or row.confirmed_on is not None
    return LinkDetail(
        id=row.id,
        state=row.state,
        typed=_shown(_typed(row)),
        tier=row.tier,
        role=row.role,
        since=row.from_day,
        source=row.source,
        disclosure=row.disclosure,
        created_on=row.created_on,
        to=given(row.to_day),
        supplier=given(row.supplier if shown else None),
        name=given(row.supplier_name if shown else None),
        party=Buyer(id=row.party_id, name=row.party_name) if judging else UNSET,
        reason=given(row.reason),
    )


def _shown(typed: Typed) -> TypedView:
    site = typed.profile
    os_id = typed.os_id or (None if site is None else site.identifiers.get("os_id"))
    if site is None:
        return TypedView(supplier=given(typed.supplier), os_id=given(os_id))
    return TypedView(
        os_id=given(os_id),
        name=site.name,
        native_name=given(site.native_name),
        address=site.address,
        country=site.country,
    )
