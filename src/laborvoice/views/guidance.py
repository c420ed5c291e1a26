"""What phones are told of who can help, as those read it who keep it: help numbers, watchdogs' keys, manifests."""

from datetime import date

import msgspec

from laborvoice.crypto.framing import b64
from laborvoice.crypto.manifest import Signed, decode_manifest
from laborvoice.domain import Value
from laborvoice.domain.ids import PartyId
from laborvoice.domain.manifest import Manifest, PublicKey
from laborvoice.domain.party import HelpNumber, WatchdogKey
from laborvoice.errors import NotFound
from laborvoice.store.ballot import manifest
from laborvoice.store.database import Connection, Database
from laborvoice.store.registry import help_number, watchdog_key
from laborvoice.store.registry.sight import Sight


class KeysView(Value, frozen=True):
    """``active``: in the manifest that phones go by now."""

    until: date
    sign_key: str
    keys: tuple[PublicKey, ...]
    own: str
    active: bool


class NumberView(Value, frozen=True):
    name: str
    number: str
    hours: str
    languages: tuple[str, ...]
    checked_on: date


class Numbered(Value, frozen=True):
    """A manifest as it is served: the JSON text that was signed, and by whom."""

    seq: int
    not_before: date
    not_after: date
    signed: Signed


async def help_numbers(db: Connection, sight: Sight, country: str) -> tuple[NumberView, ...]:
    """Raises NotFound for a country in which a watchdog is responsible for nothing."""
    if not await help_number.covered(db, sight.kind, sight.party, country):
        raise NotFound
    return tuple(_number(one) for one in await help_number.of(db, country))


async def all_numbers(database: Database) -> dict[str, tuple[NumberView, ...]]:
    """By country, for operators."""
    rows = await database.run("help numbers", help_number.all)
    found: dict[str, tuple[NumberView, ...]] = {}
    for row in rows:
        found[row.country] = (*found.get(row.country, ()), _number(row))
    return found


async def keys(db: Connection, party: PartyId, today: date) -> tuple[KeysView, ...]:
    """A watchdog's own, those of past months too."""
    stored = await manifest.current(db, today)
    shown = () if stored is None else msgspec.json.decode(stored.payload, type=Manifest).watchdogs
    active = frozenset(kid for one in shown for kid in one.kids)
    return tuple(_keys(row, active) for row in await watchdog_key.of(db, party))


async def manifests(database: Database, after: int, limit: int, today: date) -> tuple[Numbered, ...]:
    """Those of a higher number that have begun, in their order."""

    async def step(db: Connection) -> tuple[Numbered, ...]:
        rows = [row for row in await manifest.after(db, after) if row.not_before <= today][:limit]
        return tuple([await _numbered(db, row, today) for row in rows])

    return await database.run("manifests", step)


async def _numbered(db: Connection, row: manifest.Stored, today: date) -> Numbered:
    body = await manifest.body(db, row.seq, today) or b""
    return Numbered(seq=row.seq, not_before=row.not_before, not_after=row.not_after, signed=decode_manifest(body))


def _number(row: HelpNumber) -> NumberView:
    return NumberView(
        name=row.name, number=row.number, hours=row.hours, languages=row.languages, checked_on=row.checked_on
    )


def _keys(row: WatchdogKey, active: frozenset[str]) -> KeysView:
    return KeysView(
        until=row.until,
        sign_key=b64(row.sign_key),
        keys=row.keys,
        own=b64(row.own),
        active=bool(row.keys) and all(one.kid in active for one in row.keys),
    )
