"""Share: show a case to brands, or to other watchdogs, after eight questions; at once only if two people say so."""

from collections.abc import Sequence

import msgspec

from laborvoice.chance import Chance
from laborvoice.domain.case import ON_HOLD, DisclosureAnswer, brand_clock, done, failing
from laborvoice.domain.dossier import Approval, Case, Facts, Member, seen, shown_of
from laborvoice.domain.due import begun_hour, next_batch
from laborvoice.domain.ids import CaseId, PartyId
from laborvoice.errors import NotFound, TransitionRefused
from laborvoice.pipeline.decide.ask import ask
from laborvoice.pipeline.decide.keep import By, Held, held, keep, shared, write
from laborvoice.store.database import Connection
from laborvoice.store.desk import case_party, case_shown
from laborvoice.store.outbox import event
from laborvoice.store.registry import party as parties
from laborvoice.store.registry import sight
from laborvoice.store.registry.sight import Sight

Named = tuple[tuple[PartyId, ...], dict[str, DisclosureAnswer]]


async def share_in(db: Connection, chance: Chance, by: By, named: CaseId, to: Named) -> Approval | None:
    """What waits for a second person, or nothing. Raises NotFound; TransitionRefused, naming the failing answers."""
    found = await held(db, by, named)
    if by.kind != "watchdog":
        raise NotFound
    who, check = to
    _allowed(found, check)
    await _members(db, by, found, who, at_once=False)
    if found.case.cls == "U1":
        return await ask(db, chance, by, named, ("share", Facts(parties=who, check=check, seen=seen(found.case))))
    await apply(db, chance, by, found, who)
    return None


async def apply(db: Connection, chance: Chance, by: By, found: Held, who: Sequence[PartyId]) -> None:
    """Raises NotFound where one of them may not see the supplier, TransitionRefused on hold."""
    not_on_hold(found)
    members = await _members(db, by, found, who, at_once=found.case.cls == "U1")
    brands = [one for one in members if one.kind == "brand"]
    after = _told(found.case, by, brands)
    case = await keep(db, chance, by, found, after)
    knew = {one.party_id for one in found.brands if one.at_once}
    for one in members:
        await case_party.put(db, case.id, one)
        if one.since is not None and one.party_id not in knew:
            await case_shown.drop_ahead(db, case.id, one.party_id, one.since)
            await case_shown.put(db, case.id, one.party_id, one.since, shown_of(case), told=True)
    await event.put(db, shared(chance, by.now, case.id, members))
    await write(db, by, "case.shared", case.id, {"parties": len(who)})


def not_on_hold(found: Held) -> None:
    """Raises TransitionRefused."""
    if found.case.state == ON_HOLD:
        raise TransitionRefused("Missing: state. Nothing is shared while people are not safe.", ("state",))


def _allowed(found: Held, check: dict[str, DisclosureAnswer]) -> None:
    not_on_hold(found)
    wrong = failing(check)
    if wrong:
        raise TransitionRefused(f"Missing: {', '.join(wrong)}. Change what is told, or wait.", wrong)


async def _members(db: Connection, by: By, found: Held, who: Sequence[PartyId], *, at_once: bool) -> list[Member]:
    """A brand with a confirmed link, a watchdog that covers the supplier; to others there is no such party."""
    members: list[Member] = []
    for party in who:
        kind = (await parties.by_id(db, party)).kind
        if kind == "operator":
            raise NotFound
        await sight.key(db, Sight(kind=kind, party=party, today=by.now.date()), found.case.supplier)
        since = begun_hour(by.now) if at_once else next_batch(by.now)
        brand = kind == "brand"
        members.append(Member(party_id=party, kind=kind, since=since if brand else None, at_once=brand and at_once))
    return members


def _told(case: Case, by: By, brands: Sequence[Member]) -> Case:
    """The clock of telling ends, and that of the brand's answer begins."""
    since = [one.since for one in brands if one.since is not None]
    if not since or any(one.step == "brand_acknowledge" for one in case.matter.clocks):
        return case
    ended = tuple(done(one, by.now) if one.step == "brand_told" else one for one in case.matter.clocks)
    clocks = (*ended, brand_clock(case.cls, max(min(since), by.now)))
    return msgspec.structs.replace(case, matter=msgspec.structs.replace(case.matter, clocks=clocks))
