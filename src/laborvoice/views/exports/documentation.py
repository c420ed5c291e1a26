"""E7: what a party did, day by day, from the audit log. No person is named."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final

from laborvoice.domain.audit import ACTS
from laborvoice.domain.export import Page, Table, Wanted
from laborvoice.store.access import audit
from laborvoice.store.database import Connection
from laborvoice.store.registry.sight import Sight

TABLE: Final = Table(name="log", title="Documentation log", columns=("date", "act", "object", "party"))
_BATCH: Final = 1_000
_DAY: Final = len("2026-11-12")


async def pages(db: Connection, sight: Sight, wanted: Wanted, now: datetime) -> AsyncIterator[Page]:
    """Of one party; to operators of all."""
    del wanted, now
    whose = None if sight.kind == "operator" else sight.party
    after, more = 0, True
    while more:
        rows = await audit.page(db, ACTS, after, whose, _BATCH)
        yield Page(rows=tuple((row.at[:_DAY], row.action, row.object, row.actor) for row in rows))
        after = rows[-1].seq if rows else after
        more = len(rows) == _BATCH
