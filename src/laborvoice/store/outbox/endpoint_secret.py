"""The secrets that endpoints' messages are signed with, sealed to the courier: the current one and those that fade."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.ids import EndpointId
from laborvoice.store.database import Connection

_PUT: Final = """-- outbox.endpoint_secret.put
-- roles: portal, courier
INSERT INTO outbox.endpoint_secret (endpoint_id, version, secret_sealed) VALUES ($1, $2, $3)"""


async def put(db: Connection, endpoint: EndpointId, version: int, sealed: bytes) -> None:
    """The current one from now on."""
    await db.execute(_PUT, endpoint, version, sealed)


_FADE: Final = """-- outbox.endpoint_secret.fade
-- roles: portal, courier
UPDATE outbox.endpoint_secret SET not_after = $2 WHERE endpoint_id = $1 AND not_after IS NULL"""


async def fade(db: Connection, endpoint: EndpointId, not_after: datetime) -> None:
    """The current one is good until then."""
    await db.execute(_FADE, endpoint, not_after)


_THIN: Final = """-- outbox.endpoint_secret.thin
-- roles: portal, courier
DELETE FROM outbox.endpoint_secret WHERE endpoint_id = $1 AND (not_after <= $2 OR version <= $3)"""


async def thin(db: Connection, endpoint: EndpointId, now: datetime, oldest: int) -> None:
    """What has ended goes, and versions up to ``oldest``."""
    await db.execute(_THIN, endpoint, now, oldest)


class Good(Value, frozen=True):
    """``not_after`` missing: the current one."""

    endpoint_id: EndpointId
    version: int
    not_after: datetime | None


_GOOD: Final = """-- outbox.endpoint_secret.good
-- roles: portal, courier
SELECT endpoint_id, version, not_after FROM outbox.endpoint_secret
WHERE endpoint_id = ANY ($1) AND (not_after IS NULL OR not_after > $2) ORDER BY endpoint_id, version DESC"""


async def good(db: Connection, endpoints: Sequence[EndpointId], now: datetime) -> list[Good]:
    """Which versions sign just now, the newest first."""
    return await db.fetch(Good, _GOOD, [one.uuid for one in endpoints], now)
