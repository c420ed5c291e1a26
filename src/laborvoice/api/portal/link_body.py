"""What is sent of a link: a claim in one of three forms, and what is done with it."""

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from laborvoice.api.portal.common import Country
from laborvoice.api.portal.supplier_body import UNFIT, Classes, Number, Text
from laborvoice.domain import Inbound, Value
from laborvoice.domain.ids import LinkId, PartyId, SupplierId
from laborvoice.domain.link import Disclosure, Typed
from laborvoice.domain.supplier import Profile, SupplierKind, checks, normal
from laborvoice.errors import BadField, BadIdentifier
from laborvoice.pipeline.link import Claim

Tier = Annotated[int, Meta(ge=1, le=4)]


class LinkWanted(Inbound, frozen=True):
    """``supplier``, or ``os_id``, or ``name``, ``address`` and ``country``."""

    tier: Tier
    role: Text
    since: date = msgspec.field(name="from")
    source: Text
    supplier: SupplierId | None = None
    os_id: Number | None = None
    name: Text | None = None
    native_name: Text | None = None
    address: Text | None = None
    country: Country | None = None
    kind: SupplierKind = "factory"
    isic: Classes = ()
    to: date | None = None
    disclosure: Disclosure = "private"


class LinkClaimed(Value, frozen=True):
    id: LinkId
    state: Literal["claimed"]


class LinkChange(Inbound, frozen=True):
    tier: Tier
    role: Text
    to: date | None = None
    disclosure: Disclosure = "private"


class LinkConfirmed(Inbound, frozen=True):
    supplier: SupplierId


class LinkEnded(Inbound, frozen=True):
    reason: Text


def claim_of(body: LinkWanted, brand: PartyId) -> Claim:
    """Raises BadField, BadIdentifier: what can be said of the text itself, whatever suppliers there are."""
    if body.os_id is not None and not checks("os_id", normal(body.os_id)):
        raise BadIdentifier("/os_id", UNFIT)
    if body.to is not None and body.to < body.since:
        raise BadField("/to", "It is before `from`.")
    return Claim(
        party=brand,
        supplier=body.supplier,
        typed=_typed(body),
        tier=body.tier,
        role=body.role,
        from_day=body.since,
        to_day=body.to,
        source=body.source,
        disclosure=body.disclosure,
    )


def _typed(body: LinkWanted) -> Typed:
    if body.supplier is not None:
        return Typed(supplier=body.supplier)
    if body.name is None or body.address is None or body.country is None:
        if body.os_id is None:
            raise BadField("", "A claim names the supplier: its id, its OS ID, or its name, address and country.")
        return Typed(os_id=normal(body.os_id))
    return Typed(
        profile=Profile(
            name=body.name,
            address=body.address,
            country=body.country,
            kind=body.kind,
            native_name=body.native_name,
            isic=body.isic,
            identifiers={} if body.os_id is None else {"os_id": normal(body.os_id)},
        )
    )
