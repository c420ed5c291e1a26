"""The box: sealed ballots in unnamed lots. The tray holds what came to a box too large to be reshuffled each hour."""

from collections.abc import AsyncIterator, Sequence
from typing import Final
from uuid import UUID

from laborvoice.domain import Value
from laborvoice.store.database import Connection


class Row(Value, frozen=True):
    """One ballot: ``lot`` is known to the vault alone, ``blob`` is 2,480 bytes whatever it holds."""

    lot: bytes
    period: str
    id: UUID
    blob: bytes


class Blob(Value, frozen=True):
    blob: bytes


def _columns(rows: Sequence[Row]) -> tuple[list[bytes], list[str], list[UUID], list[bytes]]:
    ordered = sorted(rows, key=lambda row: (row.lot, row.period, row.id))
    return (
        [row.lot for row in ordered],
        [row.period for row in ordered],
        [row.id for row in ordered],
        [row.blob for row in ordered],
    )


_PUT: Final = """-- ballot.box.put
-- roles: vault
INSERT INTO ballot.box (lot, period, id, blob)
SELECT * FROM unnest($1::bytea[], $2::text[], $3::uuid[], $4::bytea[])"""


async def put(db: Connection, rows: Sequence[Row]) -> None:
    await db.execute(_PUT, *_columns(rows))


_PUT_TRAY: Final = """-- ballot.box.put_tray
-- roles: vault
INSERT INTO ballot.tray (lot, period, id, blob)
SELECT * FROM unnest($1::bytea[], $2::text[], $3::uuid[], $4::bytea[])"""


async def put_tray(db: Connection, rows: Sequence[Row]) -> None:
    await db.execute(_PUT_TRAY, *_columns(rows))


_LOT: Final = """-- ballot.box.lot
-- roles: vault
SELECT blob FROM ballot.box WHERE lot = $1 AND period = $2
UNION ALL SELECT blob FROM ballot.tray WHERE lot = $1 AND period = $2"""


def lot(db: Connection, lot: bytes, period: str) -> AsyncIterator[Blob]:
    return db.stream(Blob, _LOT, lot, period)


_BEYOND: Final = """-- ballot.box.beyond
-- roles: vault
SELECT 1 FROM ballot.box WHERE period = $1 OFFSET $2 LIMIT 1"""


async def beyond(db: Connection, period: str, rows: int) -> bool:
    """Whether the period's box holds more than so many rows."""
    return await db.value(int, _BEYOND, period, rows) is not None


_EMPTY_TRAY: Final = """-- ballot.box.empty_tray
-- roles: vault
INSERT INTO ballot.box (lot, period, id, blob)
SELECT lot, period, id, blob FROM ballot.tray WHERE period = $1 ORDER BY lot, id"""


async def empty_tray(db: Connection, period: str) -> None:
    """Move the period's tray into its box. The caller then drops and makes the tray's partition."""
    await db.execute(_EMPTY_TRAY, period)
