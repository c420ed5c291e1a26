"""Fade: 90 days after a case was closed nothing personal is left in it; what was found and done stays for seven years.

Notes, reasons, who was responsible and what was shown as proof go, and with them who asked for an approval.
"""

from datetime import timedelta
from typing import Final

import msgspec

from laborvoice.clock import Clock
from laborvoice.domain.dossier import Action, Matter, Shown
from laborvoice.domain.ids import CaseId
from laborvoice.store.database import Connection, Database
from laborvoice.store.desk import approval, case_party, case_shown
from laborvoice.store.desk import case as cases

KEPT: Final = timedelta(days=90)
BATCH: Final = 100
GONE: Final = "(removed)"


async def fade(database: Database, clock: Clock) -> bool:
    """Whether more may wait."""
    now = clock.now()

    async def step(db: Connection) -> bool:
        found = await cases.fading(db, now.date() - KEPT, BATCH)
        for named in found:
            await _fade(db, named)
        return len(found) == BATCH

    return await database.run("fade", step)


async def _fade(db: Connection, named: CaseId) -> None:
    case = await cases.hold(db, named)
    await cases.change(db, msgspec.structs.replace(case, matter=_faded(case.matter)))
    await approval.forget(db, named)
    for one in await case_party.of(db, named):
        for copy in await case_shown.all_of(db, named, one.party_id):
            await case_shown.put(db, named, one.party_id, copy.at, _seen(copy.shown), told=copy.told)


def _faded(matter: Matter) -> Matter:
    return msgspec.structs.replace(
        matter,
        title=GONE,
        notes=None,
        assigned=None,
        said=tuple(msgspec.structs.replace(one, reason=None) for one in matter.said),
        actions=_actions(matter.actions),
        faded=True,
    )


def _seen(shown: Shown) -> Shown:
    return msgspec.structs.replace(shown, actions=_actions(shown.actions))


def _actions(actions: tuple[Action, ...]) -> tuple[Action, ...]:
    return tuple(msgspec.structs.replace(one, owner=GONE, evidence=()) for one in actions)
