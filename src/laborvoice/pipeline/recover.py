"""Recover: what an endpoint missed is due again, in portions, resumed where a courier that died left it."""

from typing import Final

from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.domain.endpoint import EVERY_TYPE
from laborvoice.domain.facts import TYPES
from laborvoice.domain.ids import DeliveryId
from laborvoice.store.database import Connection, Database
from laborvoice.store.outbox import recovery
from laborvoice.store.outbox.recovery import Job

PORTION: Final = 64
"""An endpoint that has so many due is given no more: it takes as many as its lane lets through."""
ROWS: Final = 64
"""Of a feed, looked at in one step."""
ID_BYTES: Final = 16


async def recover(database: Database, clock: Clock, chance: Chance, rows: int = ROWS) -> bool:
    """One step of one job; whether there was one whose endpoint had room."""
    now = clock.now()

    async def step(db: Connection) -> bool:
        job = await recovery.next_job(db, PORTION)
        if job is not None:
            ids = [DeliveryId.draw(chance.bytes(ID_BYTES)) for _ in range(rows)]
            await recovery.went(db, job.id, await recovery.piece(db, job, _types(job), ids, now))
        return job is not None

    return await database.run("recover", step)


def _types(job: Job) -> list[str]:
    """Those asked for that the endpoint listens to."""
    return [
        one
        for one in TYPES
        if (not job.types or one in job.types) and (EVERY_TYPE in job.listens or one in job.listens)
    ]
