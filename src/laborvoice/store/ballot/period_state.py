"""Periods and how far each has come. Written by the vault alone."""

from datetime import datetime
from typing import Final, Literal

from laborvoice.domain import Value
from laborvoice.domain.period import Kind
from laborvoice.store.database import Connection

State = Literal["open", "closing", "counted", "burning", "burned"]


class PeriodState(Value, frozen=True):
    """``lanes_mixed``: a bit for each lane of the spool that was mixed since the period closed."""

    period: str
    kind: Kind
    state: State
    lanes_mixed: int


_ALL: Final = """-- ballot.period_state.all_states
-- roles: vault, portal, courier
SELECT period, kind, state, lanes_mixed FROM ballot.period_state ORDER BY period"""


async def all_states(db: Connection) -> list[PeriodState]:
    return await db.fetch(PeriodState, _ALL)


_ADD: Final = """-- ballot.period_state.add
-- roles: vault
INSERT INTO ballot.period_state (period, kind, state) VALUES ($1, $2, 'open') ON CONFLICT DO NOTHING"""


async def add(db: Connection, period: str, kind: Kind) -> None:
    await db.execute(_ADD, period, kind)


_MOVE: Final = """-- ballot.period_state.move
-- roles: vault
UPDATE ballot.period_state SET state = $3 WHERE period = $1 AND state = $2"""


async def move(db: Connection, period: str, before: State, after: State) -> bool:
    """False if the period was not in the state ``before``."""
    return await db.changed(_MOVE, period, before, after) == 1


_MIXED: Final = """-- ballot.period_state.mixed
-- roles: vault
UPDATE ballot.period_state SET lanes_mixed = lanes_mixed | $1::smallint WHERE state = 'closing'"""


async def mixed(db: Connection, lane: int) -> None:
    """The lane was emptied: what was cast into it while the period was open is in the box."""
    await db.execute(_MIXED, 1 << lane)


_ALIVE: Final = """-- ballot.period_state.alive
-- roles: vault
SELECT period FROM ballot.period_state WHERE state IN ('open', 'closing') ORDER BY period FOR UPDATE"""


async def alive(db: Connection) -> frozenset[str]:
    """The periods whose boxes are there. None of them closes or burns until the transaction ends."""
    return frozenset(await db.values(str, _ALIVE))


_NOW: Final = """-- ballot.period_state.now
-- roles: vault
SELECT clock_timestamp()"""


async def now(db: Connection) -> datetime:
    """The time by PostgreSQL's clock, to which the vault's is compared before a box is closed."""
    return await db.one_value(datetime, _NOW)


_END_OLD: Final = """-- ballot.period_state.end_old
-- roles: vault
SELECT ballot.end_old($1)::text"""


async def end_old(db: Connection, seconds: float) -> None:
    """End what neighbours have kept open for longer: a lock of theirs would stand in the way of mix and count."""
    await db.execute(_END_OLD, seconds)
