"""Public halves of the watchdogs' keys, a row a month."""

from collections.abc import Collection
from datetime import date
from typing import Final

import msgspec

from laborvoice.domain import Value
from laborvoice.domain.ids import PartyId
from laborvoice.domain.manifest import PublicKey
from laborvoice.domain.party import WatchdogKey
from laborvoice.store.database import Connection


class _Row(Value, frozen=True):
    party: PartyId
    until: date
    sign_key: bytes
    keys: str
    own: bytes


_PUT: Final = """-- registry.watchdog_key.put
-- roles: portal
INSERT INTO registry.watchdog_key (party_id, until, sign_key, keys, own) VALUES ($1, $2, $3, $4::text::jsonb, $5)
ON CONFLICT (party_id, until) DO NOTHING"""


async def put(db: Connection, key: WatchdogKey) -> bool:
    """False where it has keys until that day already."""
    keys = msgspec.json.encode(key.keys).decode()
    return bool(await db.changed(_PUT, key.party, key.until, key.sign_key, keys, key.own))


_VALID: Final = """-- registry.watchdog_key.valid
-- roles: vault, portal
SELECT DISTINCT ON (party_id) party_id AS party, until, sign_key, keys::text AS keys, own
FROM registry.watchdog_key WHERE until >= $1 ORDER BY party_id, until"""


async def valid(db: Connection, day: date) -> list[WatchdogKey]:
    """For each watchdog the first key to end of those that last to ``day``."""
    return [_key(row) for row in await db.fetch(_Row, _VALID, day)]


_OF: Final = """-- registry.watchdog_key.of
-- roles: vault, portal
SELECT party_id AS party, until, sign_key, keys::text AS keys, own
FROM registry.watchdog_key WHERE party_id = $1 ORDER BY until"""


async def of(db: Connection, party: PartyId) -> list[WatchdogKey]:
    """All of one watchdog, past ones too."""
    return [_key(row) for row in await db.fetch(_Row, _OF, party)]


_TAKEN: Final = """-- registry.watchdog_key.taken
-- roles: vault, portal
SELECT DISTINCT one.kid FROM registry.watchdog_key k
CROSS JOIN LATERAL jsonb_to_recordset(k.keys) AS one (kid text)
WHERE k.party_id <> $1 AND one.kid = ANY ($2::text[])"""


async def taken(db: Connection, party: PartyId, kids: Collection[str]) -> frozenset[str]:
    """Those that are another watchdog's: whoever has a key id has the messages that are sealed to it."""
    return frozenset(await db.values(str, _TAKEN, party, sorted(kids)))


def _key(row: _Row) -> WatchdogKey:
    return WatchdogKey(
        party=row.party,
        until=row.until,
        sign_key=row.sign_key,
        keys=msgspec.json.decode(row.keys, type=tuple[PublicKey, ...]),
        own=row.own,
    )
