"""Anchor: the head of each audit chain is told to those who may check it, so that cutting its tail would show.

The chain of all acts daily, to operators and watchdogs; a party's own chain weekly, and to that party only. What is
told is the last row of the day or week before: nothing of a party's own chain shows a day.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.domain.audit import ACTS, Head, week
from laborvoice.domain.event import Event, of_party
from laborvoice.domain.facts import Anchored
from laborvoice.domain.ids import EventId, PartyId
from laborvoice.store.access import audit
from laborvoice.store.database import Connection, Database
from laborvoice.store.outbox import event

BATCH: Final = 100
"""Chains of one transaction."""
_ID_BYTES: Final = 16


async def anchor(database: Database, clock: Clock, chance: Chance) -> Head | None:
    """The head of the chain of all acts, if it was told just now. What is left over waits for the next call."""
    now = clock.now().astimezone(UTC)

    async def step(db: Connection) -> Head | None:
        acts: Head | None = None
        for chain in await audit.untold(db, now.date().isoformat(), week(now), BATCH):
            label = _label(chain, now)
            head = await audit.before(db, chain, label)
            if head is not None:
                await event.put(db, await _events(db, chain, head, now, chance))
                acts = head if chain == ACTS else acts
            await audit.tell(db, chain, label)
        return acts

    return await database.run("anchor", step)


def _label(chain: str, now: datetime) -> str:
    """What every row of the present day or week is not less than."""
    return now.date().isoformat() if chain == ACTS else week(now)


async def _events(db: Connection, chain: str, head: Head, now: datetime, chance: Chance) -> list[Event]:
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    hearers = await audit.hearers(db) if chain == ACTS else [PartyId.parse(chain)]
    return [
        Event(
            id=EventId.draw(chance.bytes(_ID_BYTES)),
            type="audit.anchored",
            audience=of_party(party),
            resource=chain,
            facts=Anchored(chain="acts" if chain == ACTS else "inbox", seq=head.seq, hash=head.hash),
            period=None,
            occurred_on=day if chain == ACTS else day - timedelta(days=day.weekday()),
        )
        for party in hearers
    ]
