"""Admit: a supplier enters the registry, and its entry changes."""

from datetime import datetime
from typing import Final

import msgspec

from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.domain.audit import Act, Actor
from laborvoice.domain.candidate import face_of, likely, sites
from laborvoice.domain.event import Event, of_supplier
from laborvoice.domain.facts import OfSupplier
from laborvoice.domain.ids import EventId, SupplierId
from laborvoice.domain.matching import SURE
from laborvoice.domain.supplier import Profile, Scheme, Supplier, checks, normal, profile_of
from laborvoice.errors import BadIdentifier, ProbableDuplicate
from laborvoice.pipeline.admit.entry import row_of
from laborvoice.store.access import audit
from laborvoice.store.database import Connection, Database
from laborvoice.store.outbox import event
from laborvoice.store.registry import admission
from laborvoice.store.registry import supplier as suppliers

_ID_BYTES: Final = 16


async def supplier(database: Database, clock: Clock, chance: Chance, profile: Profile) -> SupplierId:
    """Whatever resembles it. Raises BadIdentifier where a check digit is wrong, ProbableDuplicate for a known OS ID."""
    judge(profile)
    one = row_of(profile, chance, clock.now().date())

    async def step(db: Connection) -> None:
        if not await suppliers.put(db, one):
            raise ProbableDuplicate

    await database.run("admit", step)
    return one.public_id


async def admit_in(
    db: Connection, now: datetime, chance: Chance, actor: Actor, profile: Profile, *, force: bool
) -> SupplierId:
    """Raises BadIdentifier, and ProbableDuplicate with its candidates: with ``force`` for a known OS ID alone."""
    judge(profile)
    await admission.hold(db)
    found = likely(sites(await admission.known(db, [profile])), face_of(profile))
    one = row_of(profile, chance, now.date())
    if (found and found[0].match > SURE and not force) or not await suppliers.put(db, one):
        raise ProbableDuplicate(candidates=found)
    await audit.record(db, now, Act(action="supplier.created", actor=actor, object=one.public_id))
    return one.public_id


async def hold_in(db: Connection, supplier: SupplierId) -> Supplier:
    """Nobody else changes it until the transaction ends. Raises NotFound."""
    found = await suppliers.by_id(db, supplier)
    await suppliers.hold(db, found.supplier_id)
    return await suppliers.by_id(db, supplier)


async def change_in(
    db: Connection, now: datetime, chance: Chance, actor: Actor, change: tuple[Supplier, Profile]
) -> None:
    """``change``: what is held, and what is to be said of it. Raises BadIdentifier, ProbableDuplicate."""
    present, wanted = change
    judge(wanted, profile_of(present))
    made = row_of(wanted, chance, now.date())
    if made.os_id is not None and await admission.by_os_id(db, made.os_id) not in {None, present.supplier_id}:
        raise ProbableDuplicate
    left = () if present.os_id in {None, made.os_id} else (present.os_id,)
    changed = msgspec.structs.replace(
        made,
        supplier_id=present.supplier_id,
        public_id=present.public_id,
        historical_os_ids=tuple(one for one in (*present.historical_os_ids, *left) if one is not None),
    )
    await admission.change(db, changed)
    await event.put(db, [_changed(present.public_id, chance, now)])
    await audit.record(db, now, Act(action="supplier.changed", actor=actor, object=present.public_id))


def judge(profile: Profile, before: Profile | None = None) -> None:
    """Raises BadIdentifier for a wrong check digit: what is typed can be typed again. ``before`` is left as it is."""
    known = dict[Scheme, str]() if before is None else before.identifiers
    for scheme, value in profile.identifiers.items():
        if known.get(scheme) != normal(value) and not checks(scheme, normal(value)):
            raise BadIdentifier(f"/{scheme}", f"The check digit of {scheme} does not fit.")


def _changed(supplier: SupplierId, chance: Chance, now: datetime) -> Event:
    return Event(
        id=EventId.draw(chance.bytes(_ID_BYTES)),
        type="supplier.updated",
        audience=of_supplier(supplier),
        resource=supplier,
        facts=OfSupplier(supplier=supplier),
        period=None,
        occurred_on=now,
    )
