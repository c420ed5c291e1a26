"""Keep: a case after an act, and what each of its parties then sees and hears.

Watchdogs see the case itself. A brand sees copies: from the act's hour on where two people said so, else from the first
of a month on, with the changes of all other cases. So nothing a brand sees moves but by a watchdog's act or its own.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from laborvoice.chance import Chance
from laborvoice.domain import Value
from laborvoice.domain.audit import Act, Actor, ActsAction
from laborvoice.domain.dossier import Case, Member, Shown, shown_of
from laborvoice.domain.due import begun_hour, next_batch
from laborvoice.domain.event import Event, of_party
from laborvoice.domain.facts import CaseMoved, EventType, Facts, OfCase
from laborvoice.domain.ids import CaseId, EventId, PartyId, UserId
from laborvoice.domain.party import PartyKind
from laborvoice.errors import NotFound
from laborvoice.store.access import audit
from laborvoice.store.database import Connection
from laborvoice.store.desk import case as cases
from laborvoice.store.desk import case_party, case_shown
from laborvoice.store.outbox import event

ID_BYTES: Final = 16


class By(Value, frozen=True):
    """Who acts. ``person``: herself, or who made the key; nobody where a command did."""

    actor: Actor
    kind: PartyKind
    person: UserId | None
    now: datetime


class Held(Value, frozen=True):
    """A case nobody else changes until the transaction ends, and its parties."""

    case: Case
    members: tuple[Member, ...]

    @property
    def brands(self) -> tuple[Member, ...]:
        return tuple(one for one in self.members if one.kind == "brand")

    @property
    def shared(self) -> bool:
        return bool(self.brands)


async def held(db: Connection, by: By, named: CaseId) -> Held:
    """Raises NotFound where the party is none of the case's, or a brand that does not see it yet."""
    case = await cases.hold(db, named)
    members = tuple(await case_party.of(db, named))
    own = next((one for one in members if one.party_id == by.actor.party), None)
    if own is None or (own.since is not None and own.since > by.now):
        raise NotFound
    return Held(case=case, members=members)


async def keep(db: Connection, chance: Chance, by: By, found: Held, after: Case) -> Case:
    """``after`` with its next version, written; its parties' views and events with it."""
    case = msgspec.structs.replace(after, version=found.case.version + 1)
    await cases.change(db, case)
    watchdogs = [one.party_id for one in found.members if one.kind == "watchdog"]
    shown = shown_of(case)
    await event.put(db, [updated(chance, by.now, case.id, party, shown) for party in watchdogs])
    if shown != shown_of(found.case):
        for brand in found.brands:
            await _show(db, chance, by.now, case.id, brand, shown)
    return case


async def _show(db: Connection, chance: Chance, now: datetime, case: CaseId, brand: Member, shown: Shown) -> None:
    """At once, or with the next batch, and then told by ``remind``."""
    at = begun_hour(now) if brand.at_once else next_batch(now)
    if brand.at_once:
        await case_shown.drop_ahead(db, case, brand.party_id, now)
    await case_shown.put(db, case, brand.party_id, at, shown, told=brand.at_once)
    if brand.at_once:
        await event.put(db, [updated(chance, now, case, brand.party_id, shown)])


async def echo(db: Connection, by: By, case: CaseId, change: Callable[[Shown], Shown]) -> None:
    """A brand's own act shows in its own copy at once, and in those to come; nothing else of the case does."""
    brand, at = by.actor.party, begun_hour(by.now)
    copy = await case_shown.last(db, case, brand, by.now)
    if copy is not None:
        await case_shown.put(db, case, brand, at, change(copy.shown), told=copy.at != at)
    for later in await case_shown.ahead(db, case, brand, by.now):
        await case_shown.put(db, case, brand, later.at, change(later.shown), told=False)


async def write(db: Connection, by: By, act: ActsAction, case: CaseId, facts: dict[str, str | int]) -> None:
    await audit.record(db, by.now, Act(action=act, actor=by.actor, object=case, facts=facts))


def told(
    chance: Chance, kind: EventType, to: PartyId, case: CaseId, facts: Facts, when: tuple[datetime, datetime | None]
) -> Event:
    """``when``: it happened, and it may leave."""
    occurred, not_before = when
    return Event(
        id=EventId.draw(chance.bytes(ID_BYTES)),
        type=kind,
        audience=of_party(to),
        resource=case,
        facts=facts,
        period=None,
        occurred_on=not_before or occurred,
        not_before=not_before,
    )


def updated(chance: Chance, now: datetime, case: CaseId, to: PartyId, shown: Shown) -> Event:
    return told(chance, "case.updated", to, case, CaseMoved(case=case, state=shown.state), (now, None))


def shared(chance: Chance, now: datetime, case: CaseId, to: Sequence[Member]) -> list[Event]:
    """To watchdogs and what is urgent now; to other brands when they see it."""
    return [
        told(chance, "case.shared", one.party_id, case, OfCase(case=case), (now, None if one.at_once else one.since))
        for one in to
    ]
