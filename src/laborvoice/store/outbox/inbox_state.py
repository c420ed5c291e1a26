"""What a heartbeat says of a watchdog's inbox, and whose heart beats now. Nothing else of an inbox is read here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.heartbeat import InboxState
from laborvoice.domain.ids import EndpointId, PartyId
from laborvoice.store.database import Connection


class Pulse(Value, frozen=True):
    """One heartbeat to be sent: where to, with which keys, and the state of the inbox.

    ``late``: in seconds. ``skipped``: there was none a minute ago.
    """

    endpoint_id: EndpointId
    url: str
    headers: str
    versions: tuple[int, ...]
    secrets: tuple[bytes, ...]
    seeds: tuple[int, ...]
    cursor: str
    urgent_waiting: int
    late: float
    skipped: bool


# The second is a hash of the endpoint's id, whose last bytes are random.
_BEATS: Final = """-- outbox.inbox_state.beat
-- roles: portal, courier
WITH hearer AS (
    SELECT e.id, e.party_id, e.beaten, $2::timestamptz + make_interval(
        secs => (get_byte(uuid_send(e.id), 14) * 256 + get_byte(uuid_send(e.id), 15)) % 60) AS at
    FROM outbox.endpoint e JOIN registry.party p ON p.id = e.party_id
    WHERE e.state = 'active' AND e.types && ARRAY['inbox.heartbeat', '*'] AND p.kind = 'watchdog'
), beating AS (
    UPDATE outbox.endpoint e SET beaten = h.at FROM hearer h
    WHERE e.id = h.id AND h.at <= $1 AND h.at > $1 - interval '5 s' AND (e.beaten IS NULL OR e.beaten < h.at)
    RETURNING e.id, e.party_id, e.url, e.headers, e.version, h.at, h.at - h.beaten > interval '90 s' AS skipped
)
SELECT b.id AS endpoint_id, b.url, b.headers::text AS headers, s.versions, s.secrets, k.seeds,
    coalesce(i.cursor, repeat('A', 24)) AS cursor, coalesce(i.urgent_waiting, 0) AS urgent_waiting,
    extract(epoch FROM $1 - b.at)::float8 AS late, coalesce(b.skipped, false) AS skipped
FROM beating b LEFT JOIN outbox.inbox_state i ON i.party_id = b.party_id
CROSS JOIN LATERAL (
    SELECT array_agg(s.version ORDER BY s.version DESC) AS versions,
        array_agg(s.secret_sealed ORDER BY s.version DESC) AS secrets
    FROM outbox.endpoint_secret s WHERE s.endpoint_id = b.id AND (s.not_after IS NULL OR s.not_after > $1)) s
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(k.version ORDER BY k.version DESC), ARRAY[b.version]) AS seeds
    FROM outbox.endpoint_key k WHERE k.endpoint_id = b.id AND k.not_before <= ($1 AT TIME ZONE 'UTC')::date
        AND (k.not_after IS NULL OR k.not_after >= ($1 AT TIME ZONE 'UTC')::date)) k"""


async def beat(db: Connection, now: datetime, minute: datetime) -> list[Pulse]:
    """The heartbeats whose second in ``minute`` has come: each is given out once, to whichever courier asks first.

    One that nobody asked for within 5 s is left out: it would come at another second.
    """
    return await db.fetch(Pulse, _BEATS, now, minute)


_FELT: Final = """-- outbox.inbox_state.felt
-- roles: portal, courier
UPDATE outbox.endpoint e SET beats_missed = CASE WHEN t.failed THEN least(e.beats_missed + 1, 1000) ELSE 0 END,
    failing_since = CASE WHEN t.failed THEN coalesce(e.failing_since, $3) END,
    failed_at = CASE WHEN t.failed THEN $3 END
FROM unnest($1::uuid[], $2::boolean[]) AS t (id, failed)
WHERE e.id = t.id AND (t.failed OR e.beats_missed > 0 OR e.failing_since IS NOT NULL)"""


async def felt(db: Connection, endpoints: Sequence[EndpointId], failed: Sequence[bool], at: datetime) -> None:
    """What came of heartbeats. They count for the health of an endpoint as deliveries do."""
    await db.execute(_FELT, [one.uuid for one in endpoints], failed, at)


_OF: Final = """-- outbox.inbox_state.of
-- roles: vault, portal, courier
SELECT cursor, urgent_waiting FROM outbox.inbox_state WHERE party_id = $1"""


async def of(db: Connection, party: PartyId) -> InboxState | None:
    """None where nothing has ever come."""
    return await db.first(InboxState, _OF, party)
