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
SELECT CASE WHEN coalesce((SELECT max(seq) FROM ballot.manifest), 0) > $7 THEN NULL
    ELSE coalesce(
        ballot.cast_in($1::bytea[], $2::bytea[], $3::text[], $4::bytea[], $5::boolean[], $6::bytea[])::text, '') END"""


async def cast_in(db: Connection, rows: Sequence[Cast], seq: int) -> bool:
    """False, and nothing is cast, where there is a manifest after ``seq``.

    Replays and spent tokens are the database's to find. No two rows may have one digest, or one period and tag.
    """
    columns = (
        [row.mix_kid for row in rows],
        [row.digest for row in rows],
        [row.period for row in rows],
        [row.tag for row in rows],
        [row.worked for row in rows],
        [row.body for row in rows],
    )
    return await db.value(str, _CAST_IN, *columns, seq) is not None


_NOTHING: Final = """-- ballot.cast.nothing
-- roles: intake
SELECT CASE WHEN coalesce((SELECT max(seq) FROM ballot.manifest), 0) > $1 THEN NULL
    ELSE coalesce(ballot.cast_nothing()::text, '') END"""


async def nothing(db: Connection, seq: int) -> bool:
    """Make the transaction write, so that its commit takes as long as one that keeps something. False as above."""
    return await db.value(str, _NOTHING, seq) is not None
