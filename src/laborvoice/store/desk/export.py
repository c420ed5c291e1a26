"""Exports: what was asked for, and its files in pieces."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import msgspec

from laborvoice.domain import Value, ids
from laborvoice.domain.export import ExportFormat, ExportKind, ExportState, File, Narrow, Wanted
from laborvoice.domain.ids import ExportId, PartyId
from laborvoice.domain.party import PartyKind
from laborvoice.store.database import Connection

TRIES: Final = 3
"""How often it is begun before it is given up."""


class Export(Value, frozen=True):
    id: ExportId
    party: PartyId
    wanted: Wanted
    state: ExportState
    made_on: date
    expires_on: date
    files: tuple[File, ...]


class Asked(Value, frozen=True):
    """One to be made, and of which kind its party is."""

    export: Export
    party_kind: PartyKind


class _Row(Value, frozen=True):
    id: ExportId
    party_id: PartyId
    kind: ExportKind
    format: ExportFormat
    period: str | None
    filters: str
    cases: bool
    state: ExportState
    made_on: date
    expires_on: date
    files: str

    def export(self) -> Export:
        narrow = msgspec.json.decode(self.filters, type=Narrow, dec_hook=ids.decode)
        return Export(
            id=self.id,
            party=self.party_id,
            wanted=Wanted(kind=self.kind, format=self.format, period=self.period, narrow=narrow, cases=self.cases),
            state=self.state,
            made_on=self.made_on,
            expires_on=self.expires_on,
            files=msgspec.json.decode(self.files, type=tuple[File, ...]),
        )


class _AskedRow(_Row, frozen=True):
    party_kind: PartyKind


_PUT: Final = """-- desk.export.put
-- roles: portal
INSERT INTO desk.export (id, party_id, kind, format, period, filters, state, made_on, expires_on, cases)
VALUES ($1, $2, $3, $4, $5, $6, 'asked', $7, $8, $9)"""


async def put(db: Connection, one: Export) -> None:
    wanted, narrow = one.wanted, msgspec.json.encode(one.wanted.narrow, enc_hook=ids.encode).decode()
    what = (wanted.kind, wanted.format, wanted.period, narrow)
    await db.execute(_PUT, one.id, one.party, *what, one.made_on, one.expires_on, wanted.cases)


_NEXT: Final = """-- desk.export.begin
-- roles: portal
UPDATE desk.export SET tries = tries + 1, state = CASE WHEN tries < $1 THEN state ELSE 'failed' END
WHERE id = (SELECT id FROM desk.export WHERE state = 'asked' ORDER BY tries, made_on, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id"""


async def begin(db: Connection) -> ExportId | None:
    """The next to be made; one that was begun too often is given up instead. None where there is none."""
    return await db.value(ExportId, _NEXT, TRIES)


_HOLD: Final = """-- desk.export.hold
-- roles: portal
SELECT e.id, e.party_id, e.kind, e.format, e.period, e.filters, e.cases, e.state, e.made_on, e.expires_on, e.files,
    p.kind AS party_kind
FROM desk.export e JOIN registry.party p ON p.id = e.party_id
WHERE e.id = $1 AND e.state = 'asked' FOR UPDATE OF e SKIP LOCKED"""


async def hold(db: Connection, export: ExportId) -> Asked | None:
    """Nobody else makes it until the transaction ends. None where somebody does, or did."""
    row = await db.first(_AskedRow, _HOLD, export)
    return None if row is None else Asked(export=row.export(), party_kind=row.party_kind)


_FINISH: Final = """-- desk.export.finish
-- roles: portal
UPDATE desk.export SET state = $2, files = $3 WHERE id = $1"""


async def finish(db: Connection, export: ExportId, state: ExportState, files: Sequence[File]) -> None:
    await db.execute(_FINISH, export, state, msgspec.json.encode(files).decode())


_ADD: Final = """-- desk.export.add
-- roles: portal
INSERT INTO desk.export_body (export_id, name, part, body) VALUES ($1, $2, $3, $4)"""


async def add(db: Connection, export: ExportId, name: str, part: int, body: bytes) -> None:
    await db.execute(_ADD, export, name, part, body)


_PART: Final = """-- desk.export.part
-- roles: portal
SELECT body FROM desk.export_body WHERE export_id = $1 AND name = $2 AND part = $3"""


async def part(db: Connection, export: ExportId, name: str, number: int) -> bytes | None:
    """None behind the last one."""
    return await db.value(bytes, _PART, export, name, number)


_OF_PARTY: Final = """-- desk.export.of_party
-- roles: portal
SELECT id, party_id, kind, format, period, filters, cases, state, made_on, expires_on, files FROM desk.export
WHERE party_id = $1 AND expires_on > $2 ORDER BY made_on DESC, id LIMIT $3"""


async def of_party(db: Connection, party: PartyId, today: date, limit: int) -> list[Export]:
    """The newest first; those that have expired are left out."""
    return [row.export() for row in await db.fetch(_Row, _OF_PARTY, party, today, limit)]


_BY_ID: Final = """-- desk.export.by_id
-- roles: portal
SELECT id, party_id, kind, format, period, filters, cases, state, made_on, expires_on, files FROM desk.export
WHERE id = $1 AND party_id = $2 AND expires_on > $3"""


async def by_id(db: Connection, export: ExportId, party: PartyId, today: date) -> Export:
    """Raises NotFound where there is none, it has expired, or it is another's."""
    return (await db.one(_Row, _BY_ID, export, party, today)).export()


_PURGE: Final = """-- desk.export.purge
-- roles: portal
DELETE FROM desk.export WHERE expires_on <= $1"""


async def purge(db: Connection, today: date) -> None:
    await db.execute(_PURGE, today)
