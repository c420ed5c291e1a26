"""Move: a case to its next state, if nothing is missing; the gravest verdicts wait for a second person."""

import msgspec

from laborvoice.chance import Chance
from laborvoice.domain.case import ENDED, ON_HOLD, Wanted, missing, moved, needs_second, reviewing
from laborvoice.domain.dossier import Approval, Case, Facts, LoopMessage, Said, standing
from laborvoice.domain.ids import CaseId
from laborvoice.errors import TransitionRefused
from laborvoice.pipeline.decide.ask import ask
from laborvoice.pipeline.decide.keep import By, Held, echo, held, keep, write
from laborvoice.store.database import Connection
from laborvoice.store.desk import case_shown


async def move_in(
    db: Connection, chance: Chance, by: By, named: CaseId, step: tuple[Wanted, LoopMessage | None]
) -> Approval | None:
    """What waits for a second person, or nothing. Raises NotFound; TransitionRefused, naming the missing guard."""
    wanted, message = step
    found = await held(db, by, named)
    if by.kind == "brand":
        await _by_brand(db, chance, by, found, wanted)
        return None
    _guard(found, wanted)
    if needs_second(found.case.cls, wanted.to):
        return await ask(db, chance, by, named, ("verdict", Facts(wanted=wanted)))
    await apply(db, chance, by, found, (wanted, message))
    return None


async def apply(db: Connection, chance: Chance, by: By, found: Held, step: tuple[Wanted, LoopMessage | None]) -> None:
    """Raises TransitionRefused."""
    _guard(found, step[0])
    await keep(db, chance, by, found, _moved(found.case, by, *step))
    await write(db, by, "case.moved", found.case.id, {"to": step[0].to})


def _guard(found: Held, wanted: Wanted) -> None:
    lacking = missing(standing(found.case, shared=found.shared), wanted)
    if lacking is not None:
        raise TransitionRefused(f"Missing: {lacking}.", (lacking,))


def _moved(case: Case, by: By, wanted: Wanted, message: LoopMessage | None) -> Case:
    matter, to = case.matter, wanted.to
    back = matter.held if case.state == ON_HOLD else None
    said = Said(to=to, on=by.now.date(), reason=wanted.reason, evidence_source=wanted.evidence_source)
    clocks = moved(matter.clocks, to, by.now, back)
    return msgspec.structs.replace(
        case,
        state=to,
        matter=msgspec.structs.replace(
            matter,
            held=case.state if to == ON_HOLD else None,
            verified=to == "verified" or (matter.verified and to != "reopened"),
            evidence_source=wanted.evidence_source or matter.evidence_source,
            result=wanted.reason if to == "closed" else matter.result,
            clocks=reviewing(clocks, by.now, on_hold=to == ON_HOLD),
            told={step: rung for step, rung in matter.told.items() if step != "review"},
            said=(*matter.said, said),
            closed_on=by.now.date() if to in ENDED else None,
            faded=False,
            loop_messages=matter.loop_messages if message is None else (*matter.loop_messages, message),
        ),
    )


async def _by_brand(db: Connection, chance: Chance, by: By, found: Held, wanted: Wanted) -> None:
    """It may say that it has begun: where it sees that the plan is agreed, and it still is."""
    copy = await case_shown.last(db, found.case.id, by.actor.party, by.now)
    if wanted.to != "remediating" or copy is None or copy.shown.state != "plan_agreed":
        raise TransitionRefused("Missing: state.", ("state",))
    await apply(db, chance, by, found, (Wanted(to=wanted.to), None))
    await echo(db, by, found.case.id, lambda shown: msgspec.structs.replace(shown, state=wanted.to))
