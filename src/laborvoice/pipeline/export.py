"""Export: what somebody asks for is made in one transaction, piece by piece: it is whole, or it is made again."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Final

from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.crypto import signed_export
from laborvoice.domain import Value
from laborvoice.domain.audit import Act, Actor
from laborvoice.domain.event import Event, of_party
from laborvoice.domain.export import KEPT, MANIFEST, TITLES, Basis, File, Manifest, Section, Wanted, filters
from laborvoice.domain.facts import OfExport
from laborvoice.domain.ids import EventId, ExportId, ReleaseId
from laborvoice.domain.score import METHOD
from laborvoice.errors import NotFound
from laborvoice.store.access import audit
from laborvoice.store.database import Connection, Database
from laborvoice.store.desk import export
from laborvoice.store.desk.export import Asked, Export
from laborvoice.store.outbox import event
from laborvoice.store.registry import sight as sights
from laborvoice.store.registry.sight import Sight
from laborvoice.web import sheets, words

PIECE: Final = 1 << 16
"""Bytes that are kept together."""
_ID_BYTES: Final = 16

LIMITS: Final = (
    words.SCORE,
    words.RANGE,
    "A share is of those who answered, never of the workers: they chose to answer, they are not a sample.",
    words.WITHHELD,
    words.FLOOR,
    words.FRESH,
    words.LIMITS,
    "Nothing here suspends a supplier by itself.",
)
"""The sentences that stand beside the numbers."""

Sections = Callable[[Connection, Sight, Wanted, datetime], Sequence[Section]]


class Maker(Value, frozen=True):
    """What exports are made with: ``seed`` signs, ``sections`` reads."""

    clock: Clock
    chance: Chance
    seed: bytes
    sections: Sections


async def ask_in(db: Connection, now: datetime, chance: Chance, actor: Actor, wanted: tuple[Wanted, Sight]) -> ExportId:
    """Raises NotFound where a supplier is named that the party may not see."""
    what, sight = wanted
    if what.narrow.supplier is not None:
        await sights.key(db, sight, what.narrow.supplier)
    one = Export(
        id=ExportId.draw(chance.bytes(_ID_BYTES)),
        party=actor.party,
        wanted=what,
        state="asked",
        made_on=now.date(),
        expires_on=now.date() + KEPT,
        files=(),
    )
    await export.put(db, one)
    facts = {"kind": what.kind, "format": what.format}
    await audit.record(db, now, Act(action="export.made", actor=actor, object=one.id, facts=facts))
    return one.id


async def make(database: Database, maker: Maker) -> bool:
    """The next one. Whether there was one, so that there may be more."""
    found = await database.run("export begin", export.begin)
    if found is None:
        return False
    try:
        await database.run("export", lambda db: _make(db, maker, found))
    except NotFound:
        # What it is about can no longer be seen by whoever asked.
        await database.run("export end", lambda db: export.finish(db, found, "failed", ()))
    return True


async def sweep(database: Database, today: date) -> None:
    """What has expired is gone."""
    await database.run("export sweep", lambda db: export.purge(db, today))


async def _make(db: Connection, maker: Maker, one: ExportId) -> None:
    asked = await export.hold(db, one)
    if asked is None:
        return
    now = maker.clock.now()
    sight = Sight(kind=asked.party_kind, party=asked.export.party, today=now.date())
    made = _Made()
    files = await _files(db, asked.export, maker.sections(db, sight, asked.export.wanted, now), made)
    raw = signed_export.sign(maker.seed, _manifest(asked, files, made, maker.seed))
    files.append(await _whole(db, one, MANIFEST, raw))
    await export.finish(db, one, "ready", files)
    await event.put(db, [_told(asked.export, maker)])


class _Made:
    """What the rows so far rest on."""

    def __init__(self) -> None:
        self.releases: set[ReleaseId] = set()
        self.withheld: set[ReleaseId] = set()
        self.policies: set[str] = set()
        self.questionnaires: set[str] = set()
        self.periods: dict[str, date] = {}

    def take(self, basis: Sequence[Basis]) -> None:
        for one in basis:
            (self.withheld if one.withheld else self.releases).add(one.release)
            self.policies.add(one.policy)
            self.questionnaires.add(one.questionnaire)
            self.periods[one.period] = one.ended


class _Sink:
    """One file on its way into the database."""

    def __init__(self, db: Connection, one: ExportId, name: str) -> None:
        self.rows = 0
        self._db, self._export, self._name = db, one, name
        self._waiting = bytearray()
        self._hash = hashlib.sha256()
        self._size = self._part = 0

    async def put(self, raw: bytes) -> None:
        self._waiting += raw
        self._hash.update(raw)
        self._size += len(raw)
        while len(self._waiting) >= PIECE:
            await self._flush(bytes(self._waiting[:PIECE]))
            del self._waiting[:PIECE]

    async def end(self) -> File:
        if self._waiting:
            await self._flush(bytes(self._waiting))
        return File(name=self._name, bytes=self._size, sha256=self._hash.hexdigest(), rows=self.rows)

    async def _flush(self, piece: bytes) -> None:
        await export.add(self._db, self._export, self._name, self._part, piece)
        self._part += 1


async def _files(db: Connection, one: Export, sections: Sequence[Section], made: _Made) -> list[File]:
    """A file for each table, or one for all of them."""
    writer = sheets.writer(one.wanted.format)
    if writer.together:
        return [await _file(db, one, (one.wanted.kind, sections), writer, made)]
    return [
        await _file(db, one, (f"{one.wanted.kind}-{section.table.name}", [section]), writer, made)
        for section in sections
    ]


async def _file(
    db: Connection, one: Export, named: tuple[str, Sequence[Section]], writer: sheets.Writer, made: _Made
) -> File:
    name, sections = named
    sink = _Sink(db, one.id, f"{name}.{one.wanted.format}")
    await sink.put(writer.begin(f"{one.wanted.kind} {TITLES[one.wanted.kind]}, {one.made_on}").encode())
    for section in sections:
        await sink.put(writer.head(section.table).encode())
        async for page in section.pages:
            made.take(page.basis)
            sink.rows += len(page.rows)
            await sink.put(writer.rows(section.table, page.rows).encode())
            # Others are served between pages, however long those take to compute.
            await asyncio.sleep(0)
        await sink.put(writer.foot(LIMITS).encode())
    await sink.put(writer.end(LIMITS).encode())
    return await sink.end()


async def _whole(db: Connection, one: ExportId, name: str, raw: bytes) -> File:
    sink = _Sink(db, one, name)
    await sink.put(raw)
    return await sink.end()


def _manifest(asked: Asked, files: Sequence[File], made: _Made, seed: bytes) -> Manifest:
    one = asked.export
    return Manifest(
        export=one.id,
        kind=one.wanted.kind,
        made_on=one.made_on,
        party=one.party,
        method=METHOD,
        policy=tuple(sorted(made.policies)),
        questionnaires=tuple(sorted(made.questionnaires)),
        periods=tuple(sorted(made.periods, key=lambda label: (made.periods[label], label))),
        cut_off=max(made.periods.values(), default=None),
        filters=filters(one.wanted),
        files=tuple(files),
        releases=tuple(sorted(made.releases)),
        withheld=tuple(sorted(made.withheld)),
        limits=LIMITS,
        key=signed_export.key_of(seed),
    )


def _told(one: Export, maker: Maker) -> Event:
    return Event(
        id=EventId.draw(maker.chance.bytes(_ID_BYTES)),
        type="export.ready",
        audience=of_party(one.party),
        resource=one.id,
        facts=OfExport(export=one.id),
        period=None,
        occurred_on=maker.clock.now(),
    )
