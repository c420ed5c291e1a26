"""Entries: the row that a description becomes."""

from datetime import date
from typing import Final

from laborvoice.chance import Chance
from laborvoice.domain.ids import SupplierId, SupplierKey
from laborvoice.domain.supplier import Profile, Supplier, checks, normal, spelled

_ID_BYTES: Final = 16
_KEY_BYTES: Final = 8


def row_of(profile: Profile, chance: Chance, today: date) -> Supplier:
    """The key is random: it tells no order. An OS ID whose check digit is wrong is kept as a mere identifier."""
    os_id = normal(profile.identifiers.get("os_id", ""))
    return Supplier(
        supplier_id=SupplierKey(int.from_bytes(chance.bytes(_KEY_BYTES), "big") >> 1),
        public_id=SupplierId.draw(chance.bytes(_ID_BYTES)),
        os_id=os_id if checks("os_id", os_id) else None,
        name=profile.name,
        native_name=profile.native_name,
        address=profile.address,
        country=profile.country,
        lat=profile.lat,
        lng=profile.lng,
        kind=profile.kind,
        isic=profile.isic,
        products=profile.products,
        identifiers=spelled(profile.identifiers),
        workers_min=profile.workers_min,
        workers_max=profile.workers_max,
        min_age=profile.min_age,
        engagement=profile.engagement,
        closed=profile.closed,
        merged_into=None,
        synthetic=profile.synthetic,
        created_on=today,
        updated_on=today,
        parent=profile.parent,
    )
