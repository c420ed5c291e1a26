"""Record: findings, actions, what workers are told, and a brand's word that it has seen the case."""

from collections.abc import Callable

import msgspec

from laborvoice.chance import Chance
from laborvoice.domain.case import ON_HOLD, Clock, done, reviewing
from laborvoice.domain.dossier import Action, Finding, LoopMessage, Matter, Said, Shown
from laborvoice.domain.facts import CaseStep
from laborvoice.domain.ids import CaseId
from laborvoice.errors import BadField, Conflict, NotFound, TransitionRefused
from laborvoice.pipeline.decide.keep import By, Held, echo, held, keep, write
from laborvoice.store.database import Connection
from laborvoice.store.desk import case_party

_BRAND_STATES = frozenset({"open", "done"})


async def finding_in(db: Connection, chance: Chance, by: By, named: CaseId, finding: Finding) -> None:
    """Raises NotFound."""
    found = await _by_watchdog(db, by, named)
    after = msgspec.structs.replace(found.case.matter, findings=(*found.case.matter.findings, finding))
    await _keep(db, chance, by, found, after)


async def loop_message_in(db: Connection, chance: Chance, by: By, named: CaseId, message: LoopMessage) -> None:
    """Raises NotFound."""
    found = await _by_watchdog(db, by, named)
    matter = found.case.matter
    told, clocks = (*matter.loop_messages, message), _ended(matter, "feedback", by)
    await _keep(db, chance, by, found, msgspec.structs.replace(matter, loop_messages=told, clocks=clocks))


async def review_in(db: Connection, chance: Chance, by: By, named: CaseId, reason: str) -> None:
    """It stays on hold, and is looked at again in a week. Raises NotFound; TransitionRefused if it is not on hold."""
    found = await _by_watchdog(db, by, named)
    if found.case.state != ON_HOLD:
        raise TransitionRefused("Missing: state.", ("state",))
    matter = found.case.matter
    after = msgspec.structs.replace(
        matter,
        clocks=reviewing(matter.clocks, by.now, on_hold=True),
        told={step: rung for step, rung in matter.told.items() if step != "review"},
        said=(*matter.said, Said(to=ON_HOLD, on=by.now.date(), reason=reason)),
    )
    await _keep(db, chance, by, found, after)


async def action_in(db: Connection, chance: Chance, by: By, named: CaseId, action: Action) -> None:
    """A new one, or in the place of the one with its id; a brand says of one that it is done, how, and its own part.

    Raises NotFound, also where the finding or the action is none of the case's; Conflict.
    """
    found = await held(db, by, named)
    matter = found.case.matter
    known = {one.id: one for one in matter.actions}
    if action.finding not in {one.id for one in matter.findings}:
        raise BadField("/finding", "The case has no such finding.")
    if by.kind == "brand":
        _only_its_own(known.get(action.id), action)
    actions = tuple({**known, action.id: action}.values())
    after = msgspec.structs.replace(matter, actions=actions, clocks=_ended(matter, "containment", by))
    await _keep(db, chance, by, found, after)
    if by.kind == "brand":
        await echo(db, by, named, lambda shown: _with(shown, action))


def _only_its_own(before: Action | None, after: Action) -> None:
    if before is None:
        raise Conflict("A brand adds to actions that are agreed.")
    same = msgspec.structs.replace(
        after, evidence=before.evidence, state=before.state, brand_contribution=before.brand_contribution
    )
    if same != before or after.state not in _BRAND_STATES:
        raise Conflict("Of an action a brand changes its evidence, its own part, and whether it is done.")


def _with(shown: Shown, action: Action) -> Shown:
    return msgspec.structs.replace(
        shown, actions=tuple(action if one.id == action.id else one for one in shown.actions)
    )


async def acknowledge_in(db: Connection, chance: Chance, by: By, named: CaseId) -> None:
    """By a brand that sees it; once more changes nothing. Raises NotFound."""
    found = await held(db, by, named)
    if by.kind != "brand":
        raise NotFound
    if not await case_party.acknowledge(db, named, by.actor.party, by.now.date()):
        return
    clocks = _ended(found.case.matter, "brand_acknowledge", by)
    await _keep(db, chance, by, found, msgspec.structs.replace(found.case.matter, clocks=clocks))
    await echo(db, by, named, _acknowledged(by))


def _acknowledged(by: By) -> Callable[[Shown], Shown]:
    def change(shown: Shown) -> Shown:
        clocks = tuple(done(one, by.now) if one.step == "brand_acknowledge" else one for one in shown.clocks)
        return msgspec.structs.replace(shown, clocks=clocks)

    return change


def _ended(matter: Matter, step: CaseStep, by: By) -> tuple[Clock, ...]:
    return tuple(done(one, by.now) if one.step == step else one for one in matter.clocks)


async def _by_watchdog(db: Connection, by: By, named: CaseId) -> Held:
    found = await held(db, by, named)
    if by.kind != "watchdog":
        raise NotFound
    return found


async def _keep(db: Connection, chance: Chance, by: By, found: Held, matter: Matter) -> None:
    await keep(db, chance, by, found, msgspec.structs.replace(found.case, matter=matter))
    await write(db, by, "case.changed", found.case.id, {})
