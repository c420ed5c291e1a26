"""Enrol: parties, their API keys, what watchdogs are responsible for and their public keys, help numbers."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.crypto import credential
from laborvoice.domain import Value
from laborvoice.domain.audit import Act, Actor
from laborvoice.domain.ids import KeyId, PartyId, UserId
from laborvoice.domain.party import PERMITTED, HelpNumber, Party, PartyKind, Scope, WatchdogKey, is_scope
from laborvoice.errors import Conflict, Malformed, NotFound
from laborvoice.store.access import audit
from laborvoice.store.access import key as keys
from laborvoice.store.database import Connection, Database
from laborvoice.store.registry import help_number, watchdog_key
from laborvoice.store.registry import jurisdiction as jurisdictions
from laborvoice.store.registry import party as parties

_ID_BYTES: Final = 16
KEY_DAYS: Final = 365


class KeyWanted(Value, frozen=True):
    """``days`` until it expires. ``creator``: with whom it goes; nobody where a command makes it."""

    party: PartyId
    scopes: frozenset[Scope]
    mode: credential.Mode = "live"
    days: int = KEY_DAYS
    label: str = ""
    creator: UserId | None = None


class KeyMade(Value, frozen=True):
    """``secret`` is shown this once: only its digest is stored."""

    id: KeyId
    secret: str
    about: keys.Listed

    @property
    def expires_on(self) -> date:
        return self.about.expires_on


async def party(database: Database, clock: Clock, chance: Chance, who: tuple[PartyKind, str, str]) -> PartyId:
    """``who``: kind, name, country."""
    now = clock.now()
    return (await database.run("enrol party", lambda db: party_in(db, now, chance, who, None))).id


async def party_in(
    db: Connection, now: datetime, chance: Chance, who: tuple[PartyKind, str, str], by: Actor | None
) -> Party:
    """``who``: kind, name, country. ``by`` is nobody while a world is set up."""
    kind, name, country = who
    row = Party(id=PartyId.draw(chance.bytes(_ID_BYTES)), kind=kind, name=name, country=country, created_on=now.date())
    await parties.put(db, row)
    if by is not None:
        await audit.record(db, now, Act(action="party.created", actor=by, object=row.id, facts={"kind": kind}))
    return row


async def api_key(database: Database, clock: Clock, chance: Chance, wanted: KeyWanted) -> KeyMade:
    """Raises NotFound where there is no such party, Malformed where a scope is not one its kind may hold."""
    now = clock.now()
    return await database.run("enrol key", lambda db: api_key_in(db, now, chance, wanted, None))


async def api_key_in(db: Connection, now: datetime, chance: Chance, wanted: KeyWanted, by: Actor | None) -> KeyMade:
    """Raises as ``api_key`` does."""
    holder = await parties.by_id(db, wanted.party)
    if not wanted.scopes <= PERMITTED[holder.kind]:
        raise Malformed(f"A key of a {holder.kind} cannot have all of these scopes.")
    secret, today = credential.make_api_key(wanted.mode, chance.bytes(credential.KEY_BYTES)), now.date()
    row = keys.Key(
        id=KeyId.draw(chance.bytes(_ID_BYTES)),
        party_id=wanted.party,
        digest=credential.credential_hash(secret),
        last4=credential.last_characters(secret),
        scopes=tuple(sorted(wanted.scopes)),
        expires_on=today + timedelta(days=wanted.days),
        created_on=today,
        mode=wanted.mode,
        label=wanted.label,
        creator_id=wanted.creator,
    )
    await keys.put(db, row)
    about = await keys.one(db, row.id, wanted.party)
    if by is not None:
        await audit.record(db, now, Act(action="key.created", actor=by, object=row.id))
    return KeyMade(id=row.id, secret=secret, about=about)


async def revoke_key_in(db: Connection, now: datetime, by: Actor, key: KeyId) -> None:
    """Raises NotFound where the party has no such key."""
    if not await keys.remove(db, key, by.party):
        raise NotFound
    await audit.record(db, now, Act(action="key.revoked", actor=by, object=key))


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
    """Public halves, a row a month. They count only once a signed manifest holds them. Raises Conflict, NotFound."""

    async def step(db: Connection) -> None:
        for month in months:
            await _watchdog(db, month.party)
            if not await watchdog_key.put(db, month):
                raise Conflict("There are keys until one of these days already.")

    await database.run("enrol watchdog keys", step)


async def help_numbers(database: Database, country: str, numbers: Sequence[HelpNumber]) -> None:
    """The country's numbers are from now on these, in this order."""

    async def step(db: Connection) -> None:
        await help_number.replace(db, country, numbers)

    await database.run("enrol help numbers", step)


async def _watchdog(db: Connection, party: PartyId) -> None:
    if (await parties.by_id(db, party)).kind != "watchdog":
        raise NotFound
