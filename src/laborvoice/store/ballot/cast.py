"""The one call by which envelopes enter: intake has no other right on spool, seen and spent."""

from collections.abc import Sequence
from typing import Final

from laborvoice.domain import Value
from laborvoice.store.database import Connection


class Cast(Value, frozen=True):
    """An envelope worth keeping. ``tag`` is null unless it is voiced; ``period`` is then its token's."""

    mix_kid: bytes
    digest: bytes
    period: str | None
    tag: bytes | None
    worked: bool
    body: bytes


_CAST_IN: Final = """-- ballot.cast.cast_in
-- roles: intake
SELECT ballot.cast_in($1::bytea[], $2::bytea[], $3::text[], $4::bytea[], $5::boolean[], $6::bytea[])::text"""


async def cast_in(db: Connection, rows: Sequence[Cast]) -> None:
    """Replays and spent tokens are the database's to find. No two rows may have one digest, or one period and tag."""
    await db.execute(
        _CAST_IN,
        [row.mix_kid for row in rows],
        [row.digest for row in rows],
        [row.period for row in rows],
        [row.tag for row in rows],
        [row.worked for row in rows],
        [row.body for row in rows],
    )


_NOTHING: Final = """-- ballot.cast.nothing
-- roles: intake
SELECT ballot.cast_nothing()::text"""


async def nothing(db: Connection) -> None:
    """Make the transaction write, so that its commit takes as long as one that keeps something."""
    await db.execute(_NOTHING)
