"""What exports say of a supplier's cases, as whoever asked sees them: how many stand where, and what is done."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from laborvoice.domain import Value
from laborvoice.domain.case import ENDED, ON_HOLD, CaseClass
from laborvoice.domain.condition import Condition
from laborvoice.domain.dossier import RAISING
from laborvoice.domain.ids import CaseId, SupplierKey
from laborvoice.store.database import Connection
from laborvoice.store.registry.sight import Sight
from laborvoice.views import cases
from laborvoice.views.cases import CaseView

_AFTER: Final = frozenset({"loop_closed", "closed"})


class OfCases(Value, frozen=True):
    """``verified``: the day on which a repair was, of those whose day the viewer may see.

    ``readable``: whoever asked may read cases. Where not, every cell about them is empty.
    """

    views: tuple[CaseView, ...] = ()
    verified: tuple[tuple[CaseId, date], ...] = ()
    readable: bool = False

    @property
    def standing(self) -> str:
        """By class and state."""
        return _counted(f"{one.cls} {one.state}" for one in self.views)

    @property
    def actions(self) -> str:
        return _counted(action.state for one in self.views for action in one.actions)

    @property
    def loop_messages(self) -> int:
        return sum(len(one.loop_messages) for one in self.views)

    @property
    def overdue(self) -> int:
        return sum(any(due.overdue is True for due in one.due) for one in self.views)

    def open(self, cls: CaseClass) -> int:
        return sum(one.cls == cls and one.state not in ENDED for one in self.views)

    def about(self, conditions: Collection[Condition]) -> "OfCases":
        return msgspec.structs.replace(self, views=tuple(one for one in self.views if one.condition in conditions))

    @property
    def numbers(self) -> str:
        return " ".join(one.number for one in self.views)

    @property
    def substantiated(self) -> bool:
        return any(_where(one) in RAISING for one in self.views)

    @property
    def repaired(self) -> tuple[CaseView, ...]:
        days = dict(self.verified)
        return tuple(one for one in self.views if one.id in days or _is_repaired(one))

    @property
    def verified_how(self) -> str:
        return " ".join(sorted({one.evidence_source for one in self.repaired if one.evidence_source}))

    @property
    def verified_on(self) -> str:
        known = {one.id for one in self.repaired}
        return " ".join(sorted(day.isoformat() for case, day in self.verified if case in known))

    @property
    def remedy(self) -> str:
        return "; ".join(action.action for one in self.repaired for action in one.actions)


UNREAD: Final = OfCases()
NO_CASES: Final = OfCases(readable=True)


async def of_suppliers(
    db: Connection, sight: Sight, now: datetime, keys: Sequence[SupplierKey]
) -> dict[SupplierKey, OfCases]:
    found = await cases.dated(db, sight, now, keys)
    return {
        key: OfCases(
            views=tuple(view for view, _ in rows),
            verified=tuple((view.id, day) for view, day in rows if day is not None),
            readable=True,
        )
        for key, rows in found.items()
    }


def _where(one: CaseView) -> str:
    """Where it stands, or from where it is on hold, which watchdogs see."""
    return one.next[0] if one.state == ON_HOLD and one.next else one.state


def _is_repaired(one: CaseView) -> bool:
    done = any(action.state == "verified" for action in one.actions)
    return one.state == "verified" or (one.state in _AFTER and done)


def _counted(words: Iterable[str]) -> str:
    return "; ".join(f"{word} {count}" for word, count in sorted(Counter(words).items()))
