"""How the server is, as far as its cleaning up after the outbox goes: by functions of the owner's."""

from typing import Final

from laborvoice.domain import Value
from laborvoice.store.database import Connection


class Health(Value, frozen=True):
    """``oldest_minutes``: how long the oldest transaction has lasted that keeps dead rows from a vacuum."""

    oldest_minutes: int
    dead_rows: int


_HEALTH: Final = """-- outbox.server.health
-- roles: courier
SELECT outbox.oldest_minutes() AS oldest_minutes, outbox.dead_rows() AS dead_rows"""


async def health(db: Connection) -> Health:
    return await db.one(Health, _HEALTH)
