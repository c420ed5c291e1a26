"""Purge: deliveries a day after they are done, events and attempts after their days, what was never verified.

In small batches.
"""

from datetime import timedelta
from typing import Final

from laborvoice.clock import Clock
from laborvoice.store.database import Connection, Database
from laborvoice.store.outbox import attempt, delivery, endpoint, event

BATCH: Final = 1_000
DONE_KEPT: Final = timedelta(hours=24)
UNVERIFIED_KEPT: Final = timedelta(days=7)


async def purge(database: Database, clock: Clock, event_days: int, attempt_days: int, batch: int = BATCH) -> bool:
    """Whether a whole batch of anything went, so that more may be old."""
    now = clock.now()

    async def step(db: Connection) -> int:
        await endpoint.purge(db, (now - UNVERIFIED_KEPT).date())
        done = await delivery.purge(db, now - DONE_KEPT, batch)
        attempts = await attempt.purge(db, now - timedelta(days=attempt_days), batch)
        events = await event.purge(db, now - timedelta(days=event_days), batch)
        return max(done, attempts, events)

    return await database.run("purge", step) == batch
