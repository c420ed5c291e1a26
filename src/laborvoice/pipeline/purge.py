"""Purge: deliveries a day after they are done, events and attempts after their days; in small batches."""

from datetime import timedelta
from typing import Final

from laborvoice.clock import Clock
from laborvoice.store.database import Connection, Database
from laborvoice.store.outbox import attempt, delivery, event

BATCH: Final = 1_000
DONE_KEPT: Final = timedelta(hours=24)


async def purge(database: Database, clock: Clock, event_days: int, attempt_days: int, batch: int = BATCH) -> bool:
    """Whether a whole batch of anything went, so that more may be old."""
    now = clock.now()

    async def step(db: Connection) -> int:
        done = await delivery.purge(db, now - DONE_KEPT, batch)
        attempts = await attempt.purge(db, now - timedelta(days=attempt_days), batch)
        events = await event.purge(db, now - timedelta(days=event_days), batch)
        return max(done, attempts, events)

    return await database.run("purge", step) == batch
