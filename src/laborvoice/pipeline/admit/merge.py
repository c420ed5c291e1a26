"""Merge: two entries were one site. Releases stay where they are: what two told is never summed (design, domain 5)."""

from datetime import datetime
from typing import Final

import msgspec

from laborvoice.chance import Chance
from laborvoice.domain.audit import Act, Actor
from laborvoice.domain.event import Event, of_supplier
from laborvoice.domain.facts import Merged
from laborvoice.domain.ids import EventId, SupplierId
from laborvoice.domain.supplier import Supplier
from laborvoice.errors import Conflict
from laborvoice.store.access import audit
from laborvoice.store.database import Connection
from laborvoice.store.desk import case_moved
from laborvoice.store.outbox import event
from laborvoice.store.registry import admission
from laborvoice.store.registry import link as links
from laborvoice.store.registry import supplier as suppliers

_ID_BYTES: Final = 16


async def merge_in(
    db: Connection, now: datetime, chance: Chance, actor: Actor, pair: tuple[SupplierId, SupplierId]
) -> None:
    """``pair``: the one, and the survivor. Links and cases move. Raises NotFound, Conflict."""
    await admission.hold(db)
    gone, survivor = await suppliers.by_id(db, pair[0]), await suppliers.by_id(db, pair[1])
    _judge(gone, survivor)
    if await admission.absorbs(db, gone.supplier_id):
        raise Conflict("Others were merged into this one: merge the other way round.")
    await suppliers.hold(db, min(gone.supplier_id, survivor.supplier_id))
    await suppliers.hold(db, max(gone.supplier_id, survivor.supplier_id))
    if await case_moved.held(db, (gone.supplier_id, survivor.supplier_id)):
        raise Conflict("A case of one of the two is on hold.")
    await admission.merge(db, gone.supplier_id, survivor.supplier_id, now.date())
    await links.move(db, gone.supplier_id, survivor.supplier_id)
    await case_moved.move(db, gone.supplier_id, survivor.supplier_id)
    await admission.change(db, _with_numbers(survivor, gone, now))
    told = Event(
        id=EventId.draw(chance.bytes(_ID_BYTES)),
        type="supplier.merged",
        audience=of_supplier(survivor.public_id),
        resource=gone.public_id,
        facts=Merged(supplier=gone.public_id, into=survivor.public_id),
        period=None,
        occurred_on=now,
    )
    await event.put(db, [told])
    facts = {"into": str(survivor.public_id)}
    await audit.record(db, now, Act(action="supplier.merged", actor=actor, object=gone.public_id, facts=facts))


def _judge(gone: Supplier, survivor: Supplier) -> None:
    if gone.supplier_id == survivor.supplier_id:
        raise Conflict("A supplier is not merged into itself.")
    if gone.merged_into is not None or survivor.merged_into is not None:
        raise Conflict("One of the two was merged before.")
    if gone.country != survivor.country:
        raise Conflict("They are in two countries.")


def _with_numbers(survivor: Supplier, gone: Supplier, now: datetime) -> Supplier:
    """OS IDs merge too: the survivor is found by either."""
    own = {survivor.os_id, *survivor.historical_os_ids}
    more = (one for one in (gone.os_id, *gone.historical_os_ids) if one is not None and one not in own)
    return msgspec.structs.replace(
        survivor, historical_os_ids=(*survivor.historical_os_ids, *more), updated_on=now.date()
    )
