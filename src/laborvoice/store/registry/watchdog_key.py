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


class _Key(PublicKey, frozen=True):
    """``replaced``: nobody seals to it any more, but messages that are may still come."""

    replaced: bool = False


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


_REPLACE: Final = """-- registry.watchdog_key.replace
-- roles: portal
INSERT INTO registry.watchdog_key AS k (party_id, until, sign_key, keys, own) VALUES ($1, $2, $3, $4::text::jsonb, $5)
ON CONFLICT (party_id, until) DO UPDATE SET sign_key = excluded.sign_key, own = excluded.own, keys = excluded.keys
    || (SELECT jsonb_agg(one || '{"replaced": true}') FROM jsonb_array_elements(k.keys) AS t (one))
WHERE k.sign_key <> excluded.sign_key"""

_WITHDRAW: Final = """-- registry.watchdog_key.withdraw
-- roles: portal
DELETE FROM registry.watchdog_key WHERE party_id = $1 AND until > $2 AND sign_key <> $3"""


async def replace(db: Connection, key: WatchdogKey) -> bool:
    """Beside those it replaces, whose messages stay its watchdog's. False where it is there already."""
    keys = msgspec.json.encode(key.keys).decode()
    return bool(await db.changed(_REPLACE, key.party, key.until, key.sign_key, keys, key.own))


async def withdraw(db: Connection, last: WatchdogKey) -> None:
    """Of months after that of ``last``, those that another year signed: no phone has had them yet."""
    await db.execute(_WITHDRAW, last.party, last.until, last.sign_key)


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


_KIDS: Final = """-- registry.watchdog_key.kids
-- roles: vault, portal
SELECT DISTINCT one.kid FROM registry.watchdog_key k
CROSS JOIN LATERAL jsonb_to_recordset(k.keys) AS one (kid text) WHERE k.party_id = $1 ORDER BY 1"""


async def kids(db: Connection, party: PartyId) -> tuple[str, ...]:
    """Ids of all keys of one watchdog, past and replaced ones too."""
    return tuple(await db.values(str, _KIDS, party))


_TAKEN: Final = """-- registry.watchdog_key.taken
-- roles: vault, portal
SELECT DISTINCT one.kid FROM registry.watchdog_key k
CROSS JOIN LATERAL jsonb_to_recordset(k.keys) AS one (kid text)
WHERE k.party_id <> $1 AND one.kid = ANY ($2::text[])"""


async def taken(db: Connection, party: PartyId, kids: Collection[str]) -> frozenset[str]:
    """Those that are another watchdog's: whoever has a key id has the messages that are sealed to it."""
    return frozenset(await db.values(str, _TAKEN, party, sorted(kids)))


class Lasting(Value, frozen=True):
    """``until``: the last day of the last key; missing without any."""

    name: str
    until: date | None


_LASTING: Final = """-- registry.watchdog_key.lasting
-- roles: vault, portal
SELECT p.name, max(k.until) AS until FROM registry.party p LEFT JOIN registry.watchdog_key k ON k.party_id = p.id
WHERE p.kind = 'watchdog' GROUP BY p.id, p.name ORDER BY p.name"""


async def lasting(db: Connection) -> list[Lasting]:
    """Every watchdog, by name."""
    return await db.fetch(Lasting, _LASTING)


def _key(row: _Row) -> WatchdogKey:
    return WatchdogKey(
        party=row.party,
        until=row.until,
        sign_key=row.sign_key,
        keys=tuple(
            PublicKey(suite=one.suite, kid=one.kid, pk=one.pk)
            for one in msgspec.json.decode(row.keys, type=tuple[_Key, ...])
            if not one.replaced
        ),
        own=row.own,
    )
