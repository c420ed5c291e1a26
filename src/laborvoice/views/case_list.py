"""Cases beside scores: sums for a portfolio, and those of one supplier with what is due next."""

from datetime import datetime

from laborvoice.domain.ids import SupplierId
from laborvoice.store.database import Connection, Database
from laborvoice.store.desk import case_sum
from laborvoice.store.desk.case_sum import Sum as Sums
from laborvoice.store.registry import sight as sights
from laborvoice.store.registry.sight import Sight
from laborvoice.views import cases
from laborvoice.views.cases import CaseView

__all__ = ("Sums", "of_supplier", "sums")


async def sums(database: Database, sight: Sight, now: datetime) -> Sums | None:
    """None of a party that has no cases."""
    return await database.run("case_sums", lambda db: case_sum.of(db, sight, now))


async def of_supplier(database: Database, sight: Sight, now: datetime, supplier: SupplierId) -> tuple[CaseView, ...]:
    """What is due next first. Raises NotFound."""

    async def step(db: Connection) -> tuple[CaseView, ...]:
        key = (await sights.key(db, sight, supplier)).supplier_id
        return (await cases.of_suppliers(db, sight, now, [key])).get(key, ())

    return await database.run("supplier_cases", step)
