"""Where a watchdog's inbox is: what its heartbeat says, whoever listens to it."""

from datetime import datetime

from laborvoice.domain.event import of_party
from laborvoice.domain.heartbeat import NOTHING, InboxState, heartbeat
from laborvoice.domain.ids import EventId, PartyId
from laborvoice.store.database import Connection, Database
from laborvoice.store.outbox import inbox_state


async def beat(database: Database, identity: EventId, party: PartyId, now: datetime) -> bytes:
    """1,024 bytes, as they are pushed too."""

    async def step(db: Connection) -> InboxState | None:
        return await inbox_state.of(db, party)

    state = await database.run("beat", step) or InboxState(cursor=NOTHING, urgent_waiting=0)
    minute = now.replace(second=0, microsecond=0)
    return heartbeat(identity, (of_party(party), party), state, minute)
