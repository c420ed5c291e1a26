"""Enrol: parties, their API keys, what watchdogs are responsible for and their public keys, help numbers."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.crypto import credential
from laborvoice.domain import Value
from laborvoice.domain.ids import KeyId, PartyId
from laborvoice.domain.party import PERMITTED, HelpNumber, Party, PartyKind, Scope, WatchdogKey, is_scope
from laborvoice.errors import Malformed, NotFound
from laborvoice.store.access import key as keys
from laborvoice.store.database import Connection, Database
from laborvoice.store.registry import help_number, watchdog_key
from laborvoice.store.registry import jurisdiction as jurisdictions
from laborvoice.store.registry import party as parties

_ID_BYTES: Final = 16
KEY_DAYS: Final = 365


class KeyWanted(Value, frozen=True):
    """``days`` until it expires."""

    party: PartyId
    scopes: frozenset[Scope]
    mode: credential.Mode = "live"
    days: int = KEY_DAYS


class KeyMade(Value, frozen=True):
    """``secret`` is shown this once: only its digest is stored."""

    id: KeyId
    secret: str
    expires_on: date


async def party(database: Database, clock: Clock, chance: Chance, who: tuple[PartyKind, str, str]) -> PartyId:
    """``who``: kind, name, country."""
    kind, name, country = who
    row = Party(
        id=PartyId.draw(chance.bytes(_ID_BYTES)), kind=kind, name=name, country=country, created_on=clock.now().date()
    )

    async def step(db: Connection) -> None:
        await parties.put(db, row)

    await database.run("enrol party", step)
    return row.id


async def api_key(database: Database, clock: Clock, chance: Chance, wanted: KeyWanted) -> KeyMade:
    """Raises NotFound where there is no such party, Malformed where a scope is not one its kind may hold."""
    secret = credential.make_api_key(wanted.mode, chance.bytes(credential.KEY_BYTES))
    today = clock.now().date()
    made = KeyMade(
        id=KeyId.draw(chance.bytes(_ID_BYTES)), secret=secret, expires_on=today + timedelta(days=wanted.days)
    )

    async def step(db: Connection) -> None:
        holder = await parties.by_id(db, wanted.party)
        if not wanted.scopes <= PERMITTED[holder.kind]:
            raise Malformed(f"A key of a {holder.kind} cannot have all of these scopes.")
        row = keys.Key(
            id=made.id,
            party_id=wanted.party,
            digest=credential.credential_hash(secret),
            last4=credential.last_characters(secret),
            scopes=tuple(sorted(wanted.scopes)),
            expires_on=made.expires_on,
            created_on=today,
        )
        await keys.put(db, row)

    await database.run("enrol key", step)
    return made


async def revoke_key(database: Database, party: PartyId, key: KeyId) -> None:
    """Raises NotFound where the party has no such key."""

    async def step(db: Connection) -> None:
        if not await keys.remove(db, key, party):
            raise NotFound

    await database.run("revoke key", step)


async def key_used(database: Database, key: KeyId, day: date) -> None:
    async def step(db: Connection) -> None:
        await keys.used(db, key, day)

    await database.run("key used", step)


async def jurisdiction(database: Database, watchdog: PartyId, scope: str, *, duty: bool) -> None:
    """Scopes as in ``domain.party.Jurisdiction``; Malformed for others, NotFound where the party is no watchdog."""
    if not is_scope(scope):
        raise Malformed("A scope is all, a country, a division of a country like BD-14, or a supplier.")

    async def step(db: Connection) -> None:
        await _watchdog(db, watchdog)
        await jurisdictions.put(db, watchdog, scope, duty=duty)

    await database.run("enrol jurisdiction", step)


async def watchdog_keys(database: Database, months: Sequence[WatchdogKey]) -> None:
    """Public halves, a row a month. They count only once a signed manifest holds them."""

    async def step(db: Connection) -> None:
        for month in months:
            await _watchdog(db, month.party)
            await watchdog_key.put(db, month)

    await database.run("enrol watchdog keys", step)


async def help_numbers(database: Database, country: str, numbers: Sequence[HelpNumber]) -> None:
    """The country's numbers are from now on these, in this order."""

    async def step(db: Connection) -> None:
        await help_number.replace(db, country, numbers)

    await database.run("enrol help numbers", step)


async def _watchdog(db: Connection, party: PartyId) -> None:
    if (await parties.by_id(db, party)).kind != "watchdog":
        raise NotFound
