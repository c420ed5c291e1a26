"""The spool: two lanes of envelopes as they came. One is written while the other is mixed."""

from collections.abc import AsyncIterator
from typing import Final, LiteralString

from laborvoice.crypto.framing import ENVELOPE_SIZE
from laborvoice.domain import Value
from laborvoice.store.database import Connection


class Spooled(Value, frozen=True):
    voiced: bool
    body: bytes


_TAKE_TURN: Final = """-- ballot.spool.take_turn
-- roles: vault
LOCK TABLE ballot.spool_switch IN SHARE UPDATE EXCLUSIVE MODE"""


async def take_turn(db: Connection) -> None:
    """Of several vaults one mixes at a time: it waits here, and holds the turn until the transaction ends.

    By a lock that only a vault may take; it is in the way of nobody who casts, nor of the turn of the switch.
    """
    await db.execute(_TAKE_TURN)


_FLIP: Final = """-- ballot.spool.flip
-- roles: vault
UPDATE ballot.spool_switch SET live = 1 - live RETURNING 1 - live"""


async def flip(db: Connection) -> int:
    """Turn the switch; the lane that is no longer written."""
    return await db.value(int, _FLIP) or 0


_LOCK: Final[tuple[LiteralString, ...]] = (
    "LOCK TABLE ballot.spool_0 IN ACCESS EXCLUSIVE MODE",
    "LOCK TABLE ballot.spool_1 IN ACCESS EXCLUSIVE MODE",
)


async def lock(db: Connection, lane: int) -> None:
    await db.execute(_LOCK[lane])


_READ: Final = """-- ballot.spool.read
-- roles: vault
SELECT voiced, body FROM ballot.spool WHERE lane = $1 AND octet_length(body) = $2"""


def read(db: Connection, lane: int) -> AsyncIterator[Spooled]:
    """What has the length of an envelope: a broken intake can put in larger things than we want to hold."""
    return db.stream(Spooled, _READ, lane, ENVELOPE_SIZE)


_CLEAR: Final[tuple[LiteralString, ...]] = (
    "TRUNCATE ballot.spool_0",
    "TRUNCATE ballot.spool_1",
)


async def clear(db: Connection, lane: int) -> None:
    await db.execute(_CLEAR[lane])


_MAY_SETTLE: Final = """-- ballot.spool.may_settle
-- roles: vault
SELECT has_function_privilege('pg_catalog.pg_switch_wal()', 'EXECUTE') AND pg_has_role('pg_checkpoint', 'USAGE')"""

_SETTLE: Final = """-- ballot.spool.settle
-- roles: vault
SELECT pg_switch_wal()::text"""

_CHECKPOINT: Final = "CHECKPOINT"


async def settle(db: Connection) -> None:
    """Leave the write-ahead log of this mix behind; what it held is then in no file (design, privacy 7).

    A managed database may grant no right to do so; the doctor then says it.
    """
    if await db.value(bool, _MAY_SETTLE):
        await db.execute(_SETTLE)
        await db.execute(_CHECKPOINT)
