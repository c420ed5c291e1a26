"""Again: an owner has one delivery repeated, or all that an endpoint missed."""

from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from laborvoice.chance import Chance
from laborvoice.domain import Inbound
from laborvoice.domain.endpoint import RECOVER_SPAN
from laborvoice.domain.facts import EventType
from laborvoice.domain.ids import DeliveryId, JobId
from laborvoice.errors import BadField, Conflict, EndpointNotVerified
from laborvoice.pipeline.subscribe import Owned
from laborvoice.store.database import Connection
from laborvoice.store.outbox import endpoint_view, recovery
from laborvoice.store.outbox.recovery import Include, Missed, Recovery

ID_BYTES: Final = 16
OPEN_MAX: Final = 4

Moment = Annotated[datetime, Meta(tz=True)]


class RecoverWanted(Inbound, frozen=True):
    """``failed``: what was given up. ``never_sent``: what came while it was off, or before it was made."""

    since: Moment
    include: Annotated[tuple[Include, ...], Meta(min_length=1, max_length=2)]
    until: Moment | None = None
    types: Annotated[tuple[EventType, ...], Meta(max_length=64)] = ()
    dry_run: bool = False


async def missed_in(db: Connection, now: datetime, one: Owned, wanted: RecoverWanted) -> tuple[Missed, int]:
    """What is meant, and how many that is just now. Raises BadField."""
    until = now if wanted.until is None else min(wanted.until, now)
    if wanted.since < now - RECOVER_SPAN:
        raise BadField("/since", "It is more than 30 days ago.")
    if wanted.since >= until:
        raise BadField("/since", "It is not before the end.")
    missed = Missed(
        endpoint_id=one.id,
        since=wanted.since,
        until=until,
        types=wanted.types,
        failed="failed" in wanted.include,
        never_sent="never_sent" in wanted.include,
    )
    return missed, await recovery.count_of(db, missed, one.suppliers)


def _check_active(one: Owned) -> None:
    if one.state == "pending":
        raise EndpointNotVerified
    if one.state == "disabled":
        raise Conflict("The endpoint is switched off.")


async def recover_in(db: Connection, now: datetime, chance: Chance, one: Owned, wanted: RecoverWanted) -> Recovery:
    """A job for the courier. Raises BadField; EndpointNotVerified; Conflict where it is off, or has jobs enough."""
    _check_active(one)
    if await recovery.open_of(db, one.id) >= OPEN_MAX:
        raise Conflict("The endpoint has as many recoveries going on as it may.")
    missed, total = await missed_in(db, now, one, wanted)
    made = Recovery(
        **msgspec.structs.asdict(missed),
        id=JobId.draw(chance.bytes(ID_BYTES)),
        state="waiting",
        done=0,
        total=total,
        created_on=now.date(),
    )
    await recovery.put(db, made)
    return made


async def replay_in(
    db: Connection, now: datetime, chance: Chance, one: Owned, repeated: DeliveryId
) -> endpoint_view.Shown:
    """A new delivery of the same event, due now: the same ``webhook-id``.

    Raises NotFound, EndpointNotVerified, Conflict.
    """
    _check_active(one)
    event = await endpoint_view.event_of(db, one.id, repeated)
    made = DeliveryId.draw(chance.bytes(ID_BYTES))
    await endpoint_view.replay(db, endpoint_view.Again(id=made, event_id=event, endpoint_id=one.id), now)
    return await endpoint_view.delivery(db, one.id, made)
