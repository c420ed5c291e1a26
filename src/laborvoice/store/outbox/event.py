"""Events: written with their fact, numbered and given their bytes by the courier."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from laborvoice.domain import Value, ids
from laborvoice.domain.event import Event
from laborvoice.domain.facts import KINDS, EventType
from laborvoice.domain.ids import EventId
from laborvoice.store.database import Connection

_PUT: Final = """-- outbox.event.put
-- roles: vault, portal, courier
INSERT INTO outbox.event (id, type, audience, resource, facts, period, occurred_on, not_before)
SELECT id, type, audience, resource, facts::jsonb, period, occurred_on, not_before
FROM unnest(
        $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[])
    AS t (id, type, audience, resource, facts, period, occurred_on, not_before)"""


async def put(db: Connection, events: Sequence[Event]) -> None:
    """In the transaction of the fact: neither can be without the other."""
    await db.execute(
        _PUT,
        [event.id.uuid for event in events],
        [event.type for event in events],
        [event.audience for event in events],
        [event.resource for event in events],
        [msgspec.json.encode(event.facts, enc_hook=ids.encode).decode() for event in events],
        [event.period for event in events],
        [event.occurred_on for event in events],
        [event.not_before for event in events],
    )


class _Row(Value, frozen=True):
    id: EventId
    type: EventType
    audience: str
    resource: str
    facts: str
    period: str | None
    occurred_on: datetime
    not_before: datetime | None

    def event(self) -> Event:
        return Event(
            id=self.id,
            type=self.type,
            audience=self.audience,
            resource=self.resource,
            facts=msgspec.json.decode(self.facts, type=KINDS[self.type].facts, dec_hook=ids.decode),
            period=self.period,
            occurred_on=self.occurred_on,
            not_before=self.not_before,
        )


_READY: Final = """-- outbox.event.ready
-- roles: portal, courier
SELECT id, type, audience, resource, facts::text AS facts, period, occurred_on, not_before FROM outbox.event
WHERE NOT expanded AND coalesce(period, '') = ANY ($1) AND (not_before IS NULL OR not_before <= $2)
ORDER BY occurred_on, period, id LIMIT $3"""


async def ready(db: Connection, periods: Sequence[str], now: datetime, limit: int) -> list[Event]:
    """Those not yet told, of these periods or of none, whose time has come; the oldest first."""
    rows = await db.fetch(_Row, _READY, ["", *periods], now, limit)
    return [row.event() for row in rows]


_EXPAND: Final = """-- outbox.event.expand
-- roles: courier
UPDATE outbox.event e SET sequence = t.sequence, body = t.body, expanded = true
FROM unnest($1::uuid[], $2::bigint[], $3::bytea[]) AS t (id, sequence, body) WHERE e.id = t.id"""


async def expand(db: Connection, events: Sequence[EventId], sequences: Sequence[int], bodies: Sequence[bytes]) -> None:
    await db.execute(_EXPAND, [event.uuid for event in events], sequences, bodies)


_PURGE: Final = """-- outbox.event.purge
-- roles: courier
WITH old AS (
    SELECT id FROM outbox.event WHERE expanded AND occurred_on < $1 ORDER BY occurred_on LIMIT $2
), tried AS (
    DELETE FROM outbox.attempt a USING outbox.delivery d, old WHERE a.delivery_id = d.id AND d.event_id = old.id
), sent AS (
    DELETE FROM outbox.delivery d USING old WHERE d.event_id = old.id
), shown AS (
    DELETE FROM outbox.feed f USING old WHERE f.event_id = old.id
        AND f.position < (SELECT max(n.position) FROM outbox.feed n WHERE n.party_id = f.party_id)
)
DELETE FROM outbox.event e USING old WHERE e.id = old.id"""


async def purge(db: Connection, before: datetime, limit: int) -> int:
    """How many events of ``before`` are gone, with all that hung on them.

    The newest row of a party's feed stays, or its positions would begin again and a poller's cursor would skip.
    """
    return await db.changed(_PURGE, before, limit)
