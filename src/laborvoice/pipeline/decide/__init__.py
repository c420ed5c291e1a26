"""Decide: what watchdogs do with cases, one verb a module. Cases are opened by people, never by what arrives."""

from typing import Final

import msgspec

from laborvoice.chance import Chance
from laborvoice.domain import Value
from laborvoice.domain.case import CaseClass, clocks, done
from laborvoice.domain.condition import Condition
from laborvoice.domain.dossier import Case, Matter, Member
from laborvoice.domain.ids import ALPHABET, CaseId, SupplierId, UserId
from laborvoice.errors import BadField, NotFound
from laborvoice.pipeline.decide.keep import ID_BYTES, By, held, keep, write
from laborvoice.store.access import user
from laborvoice.store.database import Connection
from laborvoice.store.desk import case as cases
from laborvoice.store.desk import case_party
from laborvoice.store.registry import sight
from laborvoice.store.registry.sight import Sight

_NUMBER: Final = 8
"""Characters of a case's number: drawn, so that it tells neither how many there are nor in which order."""


class Opened(Value, frozen=True):
    supplier: SupplierId
    cls: CaseClass
    title: str
    condition: Condition | None = None
    notes: str | None = None


class Edited(Value, frozen=True):
    cls: CaseClass
    title: str
    condition: Condition | None
    notes: str | None
    assigned: UserId | None = None


async def open_in(db: Connection, chance: Chance, by: By, opened: Opened) -> CaseId:
    """By a watchdog that covers the supplier. Raises NotFound."""
    if by.kind != "watchdog":
        raise NotFound
    site = await sight.key(db, Sight(kind="watchdog", party=by.actor.party, today=by.now.date()), opened.supplier)
    case = Case(
        id=CaseId.draw(chance.bytes(ID_BYTES)),
        number="".join(ALPHABET[chance.below(len(ALPHABET))] for _ in range(_NUMBER)).upper(),
        owner=by.actor.party,
        supplier_id=site.supplier_id,
        supplier=site.public_id,
        cls=opened.cls,
        condition=opened.condition,
        state="received",
        received=by.now.strftime("%Y-%m"),
        version=1,
        created_on=by.now.date(),
        matter=Matter(title=opened.title, notes=opened.notes, clocks=clocks(opened.cls, by.now)),
    )
    await cases.put(db, case)
    await case_party.put(db, case.id, Member(party_id=by.actor.party, kind="watchdog"))
    await write(db, by, "case.opened", case.id, {"class": opened.cls})
    return case.id


async def change_in(db: Connection, chance: Chance, by: By, named: CaseId, edited: Edited) -> None:
    """A new class begins its running clocks anew; what is overdue stays missed.

    Raises NotFound, also for a brand; BadField where the task is given to nobody of the party.
    """
    found = await held(db, by, named)
    if by.kind != "watchdog":
        raise NotFound
    case, matter = found.case, found.case.matter
    if edited.cls != case.cls:
        matter = _reclassed(matter, edited.cls, by)
    if edited.assigned is not None and edited.assigned != matter.assigned:
        await _of_party(db, by, edited.assigned)
    matter = msgspec.structs.replace(matter, title=edited.title, notes=edited.notes, assigned=edited.assigned)
    after = msgspec.structs.replace(case, cls=edited.cls, condition=edited.condition, matter=matter)
    await keep(db, chance, by, found, after)
    await write(db, by, "case.changed", named, {"class": edited.cls})


async def _of_party(db: Connection, by: By, person: UserId) -> None:
    try:
        await user.one(db, person, by.actor.party)
    except NotFound:
        raise BadField("/assigned_to", "Nobody of yours has this id.") from None


def _reclassed(matter: Matter, cls: CaseClass, by: By) -> Matter:
    if matter.held is not None:
        return matter
    fresh = {one.step: one for one in clocks(cls, by.now)}
    # Workers wait for their answer since it was opened, whatever it is called since.
    fresh.update({one.step: one for one in matter.clocks if one.step == "feedback"})
    ended = {
        one.step: done(one, by.now)
        for one in matter.clocks
        if one.due is None or one.due < by.now or one.step not in fresh
    }
    kept = [one for one in ended.values() if one.met is not None]
    running = [one for step, one in fresh.items() if step not in ended]
    return msgspec.structs.replace(matter, clocks=(*kept, *running), told={})
