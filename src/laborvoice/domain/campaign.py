"""Campaigns: the invites for one supplier over some periods (design, domain 5)."""

from datetime import date
from typing import Final, Literal

from laborvoice.domain import Value
from laborvoice.domain.ids import CampaignId, SupplierId, SupplierKey
from laborvoice.domain.release import Distributor

CampaignState = Literal["draft", "open", "closed"]

LEAST_INVITES: Final = 20
_MOST_TENTHS: Final = 11
"""At most 1.1 invites a head."""
_TEN: Final = 10


class Campaign(Value, frozen=True):
    """One row, its key included: no answer may hold that. ``enrolled`` = ``printed`` to the nearest 10."""

    id: CampaignId
    supplier_id: SupplierKey
    state: CampaignState
    periods: tuple[str, ...]
    headcount: int
    printed: int
    enrolled: int
    distributor: Distributor
    languages: tuple[str, ...]
    questionnaire: str
    questionnaire_version: int
    created_on: date


class Enlisted(Value, frozen=True):
    """What a supplier's part of the manifest is made of, for one period."""

    supplier_id: SupplierKey
    public_id: SupplierId
    locator: str
    name: str
    country: str
    isic: tuple[str, ...]
    min_age: int | None
    enrolled: int
    questionnaire: str
    questionnaire_version: int


def most_invites(headcount: int) -> int:
    """1.1 invites a head, rounded down."""
    return headcount * _MOST_TENTHS // _TEN


def to_ten(count: int) -> int:
    """To the nearest 10, five rounded up."""
    return (count + _TEN // 2) // _TEN * _TEN
