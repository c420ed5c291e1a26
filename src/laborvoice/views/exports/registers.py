"""E5, E6 and E9: cases as whoever asks sees them, what is done about each, and what workers were told."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from typing import Final

from msgspec import UNSET, UnsetType

from laborvoice.domain.export import Cell, Cells, ExportKind, Page, Table, Wanted
from laborvoice.store.database import Connection
from laborvoice.store.registry.sight import Sight
from laborvoice.views import cases
from laborvoice.views.cases import CaseView

_BATCH: Final = 100

CASES: Final = Table(
    name="cases",
    title="Case register",
    columns=(
        "number",
        "supplier",
        "condition",
        "severity",
        "class",
        "received",
        "state",
        "clocks_met",
        "clocks_missed",
        "overdue",
        "findings",
        "actions",
        "verified_how",
    ),
)
ACTIONS: Final = Table(
    name="actions",
    title="Corrective actions",
    columns=(
        "case",
        "supplier",
        "condition",
        "finding",
        "root_cause",
        "action",
        "owner",
        "due",
        "evidence",
        "brand_contribution",
        "state",
    ),
)
TOLD: Final = Table(
    name="told",
    title="You said, we did",
    columns=("case", "supplier", "period", "you_said", "we_did", "not_yet", "object_how", "languages"),
)

_Rows = Callable[[CaseView], tuple[Cells, ...]]


async def pages(db: Connection, sight: Sight, wanted: Wanted, now: datetime) -> AsyncIterator[Page]:
    rows, after, more = TABLES[wanted.kind][1], None, True
    while more:
        found = await cases.page(db, sight, now, (None, after), _BATCH)
        kept = [one for one in found if wanted.narrow.supplier in {None, one.supplier}]
        yield Page(rows=tuple(row for one in kept for row in rows(one)))
        after = found[-1].id if found else None
        more = len(found) == _BATCH


def _case(one: CaseView) -> tuple[Cells, ...]:
    ended = [step.met for step in one.due if step.met is not UNSET]
    overdue = sum(step.overdue is True for step in one.due)
    what = (one.number, one.supplier, _text(one.condition), _text(one.severity), one.cls, one.received, one.state)
    clocks = (sum(ended), len(ended) - sum(ended), overdue)
    return ((*what, *clocks, len(one.findings), len(one.actions), _text(one.evidence_source)),)


def _actions(one: CaseView) -> tuple[Cells, ...]:
    findings = {finding.id: finding for finding in one.findings}
    return tuple(
        (
            one.number,
            one.supplier,
            findings[action.finding].condition.value,
            findings[action.finding].text,
            action.root_cause,
            action.action,
            action.owner,
            action.due.isoformat(),
            "; ".join(action.evidence),
            _text(action.brand_contribution),
            action.state,
        )
        for action in one.actions
    )


def _told(one: CaseView) -> tuple[Cells, ...]:
    return tuple(
        (
            one.number,
            one.supplier,
            told.period,
            told.you_said,
            told.we_did,
            told.not_yet,
            told.object_how,
            " ".join(told.languages),
        )
        for told in one.loop_messages
    )


def _text(value: str | UnsetType) -> Cell:
    """What was left out is an empty cell."""
    return None if value is UNSET else str(value)


TABLES: Final[Mapping[ExportKind, tuple[Table, _Rows]]] = {
    "E5": (CASES, _case),
    "E6": (ACTIONS, _actions),
    "E9": (TOLD, _told),
}
