"""Link: a brand claims that it buys from a supplier; the operator or a covering watchdog confirms it to one.

A claim is taken whatever it names: what its brand is told and reads back is the same for a supplier we know, one that
is new, one that was claimed before, and one that was made up.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from laborvoice.chance import Chance
from laborvoice.clock import Clock
from laborvoice.domain import Value, ids
from laborvoice.domain.audit import Act, Actor
from laborvoice.domain.event import Event, of_party
from laborvoice.domain.facts import EventType, OfLink
from laborvoice.domain.ids import EventId, LinkId, PartyId, SupplierId, SupplierKey
from laborvoice.domain.link import Disclosure, Link, Typed
from laborvoice.domain.supplier import normal
from laborvoice.errors import Conflict, LinkNotClaimed, NotFound
from laborvoice.store.access import audit
from laborvoice.store.database import Connection, Database
from laborvoice.store.outbox import event
from laborvoice.store.registry import admission, sight
from laborvoice.store.registry import claim as claims
from laborvoice.store.registry import link as links
from laborvoice.store.registry import party as parties
from laborvoice.store.registry.sight import Sight

_ID_BYTES: Final = 16


class Claim(Value, frozen=True):
    """What a brand says: it has bought from ``from_day`` on, until ``to_day`` if it has ended.

    ``supplier``, or what else was typed of it.
    """

    party: PartyId
    tier: int
    role: str
    from_day: date
    source: str
    supplier: SupplierId | None = None
    typed: Typed = Typed()
    disclosure: Disclosure = "private"
    to_day: date | None = None


class Deal(Value, frozen=True):
    """What of a link may be changed."""

    tier: int
    role: str
    to_day: date | None
    disclosure: Disclosure


async def claim(database: Database, clock: Clock, chance: Chance, claimed: Claim) -> LinkId:
    """Nothing can be read by it yet. Raises NotFound where the party is no brand."""
    actor = Actor(party=claimed.party)

    async def step(db: Connection) -> LinkId:
        return (await claim_in(db, clock.now(), chance, actor, [claimed]))[0]

    return await database.run("claim", step)


async def claim_in(
    db: Connection, now: datetime, chance: Chance, actor: Actor, claims: Sequence[Claim]
) -> tuple[LinkId, ...]:
    """All by one party. Raises NotFound where it is no brand."""
    if (await parties.by_id(db, actor.party)).kind != "brand":
        raise NotFound
    rows = [await _claimed(db, chance, one, now.date()) for one in claims]
    await links.put(db, rows)
    one = rows[0].id if len(rows) == 1 else ""
    await audit.record(db, now, Act(action="link.claimed", actor=actor, object=one, facts={"claims": len(rows)}))
    return tuple(row.id for row in rows)


async def confirm(database: Database, clock: Clock, chance: Chance, by: PartyId, link: LinkId) -> None:
    """To the supplier that was named by its id or OS ID. Raises as ``confirm_in``; NotFound where none was."""

    async def step(db: Connection) -> None:
        await confirm_in(db, clock.now(), chance, Actor(party=by), (link, None))

    await database.run("confirm", step)


async def confirm_in(
    db: Connection, now: datetime, chance: Chance, actor: Actor, named: tuple[LinkId, SupplierId | None]
) -> None:
    """By the operator or a watchdog that covers the supplier; to others there is no such link: NotFound.

    Raises LinkNotClaimed where it was confirmed or ended before.
    """
    link, supplier = named
    found = await held(db, actor.party, link)
    key = found.supplier_id if supplier is None else await admission.by_public_id(db, supplier)
    party = await parties.by_id(db, actor.party)
    if party.kind == "brand" or key is None or not await sight.holds(db, party.kind, party.id, key):
        raise NotFound
    if not await links.confirm(db, link, key, now.date()):
        raise LinkNotClaimed
    await event.put(db, [_told("link.confirmed", found, chance, now)])
    await audit.record(db, now, Act(action="link.confirmed", actor=actor, object=link))


async def end(database: Database, clock: Clock, chance: Chance, by: PartyId, link: LinkId) -> None:
    """Raises as ``end_in``."""

    async def step(db: Connection) -> None:
        await end_in(db, clock.now(), chance, Actor(party=by), (link, None))

    await database.run("end", step)


async def end_in(db: Connection, now: datetime, chance: Chance, actor: Actor, named: tuple[LinkId, str | None]) -> None:
    """By the brand itself or who may confirm: also the way to refuse a claim. Raises NotFound, LinkNotClaimed."""
    link, reason = named
    found = await held(db, actor.party, link)
    if not await links.end(db, link, now.date(), reason):
        raise LinkNotClaimed
    await event.put(db, [_told("link.ended", found, chance, now)])
    await audit.record(db, now, Act(action="link.ended", actor=actor, object=link))


async def change_in(db: Connection, now: datetime, actor: Actor, link: LinkId, deal: Deal) -> None:
    """By the brand itself or an operator. Raises NotFound; Conflict where it has ended."""
    found = await held(db, actor.party, link)
    if found.party_id != actor.party and (await parties.by_id(db, actor.party)).kind != "operator":
        raise NotFound
    if found.state == "ended":
        raise Conflict("The link has ended.")
    if deal.to_day is not None and deal.to_day < found.from_day:
        raise Conflict("It cannot end before it begins.")
    await links.change(db, link, (deal.tier, deal.role, deal.to_day, deal.disclosure))
    await audit.record(db, now, Act(action="link.changed", actor=actor, object=link))


async def held(db: Connection, by: PartyId, link: LinkId) -> Link:
    """Nobody else acts on it until the transaction ends. Raises NotFound where ``by`` may not see it."""
    await links.hold(db, link)
    party = await parties.by_id(db, by)
    await claims.one(db, Sight(kind=party.kind, party=by, today=date.max), link)
    return await links.by_id(db, link)


async def _claimed(db: Connection, chance: Chance, one: Claim, today: date) -> Link:
    typed = one.typed if one.supplier is None else Typed(supplier=one.supplier)
    return Link(
        id=LinkId.draw(chance.bytes(_ID_BYTES)),
        party_id=one.party,
        supplier_id=await _meant(db, typed),
        state="claimed",
        tier=one.tier,
        role=one.role,
        from_day=one.from_day,
        to_day=one.to_day,
        source=one.source,
        disclosure=one.disclosure,
        created_on=today,
        typed=msgspec.json.encode(typed, enc_hook=ids.encode).decode(),
    )


async def _meant(db: Connection, typed: Typed) -> SupplierKey | None:
    """Which supplier is named by a number that only it has."""
    if typed.supplier is not None:
        return await admission.by_public_id(db, typed.supplier)
    os_id = typed.os_id or (typed.profile.identifiers.get("os_id") if typed.profile else None)
    return await admission.by_os_id(db, normal(os_id)) if os_id else None


def _told(kind: EventType, link: Link, chance: Chance, now: datetime) -> Event:
    return Event(
        id=EventId.draw(chance.bytes(_ID_BYTES)),
        type=kind,
        audience=of_party(link.party_id),
        resource=link.id,
        facts=OfLink(link=link.id),
        period=None,
        occurred_on=now,
    )
