"""Whether ballots show a repair: by the next release of the supplier after it was verified, and never before."""

from datetime import date
from typing import Literal

from laborvoice.domain.condition import Condition
from laborvoice.domain.dossier import Case, verified_on
from laborvoice.domain.period import Period
from laborvoice.scoring.score import ACTION
from laborvoice.store.database import Connection
from laborvoice.store.registry.sight import Sight
from laborvoice.views import scores
from laborvoice.views.scores import PublishedScore

Repoll = Literal["waits for the next release", "shown", "not yet shown"]


async def of(db: Connection, sight: Sight, case: Case) -> Repoll | None:
    """None where no repair was verified, or the case is about no condition."""
    verified = verified_on(case)
    if verified is None or case.condition is None:
        return None
    (score,) = await scores.newest(db, sight, [case.supplier_id], None)
    if not isinstance(score, PublishedScore) or not _after(score, verified):
        return "waits for the next release"
    return "shown" if shows(score, case.condition) else "not yet shown"


def _after(score: PublishedScore, verified: date) -> bool:
    return Period.parse(score.period).end > verified


def shows(score: PublishedScore, condition: Condition) -> bool:
    """It says improving, or the share is below the action level with all but 5 % of the doubt."""
    if any(one.condition == condition and one.direction == "improving" for one in score.trend.conditions):
        return True
    return any(one.condition == condition and one.high < ACTION[condition.severity] for one in score.because)
