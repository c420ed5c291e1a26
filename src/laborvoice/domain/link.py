"""Links: a brand says that it buys from a supplier, and reads nothing until another confirms it (design, domain 5)."""

from datetime import date
from typing import Literal

from laborvoice.domain import Value
from laborvoice.domain.ids import LinkId, PartyId, SupplierKey

LinkState = Literal["claimed", "confirmed", "ended"]
Disclosure = Literal["public", "private"]


class Link(Value, frozen=True):
    """One row, the supplier's key included: no answer may hold it. ``to_day`` is None while it goes on."""

    id: LinkId
    party_id: PartyId
    supplier_id: SupplierKey
    state: LinkState
    tier: int
    role: str
    from_day: date
    to_day: date | None
    source: str
    disclosure: Disclosure
    created_on: date
