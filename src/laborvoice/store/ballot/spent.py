"""Spent voice tokens."""

from collections.abc import Sequence
from typing import Final

from laborvoice.store.database import Connection

_MIX: Final = """-- ballot.spent.mix
-- roles: vault
INSERT INTO ballot.spent (period, tag, mixed)
SELECT t.period, t.tag, true FROM unnest($1::text[], $2::bytea[]) AS t (period, tag)
JOIN ballot.period_state p ON p.period = t.period
LEFT JOIN ballot.spent s ON s.period = t.period AND s.tag = t.tag
WHERE p.state = 'open' OR (p.state = 'closing' AND s.tag IS NOT NULL)
ORDER BY t.tag
ON CONFLICT (period, tag) DO UPDATE SET mixed = true WHERE NOT spent.mixed
RETURNING tag"""


async def mix(db: Connection, periods: Sequence[str], tags: Sequence[bytes]) -> frozenset[bytes]:
    """Of these tags, those whose ballot goes into the box now: each tag once, whatever intake did.

    Once a period closes, only what was spent while it was open: a token that comes late is good for nothing.
    """
    return frozenset(await db.values(bytes, _MIX, periods, tags))
