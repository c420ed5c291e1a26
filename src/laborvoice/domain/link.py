"""Links: a brand says that it buys from a supplier, and reads nothing until another confirms it (design, domain 5)."""

from datetime import date
from typing import Final, Literal

from laborvoice.domain import Value
from laborvoice.domain.ids import LinkId, PartyId, SupplierId, SupplierKey
from laborvoice.domain.supplier import Profile

LinkState = Literal["claimed", "confirmed", "ended"]
Disclosure = Literal["public", "private"]

TIER_MAX: Final = 4


class Typed(Value, frozen=True, omit_defaults=True):
    """What a brand said of a supplier: its id, its OS ID, or what it is like. It reads this back, and no more."""

    supplier: SupplierId | None = None
    os_id: str | None = None
    profile: Profile | None = None


class Link(Value, frozen=True):
    """One row, the supplier's key included: no answer may hold it. ``to_day`` is None while it goes on.

    While it is claimed, ``supplier_id`` is at most what ``typed``, the JSON of a ``Typed``, seems to mean.
    ``confirmed_on`` is None where nobody ever confirmed it. ``reason``: why it ended.
    """

    id: LinkId
    party_id: PartyId
    supplier_id: SupplierKey | None
    state: LinkState
    tier: int
    role: str
    from_day: date
    to_day: date | None
    source: str
    disclosure: Disclosure
    created_on: date
    typed: str = "{}"
    confirmed_on: date | None = None
    reason: str | None = None
