"""Endpoints in trouble: what their owners and the operators have to be told of."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from laborvoice.domain.health import Health
from laborvoice.domain.ids import EndpointId, PartyId
from laborvoice.store.database import Connection


class Trouble(Health, frozen=True):
    """A lane that fails, has failed, or was switched off or on."""

    id: EndpointId
    party_id: PartyId


_ALL: Final = """-- outbox.trouble.hold
-- roles: portal, courier
SELECT id, party_id, state, reason, failing_since, failed_at, level, off_told, beats_missed, beats_told
FROM outbox.endpoint
WHERE (failing_since IS NOT NULL OR level > 0 OR beats_missed > 0 OR beats_told OR off_told <> (state = 'disabled'))
    AND ($1::uuid IS NULL OR id > $1)
ORDER BY id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED"""


async def hold(db: Connection, after: EndpointId | None, limit: int) -> list[Trouble]:
    """By id; nobody else changes them until this transaction ends."""
    return await db.fetch(Trouble, _ALL, after, limit)


_PUT: Final = """-- outbox.trouble.put
-- roles: portal, courier
UPDATE outbox.endpoint e SET state = t.state, reason = t.reason, failing_since = t.since, failed_at = t.failed_at,
    level = t.level, off_told = t.off_told, beats_missed = t.missed, beats_told = t.beats_told,
    paused_until = CASE WHEN t.state = 'disabled' THEN NULL ELSE e.paused_until END,
    park_seconds = CASE WHEN t.state = 'disabled' THEN NULL ELSE e.park_seconds END,
    disabled_on = CASE WHEN t.state = 'disabled' THEN coalesce(e.disabled_on, $10) ELSE e.disabled_on END
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::smallint[], $7::boolean[],
        $8::smallint[], $9::boolean[]) AS t (id, state, reason, since, failed_at, level, off_told, missed, beats_told)
WHERE e.id = t.id"""


async def put(db: Connection, troubles: Sequence[Trouble], today: date) -> None:
    """As they stand now. One that is switched off has no breaker any more."""
    await db.execute(
        _PUT,
        [one.id.uuid for one in troubles],
        [one.state for one in troubles],
        [one.reason for one in troubles],
        [one.failing_since for one in troubles],
        [one.failed_at for one in troubles],
        [one.level for one in troubles],
        [one.off_told for one in troubles],
        [one.beats_missed for one in troubles],
        [one.beats_told for one in troubles],
        today,
    )


_OPERATORS: Final = """-- outbox.trouble.operators
-- roles: vault, portal, courier
SELECT id FROM registry.party WHERE kind = 'operator' ORDER BY id"""


async def operators(db: Connection) -> list[PartyId]:
    """They are told of everybody's."""
    return await db.values(PartyId, _OPERATORS)
