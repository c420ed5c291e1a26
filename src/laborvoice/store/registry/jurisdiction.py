"""What watchdogs are responsible for."""

from collections.abc import Collection
from datetime import date
from typing import Final

from laborvoice.domain.ids import PartyId
from laborvoice.domain.party import Jurisdiction
from laborvoice.store.database import Connection

_PUT: Final = """-- registry.jurisdiction.put
-- roles: portal
INSERT INTO registry.jurisdiction (watchdog_id, scope, duty) VALUES ($1, $2, $3)
ON CONFLICT (watchdog_id, scope) DO UPDATE SET duty = excluded.duty"""


async def put(db: Connection, watchdog: PartyId, scope: str, *, duty: bool) -> None:
    await db.execute(_PUT, watchdog, scope, duty)


_ON_DUTY: Final = """-- registry.jurisdiction.on_duty
-- roles: vault, portal
SELECT EXISTS (
    SELECT FROM registry.jurisdiction j JOIN registry.watchdog_key k ON k.party_id = j.watchdog_id
    WHERE j.duty AND j.scope = ANY ($1::text[]) AND k.until >= $2)"""


async def on_duty(db: Connection, scopes: Collection[str], day: date) -> bool:
    """Whether one of ``scopes`` has a watchdog on duty whose keys last to ``day``."""
    return bool(await db.value(bool, _ON_DUTY, tuple(scopes), day))


_ALL: Final = """-- registry.jurisdiction.all
-- roles: vault, portal
SELECT j.watchdog_id AS watchdog, p.name, j.scope, j.duty
FROM registry.jurisdiction j JOIN registry.party p ON p.id = j.watchdog_id ORDER BY j.scope, j.watchdog_id"""


async def all(db: Connection) -> list[Jurisdiction]:  # noqa: A001 - always called as jurisdiction.all
    return await db.fetch(Jurisdiction, _ALL)
