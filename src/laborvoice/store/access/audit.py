"""The audit log's chains. A row is added under a lock on the head of its chain; no role can change or delete one.

A verb that is an act records it in its own transaction, as the last thing it does, for the lock is held to the end::

    from laborvoice.domain.audit import Act, Actor
    from laborvoice.store.access import audit

    await audit.record(db, now, Act(action="link.confirmed", actor=Actor(party=by, by=user), object=link))
"""

from datetime import datetime
from typing import Final

import msgspec

from laborvoice.domain import Value
from laborvoice.domain.audit import ACTS, FIRST, Act, Head, Row, next_row
from laborvoice.domain.ids import CaseId, PartyId
from laborvoice.store.database import Connection


async def record(db: Connection, now: datetime, act: Act) -> None:
    """Written with the act, or neither is."""
    row = next_row(await hold(db, act.chain), act, now)
    await _put(db, act.chain, row)
    await _move(db, act.chain, Head(seq=row.seq, hash=row.hash))


class _Head(Value, frozen=True):
    seq: int
    hash: bytes

    def head(self) -> Head:
        return Head(seq=self.seq, hash=self.hash.hex())


_HOLD: Final = """-- access.audit.hold
-- roles: portal
INSERT INTO access.audit_head AS h (chain, seq, hash, told_on) VALUES ($1, 0, $2, '')
ON CONFLICT (chain) DO UPDATE SET told_on = h.told_on RETURNING seq, hash"""


async def hold(db: Connection, chain: str) -> Head:
    """The chain's head, nobody else's until this transaction ends."""
    return (await db.one(_Head, _HOLD, chain, bytes.fromhex(FIRST))).head()


_PUT: Final = """-- access.audit.put
-- roles: portal
INSERT INTO access.audit (chain, seq, at, actor, action, object, facts, prev, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"""


async def _put(db: Connection, chain: str, row: Row) -> None:
    facts = msgspec.json.encode(row.facts, order="sorted").decode()
    what = (row.seq, row.at, row.actor, row.action, row.object, facts)
    await db.execute(_PUT, chain, *what, bytes.fromhex(row.prev), bytes.fromhex(row.hash))


_MOVE: Final = """-- access.audit.move
-- roles: portal
UPDATE access.audit_head SET seq = $2, hash = $3 WHERE chain = $1"""


async def _move(db: Connection, chain: str, head: Head) -> None:
    await db.execute(_MOVE, chain, head.seq, bytes.fromhex(head.hash))


_HEAD: Final = """-- access.audit.head
-- roles: portal
SELECT seq, hash FROM access.audit_head WHERE chain = $1"""


async def head(db: Connection, chain: str) -> Head | None:
    """None of a chain in which nothing was ever written."""
    found = await db.first(_Head, _HEAD, chain)
    return None if found is None else found.head()


class _Row(Value, frozen=True):
    seq: int
    at: str
    actor: str
    action: str
    object: str
    facts: str
    prev: bytes
    hash: bytes

    def row(self) -> Row:
        return Row(
            seq=self.seq,
            at=self.at,
            actor=self.actor,
            action=self.action,
            object=self.object,
            facts=msgspec.json.decode(self.facts, type=dict[str, str | int]),
            prev=self.prev.hex(),
            hash=self.hash.hex(),
        )


_PAGE: Final = """-- access.audit.page
-- roles: portal
SELECT seq, at, actor, action, object, facts, prev, hash FROM access.audit
WHERE chain = $1 AND seq > $2 AND ($3::text IS NULL OR actor = $3) ORDER BY seq LIMIT $4"""


async def page(db: Connection, chain: str, after: int, actor: PartyId | None, limit: int) -> list[Row]:
    """In their order; of one actor, or of all."""
    who = None if actor is None else str(actor)
    return [one.row() for one in await db.fetch(_Row, _PAGE, chain, after, who, limit)]


_OF_CASE: Final = """-- access.audit.of_case
-- roles: portal
SELECT seq, at, actor, action, object, facts, prev, hash FROM access.audit
WHERE object = $1 AND starts_with(object, 'cas_') AND chain = 'acts' ORDER BY seq DESC LIMIT $2"""


async def of_case(db: Connection, case: CaseId, limit: int) -> list[Row]:
    """What was done to it, the newest first."""
    return [one.row() for one in await db.fetch(_Row, _OF_CASE, str(case), limit)]


_BEFORE: Final = """-- access.audit.before
-- roles: portal
SELECT seq, hash FROM access.audit WHERE chain = $1 AND at < $2 ORDER BY seq DESC LIMIT 1"""


async def before(db: Connection, chain: str, at: str) -> Head | None:
    """The last row that is older than a moment of the chain's own kind."""
    found = await db.first(_Head, _BEFORE, chain, at)
    return None if found is None else found.head()


_CHAINS: Final = """-- access.audit.chains
-- roles: portal
SELECT chain FROM access.audit_head UNION SELECT chain FROM access.audit ORDER BY chain"""


async def chains(db: Connection) -> list[str]:
    return await db.values(str, _CHAINS)


_UNTOLD: Final = """-- access.audit.untold
-- roles: portal
SELECT chain FROM access.audit_head WHERE told_on <> CASE WHEN chain = $1 THEN $2 ELSE $3 END
ORDER BY chain FOR UPDATE SKIP LOCKED LIMIT $4"""


async def untold(db: Connection, day: str, week: str, limit: int) -> list[str]:
    """Chains whose head was not yet told this day or week; each is nobody else's until this transaction ends."""
    return await db.values(str, _UNTOLD, ACTS, day, week, limit)


_TELL: Final = """-- access.audit.tell
-- roles: portal
UPDATE access.audit_head SET told_on = $2 WHERE chain = $1"""


async def tell(db: Connection, chain: str, told_on: str) -> None:
    await db.execute(_TELL, chain, told_on)


_HEARERS: Final = """-- access.audit.hearers
-- roles: vault, portal, courier
SELECT id FROM registry.party WHERE kind IN ('operator', 'watchdog') ORDER BY id"""


async def hearers(db: Connection) -> list[PartyId]:
    """Who is told the head of the chain of all acts."""
    return await db.values(PartyId, _HEARERS)
