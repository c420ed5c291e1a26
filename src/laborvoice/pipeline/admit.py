"""Admit: a supplier enters the registry."""

from datetime import date
from typing import Final

from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.domain.ids import SupplierId, SupplierKey
from laborvoice.domain.supplier import Profile, Supplier, checks, normal, spelled
from laborvoice.errors import BadIdentifier, ProbableDuplicate
from laborvoice.store.database import Connection, Database
from laborvoice.store.registry import supplier as suppliers

_ID_BYTES: Final = 16
_KEY_BYTES: Final = 8


async def supplier(database: Database, clock: Clock, chance: Chance, profile: Profile) -> SupplierId:
    """Raises BadIdentifier where a check digit is wrong, ProbableDuplicate where the OS ID is known."""
    for scheme, value in profile.identifiers.items():
        if not checks(scheme, normal(value)):
            raise BadIdentifier(f"The check digit of {scheme} does not fit.")
    one = _row(profile, chance, clock.now().date())

    async def step(db: Connection) -> None:
        if not await suppliers.put(db, one):
            raise ProbableDuplicate

    await database.run("admit", step)
    return one.public_id


def _row(profile: Profile, chance: Chance, today: date) -> Supplier:
    """The key is random: it tells no order."""
    os_id = profile.identifiers.get("os_id")
    return Supplier(
        supplier_id=SupplierKey(int.from_bytes(chance.bytes(_KEY_BYTES), "big") >> 1),
        public_id=SupplierId.draw(chance.bytes(_ID_BYTES)),
        os_id=None if os_id is None else normal(os_id),
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
    )
