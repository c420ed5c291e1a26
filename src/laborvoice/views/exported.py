"""A party's exports as it finds them: what was asked for, how far it is, its files."""

from collections.abc import AsyncIterator
from datetime import date

from msgspec import UNSET, UnsetType

from laborvoice.domain import Value
from laborvoice.domain.export import MANIFEST, ExportFormat, ExportKind, ExportState, File, Narrow
from laborvoice.domain.ids import ExportId, PartyId
from laborvoice.errors import NotFound
from laborvoice.store.database import Connection, Database
from laborvoice.store.desk import export
from laborvoice.store.desk.export import Export
from laborvoice.views import given


class ExportView(Value, frozen=True):
    """``files`` is empty until it is ready; ``manifest`` is the path of the one that lists the others."""

    id: ExportId
    kind: ExportKind
    format: ExportFormat
    filter: Narrow
    state: ExportState
    made_on: date
    expires_on: date
    files: tuple[File, ...]
    period: str | UnsetType = UNSET
    manifest: str | UnsetType = UNSET


async def own(database: Database, party: PartyId, today: date, limit: int) -> tuple[ExportView, ...]:
    """The newest first."""
    rows = await database.run("exports", lambda db: export.of_party(db, party, today, limit))
    return tuple(_shown(row) for row in rows)


async def one(database: Database, party: PartyId, today: date, wanted: ExportId) -> ExportView:
    """Raises NotFound."""
    return await database.run("export", lambda db: known(db, party, today, wanted))


async def known(db: Connection, party: PartyId, today: date, wanted: ExportId) -> ExportView:
    """In a transaction that is going on. Raises NotFound."""
    return _shown(await export.by_id(db, wanted, party, today))


def file(whole: ExportView, name: str) -> File:
    """Raises NotFound."""
    for each in whole.files:
        if each.name == name:
            return each
    raise NotFound


async def pieces(database: Database, named: tuple[ExportId, str]) -> AsyncIterator[bytes]:
    """Of a file that was found, one after another: no more than one is in memory."""
    number, piece = 0, await _piece(database, named, 0)
    while piece is not None:
        yield piece
        number += 1
        piece = await _piece(database, named, number)


async def _piece(database: Database, named: tuple[ExportId, str], number: int) -> bytes | None:
    return await database.run("export piece", lambda db: export.part(db, *named, number))


def _shown(row: Export) -> ExportView:
    ready = row.state == "ready"
    return ExportView(
        id=row.id,
        kind=row.wanted.kind,
        format=row.wanted.format,
        filter=row.wanted.narrow,
        state=row.state,
        made_on=row.made_on,
        expires_on=row.expires_on,
        files=row.files,
        period=given(row.wanted.period),
        manifest=f"/v1/exports/{row.id}/files/{MANIFEST}" if ready else UNSET,
    )
