"""What each release cost: one row for a supplier and a period, written before the noise is drawn."""

from typing import Final

from laborvoice.domain.ids import SupplierKey
from laborvoice.domain.release import Ledger
from laborvoice.store.database import Connection

_CLAIM: Final = """-- release.ledger.claim
-- roles: vault
INSERT INTO release.ledger (supplier_id, period, eps_count, eps_severity, eps_conditions, eps_top, delta, mechanisms,
    opendp, code)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING"""


async def claim(db: Connection, supplier: SupplierKey, ledger: Ledger) -> bool:
    """False if the supplier and period have their row: then there is a release, and nothing more is to be drawn."""
    return bool(
        await db.changed(
            _CLAIM,
            supplier,
            ledger.period,
            ledger.eps_count,
            ledger.eps_severity,
            ledger.eps_conditions,
            ledger.eps_top,
            ledger.delta,
            ledger.mechanisms,
            ledger.opendp,
            ledger.code,
        )
    )


_OF_SUPPLIER: Final = """-- release.ledger.of_supplier
-- roles: vault, portal
SELECT period, eps_count, eps_severity, eps_conditions, eps_top, delta, mechanisms, opendp, code
FROM release.ledger WHERE supplier_id = $1 ORDER BY period"""


async def of_supplier(db: Connection, supplier: SupplierKey) -> list[Ledger]:
    return await db.fetch(Ledger, _OF_SUPPLIER, supplier)
