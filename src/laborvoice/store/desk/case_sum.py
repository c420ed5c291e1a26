"""A party's cases in sums, for the first row of its portfolio."""

from datetime import datetime
from typing import Final

from laborvoice.domain import Value
from laborvoice.domain.ids import CaseId
from laborvoice.store.database import Connection
from laborvoice.store.registry.sight import Sight


class Sum(Value, frozen=True):
    """Of cases that are open.

    ``waiting``: not acknowledged by a brand, not triaged or acknowledged by a watchdog. ``critical``: those that raise
    a band. ``next_case`` is the one whose clock comes next.
    """

    open: int
    waiting: int
    overdue: int
    critical: int
    next_due: datetime | None
    next_case: CaseId | None


_OF_WATCHDOG: Final = """-- desk.case_sum.of_watchdog
-- roles: portal
SELECT count(*) AS open, count(*) FILTER (WHERE c.state IN ('received', 'triaged', 'reopened')) AS waiting,
    count(*) FILTER (WHERE c.due_next < $2) AS overdue, count(*) FILTER (WHERE c.raises) AS critical,
    min(c.due_next) FILTER (WHERE c.due_next >= $2) AS next_due,
    (array_agg(c.id ORDER BY c.due_next, c.id) FILTER (WHERE c.due_next >= $2))[1] AS next_case
FROM desk.case_party p JOIN desk."case" c ON c.id = p.case_id
WHERE p.party_id = $1 AND p.kind = 'watchdog' AND c.state NOT IN ('closed', 'duplicate', 'out_of_scope')"""

_OF_BRAND: Final = """-- desk.case_sum.of_brand
-- roles: portal
SELECT count(*) AS open, count(*) FILTER (WHERE p.acknowledged_on IS NULL) AS waiting,
    count(*) FILTER (WHERE s.due_next < $2) AS overdue, count(*) FILTER (WHERE s.raises) AS critical,
    min(s.due_next) FILTER (WHERE s.due_next >= $2) AS next_due,
    (array_agg(p.case_id ORDER BY s.due_next, p.case_id) FILTER (WHERE s.due_next >= $2))[1] AS next_case
FROM desk.case_party p JOIN LATERAL (
    SELECT s.state, s.raises, s.due_next FROM desk.case_shown s
    WHERE s.case_id = p.case_id AND s.party_id = p.party_id AND s.at <= $2 ORDER BY s.at DESC LIMIT 1) s
    ON s.state NOT IN ('closed', 'duplicate', 'out_of_scope')
WHERE p.party_id = $1 AND p.kind = 'brand'"""


async def of(db: Connection, sight: Sight, now: datetime) -> Sum | None:
    """Of what the party sees at this moment; None of one that has no cases."""
    if sight.kind == "operator":
        return None
    if sight.kind == "watchdog":
        return await db.first(Sum, _OF_WATCHDOG, sight.party, now)
    return await db.first(Sum, _OF_BRAND, sight.party, now)
