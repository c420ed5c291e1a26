"""Attempts: what came of each, for the endpoint's owner to see. Bodies are cut and masked before they come here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from laborvoice.domain import Value
from laborvoice.domain.ids import DeliveryId
from laborvoice.store.database import Connection


class Attempt(Value, frozen=True):
    """``status``, ``address`` and the answer's bytes are missing where nothing was answered."""

    delivery_id: DeliveryId
    at: datetime
    status: int | None
    error_class: str | None
    ms: int
    address: str | None
    headers: tuple[tuple[str, str], ...]
    body: bytes


_PUT: Final = """-- outbox.attempt.put
-- roles: courier
INSERT INTO outbox.attempt (delivery_id, endpoint_id, event_id, at, status, error_class, ms, address, headers, body)
SELECT d.id, d.endpoint_id, d.event_id, t.at, t.status, t.error_class, t.ms, t.address, t.headers::jsonb, t.body
FROM unnest(
        $1::uuid[], $2::timestamptz[], $3::smallint[], $4::text[], $5::integer[], $6::text[], $7::text[], $8::bytea[])
    AS t (delivery_id, at, status, error_class, ms, address, headers, body)
JOIN outbox.delivery d ON d.id = t.delivery_id"""


async def put(db: Connection, attempts: Sequence[Attempt]) -> None:
    """Those of deliveries that are still there: who deletes an endpoint wants nothing kept of it."""
    await db.execute(
        _PUT,
        [one.delivery_id.uuid for one in attempts],
        [one.at for one in attempts],
        [one.status for one in attempts],
        [one.error_class for one in attempts],
        [one.ms for one in attempts],
        [one.address for one in attempts],
        [msgspec.json.encode(one.headers).decode() for one in attempts],
        [one.body for one in attempts],
    )


_PURGE: Final = """-- outbox.attempt.purge
-- roles: portal, courier
DELETE FROM outbox.attempt WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM outbox.attempt WHERE at < $1 ORDER BY at LIMIT $2))"""


async def purge(db: Connection, before: datetime, limit: int) -> int:
    """How many made before are gone."""
    return await db.changed(_PURGE, before, limit)
